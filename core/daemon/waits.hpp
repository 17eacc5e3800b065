// SPDX-License-Identifier: MIT
// Polls with WAIT= that have found nothing yet (protocol 13.2).
#pragma once
#include "core/daemon/client.hpp"
#include "core/daemon/reply.hpp"
#include "core/daemon/timers.hpp"
#include "core/protocol/request.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace msn::daemon {

class Waits {
 public:
  // The answer, or nothing to go on waiting, with what the poll is then. `over`: the time is over,
  // and there must be an answer.
  using Attempt = std::function<std::optional<Result<Answer>>(Client&, protocol::Poll&, bool over)>;
  Waits(Timers& timers, Attempt attempt) : timers_(timers), attempt_(std::move(attempt)) {}

  // Answers when a try finds something, or at the end of `patience`.
  void add(Client&, protocol::Poll, std::chrono::seconds patience, Reply);
  // Does another client wait with a poll of which `concerned` is true?
  bool has_other(const Client&, const std::function<bool(const protocol::Poll&)>& concerned) const;
  // Tries those of which `concerned` is true.
  void try_again(const std::function<bool(const protocol::Poll&)>& concerned);
  // Answers all of a client's waits, or of all clients, with `answer()`.
  void end(Client&, const std::function<Result<Answer>()>& answer);
  void end_all(const std::function<Result<Answer>()>& answer);
  // Those of which `concerned` is true end in `patience` at the latest.
  void shorten(std::chrono::seconds patience,
               const std::function<bool(const protocol::Poll&)>& concerned);
  // The client has gone: its waits are dropped.
  void forget(Client&);
  // The daemon ends: what waits is not answered any more, and sees its connection end instead.
  void stop() { stopped_ = true; }

 private:
  struct Wait {
    Client* client;
    protocol::Poll poll;
    Reply reply;
    Timers::Id timer{};
  };
  using Waiting = std::map<std::uint64_t, Wait>;
  Waiting::node_type take(std::uint64_t number);
  Timers::Id end_in(std::chrono::seconds patience, std::uint64_t number);
  void give();

  Timers& timers_;
  Attempt attempt_;
  Waiting waits_;  // in the order they came
  std::uint64_t last_ = 0;
  bool stopped_ = false;
  std::vector<std::pair<Reply, Result<Answer>>> ended_;  // to be answered when nothing is iterated
};

}  // namespace msn::daemon

// SPDX-License-Identifier: MIT
// Polls that are waiting for events: POLL with WAIT= (protocol 13.2), and POLL HOLD while another
// client has events of the queue on hold (13.3).
#pragma once
#include "core/daemon/queue_client.hpp"
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
  // Tries to answer a poll. Returns nothing to continue waiting; it may have changed the poll then.
  // `timed_out`: it must return an answer.
  using Attempt =
      std::function<std::optional<Result<Answer>>(QueueClient&, protocol::Poll&, bool timed_out)>;
  Waits(Timers& timers, Attempt attempt) : timers_(timers), attempt_(std::move(attempt)) {}

  // Adds a wait. It is answered when an attempt succeeds, or after `timeout`.
  void add(QueueClient&, protocol::Poll, std::chrono::seconds timeout, Reply);
  // Does another client wait with a poll for which `selects` is true?
  bool has_other(const QueueClient&,
                 const std::function<bool(const protocol::Poll&)>& selects) const;
  // Retries the polls for which `selects` is true.
  void try_again(const std::function<bool(const protocol::Poll&)>& selects);
  // Answers all waits of a client, or of all clients, with `answer()`, which ends them.
  void end(QueueClient&, const std::function<Result<Answer>()>& answer);
  void end_all(const std::function<Result<Answer>()>& answer);
  // Limits the remaining time of the polls for which `selects` is true to `timeout`.
  void shorten(std::chrono::seconds timeout,
               const std::function<bool(const protocol::Poll&)>& selects);
  // Drops a client's waits unanswered.
  void forget(QueueClient&);
  // Call when the daemon exits: waits are no longer answered, so their clients see the connection
  // end instead.
  void stop() { stopped_ = true; }

 private:
  struct Wait {
    QueueClient* client;
    protocol::Poll poll;
    Reply reply;
    Timers::Id timer{};
  };
  using Waiting = std::map<std::uint64_t, Wait>;
  Waiting::node_type take(std::uint64_t number);
  Timers::Id end_in(std::chrono::seconds timeout, std::uint64_t number);
  void send_answers();

  Timers& timers_;
  Attempt attempt_;
  Waiting waits_;  // in order of arrival
  std::uint64_t last_ = 0;
  bool stopped_ = false;
  std::vector<std::pair<Reply, Result<Answer>>> answers_;  // sent after the iteration over waits_
};

}  // namespace msn::daemon

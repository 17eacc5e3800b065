// SPDX-License-Identifier: MIT
// SENDMSG with an identity (protocol 13.7): which tokens are under way, and who waits to hear what
// became of one.
#pragma once
#include "core/daemon/reply.hpp"
#include "core/daemon/timers.hpp"
#include "core/model/event.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::daemon {

class Sends {
 public:
  explicit Sends(Timers& timers) : timers_(timers) {}

  // From SENDMSG to its SENT or FAILED.
  bool under_way(std::string_view id) const;
  // A token for a client that waits without naming one: no other message has it.
  static std::string make_id();

  void begin(const std::string& id);
  // The network did not accept it: as if it had never been.
  void refused(const std::string& id);
  // The network accepted it, and nobody waits.
  void accepted(const std::string& id);
  // Accepted: answers when it is known what became of it, "queued" after `patience`.
  void await(const std::string& id, std::chrono::seconds patience, Reply reply);
  // Looks for SENT and FAILED among the network's events.
  void notice(const std::vector<model::Event>&);

 private:
  struct Live {
    bool over = false;                  // known, but the network's acceptance is still to come
    std::optional<std::string> reason;  // it failed
    std::optional<Reply> reply;
    Timers::Id timer{};
    bool accepted = false;
  };
  void settle(const std::string& id, std::optional<std::string> reason);
  static Result<Answer> answer(const std::string& id, const std::optional<std::string>& reason);

  Timers& timers_;
  std::map<std::string, Live, std::less<>> live_;
};

}  // namespace msn::daemon

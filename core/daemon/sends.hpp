// SPDX-License-Identifier: MIT
// SENDMSG with an identity (protocol 13.7): which tokens this account has used, and the clients that
// wait for what became of one.
//
// A token is stored before its message is given to the network, so that after a crash it is known
// that the message may have been sent.
#pragma once
#include "core/daemon/journal.hpp"
#include "core/daemon/reply.hpp"
#include "core/daemon/timers.hpp"
#include "core/model/event.hpp"
#include "core/network/network.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace msn::daemon {

class Sends {
 public:
  Sends(Journal& journal, Timers& timers, const Clock& clock)
      : journal_(journal), timers_(timers), clock_(clock) {}

  struct Options {
    bool once = false;                         // a token used before sends nothing
    std::optional<std::chrono::seconds> wait;  // answer when the outcome is known
  };
  // Sends a message with an id; with WAIT and no id a new one is made.
  void send(network::Network&, network::OutgoingMessage, Options, Reply);

  // Looks for SENT and FAILED among the network's events. Returns the tokens that they settle, and
  // removes those for tokens that have been settled before. stored() when they are in the log.
  std::vector<std::string> settle(std::vector<model::Event>&);
  void stored(const std::vector<std::string>& settled);
  // After a login with a log that was not open before: finds out what became of the messages that
  // another process, or an earlier session, has left. Calls `failed` with the events that tell of
  // those that nobody will tell of any more.
  void resume(network::Network&, std::function<void(std::vector<model::Event>)> failed);
  // Another account's log is opened: the clients that wait are answered "queued".
  void clear();

 private:
  // A message in progress, or one that clients wait for.
  struct Live {
    bool accepted = false;
    bool over = false;  // the outcome is known
    std::optional<std::string> reason;  // it failed
    struct Waiting {
      Reply reply;
      std::optional<std::chrono::seconds> patience;
      Timers::Id timer{};
    };
    std::vector<Waiting> waiting;
  };
  using Lives = std::map<std::string, Live, std::less<>>;

  void begin(network::Network&, network::OutgoingMessage, Options, Reply);
  void on_accepted(const std::string& id, Result<void> accepted);
  void answer(Lives::iterator);
  static Result<Answer> outcome(const std::string& id, const Live&);
  void wait(const std::string& id, Live&, Reply, std::chrono::seconds patience);
  void give_up(const std::string& id);

  Journal& journal_;
  Timers& timers_;
  const Clock& clock_;
  Lives live_;
  std::set<std::string> settling_;  // settled, but not in the log yet
  // Tokens of messages that an earlier process may have sent or not; resume() finds out.
  std::set<std::string, std::less<>> doubtful_;
};

}  // namespace msn::daemon

// SPDX-License-Identifier: MIT
// SENDMSG: what is sent, and that it was (SAID, protocol 13.11). With an identity (13.7): which
// tokens this account has used, and the clients that wait for what became of one.
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
    bool once = false;  // a token used before sends nothing
    // Only FAILED is reported; without `once` nothing is kept of it.
    bool quiet = false;
    std::optional<std::chrono::seconds> wait;  // answer when the outcome is known
    std::string told{};                        // the address, if it was asked for by a name
  };
  // Sends a message; with WAIT and no id a new one is made. A message that the network accepts is
  // recorded as SAID after the answer, which does not wait for that.
  void send(network::Network&, network::OutgoingMessage, Options, Reply);

  // Looks for SENT and FAILED among the network's events. Returns the tokens that they settle, and
  // removes those for tokens that have been settled before, and SENT of quiet ones. stored() when
  // they are in the log, or were refused there.
  using Settled = std::vector<store::Changes::Settled>;
  Settled settle(std::vector<model::Event>&);
  void stored(const Settled&);
  // After a login with a log that was not open before: finds out what became of the messages that
  // another process, or an earlier session, has left. Calls `failed` with the events that tell of
  // those whose outcome the network will not report.
  void resume(network::Network&, std::function<void(std::vector<model::Event>)> failed);
  // Another account's log is opened: the clients that wait are answered "queued".
  void clear();

 private:
  // A message in progress, or one that clients wait for.
  struct Live {
    bool accepted = false;
    bool over = false;                   // the outcome is known
    std::optional<std::string> failure;  // why it failed
    struct Waiting {
      Reply reply;
      std::optional<std::chrono::seconds> patience;
      std::string told{};  // what ends its answer
      Timers::Id timer{};
    };
    std::vector<Waiting> waiting;
  };
  using Lives = std::map<std::string, Live, std::less<>>;

  void transmit(network::Network&, network::OutgoingMessage, network::Network::Done);
  void forget(std::vector<std::string> tokens);
  void recalled(std::uint64_t recall);
  void begin(network::Network&, network::OutgoingMessage, Options, Reply);
  void on_accepted(const std::string& id, Result<void> accepted);
  void answer(Lives::iterator);
  void give_up(const std::string& id);

  Journal& journal_;
  Timers& timers_;
  const Clock& clock_;
  Lives live_;
  std::map<std::string, std::optional<std::string>> settling_;  // why it failed; not in the log yet
  std::set<std::string> forgetting_;                            // refused, but still in the log
  // While the network is being asked about the open tokens: requests for one of them that may never
  // have reached it.
  struct Asked {
    network::Network& network;
    network::OutgoingMessage message;
    Options options;
    Reply reply;
  };
  std::vector<Asked> asked_;
  std::uint64_t recall_ = 0;  // the last one
  bool recalling_ = false;
};

}  // namespace msn::daemon

// SPDX-License-Identifier: MIT
// SENDMSG (protocol 6.8, 13.7): sends messages, records them as SAID (13.11), and manages tokens:
// which ones the account has used, and which clients wait for an outcome.
//
// A token is committed before its message is given to the network. So after a crash the log shows
// every message that may have been sent.
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
    bool once = false;  // sends nothing if the token has been used before
    // Reports only FAILED, not SENT. Without `once` the token is not stored.
    bool quiet = false;
    // Answer when the outcome is known, or after this time.
    std::optional<std::chrono::seconds> wait;
    std::string address{};  // for the answer; empty unless the request had a name
  };
  // Sends a message. With `wait` and no id, creates an id. A message that the network accepts is
  // recorded as SAID; the answer does not wait for that.
  void send(network::Network&, network::OutgoingMessage, Options, Reply);

  // Processes the SENT and FAILED among `events` and returns the outcomes that they report. Removes
  // an event whose outcome is known already, and SENT of quiet messages. Call stored() with the
  // result when the events are committed or have been rejected by the journal.
  using Settled = std::vector<store::Changes::Settled>;
  Settled settle(std::vector<model::Event>&);
  void stored(const Settled&);
  // Call after a login: asks the network about messages of an earlier session or process that have
  // no outcome yet. Calls `failed` with the FAILED events of the messages whose outcome the network
  // will not report.
  void resume(network::Network&, std::function<void(std::vector<model::Event>)> failed);
  // Call when another account's log is opened. Waiting clients are answered: "queued" if the
  // network has accepted the message, otherwise an error (network).
  void clear();

 private:
  // A message that is being sent, or whose outcome clients wait for.
  struct Outstanding {
    bool accepted = false;
    bool settled = false;                // its outcome is known
    std::optional<std::string> failure;  // the reason, if it failed
    struct Waiting {
      Reply reply;
      std::optional<std::chrono::seconds> timeout;
      std::string address{};  // as Options::address
      Timers::Id timer{};
    };
    std::vector<Waiting> waiting;
  };
  using OutstandingById = std::map<std::string, Outstanding, std::less<>>;

  void transmit(network::Network&, network::OutgoingMessage, network::Network::Done);
  void forget(std::vector<std::string> tokens);
  void recalled(std::uint64_t recall);
  void begin(network::Network&, network::OutgoingMessage, Options, Reply);
  void on_accepted(const std::string& id, Result<void> accepted);
  void answer(OutstandingById::iterator);
  void time_out(const std::string& id);

  Journal& journal_;
  Timers& timers_;
  const Clock& clock_;
  OutstandingById outstanding_;
  std::map<std::string, std::optional<std::string>>
      unstored_outcomes_;                  // by token; the reason of a failure
  std::set<std::string> rejected_tokens_;  // rejected by the network; removal not committed yet
  // Requests with a used token whose message the network may not have received. They are processed
  // when the network has answered resume().
  struct Deferred {
    network::Network& network;
    network::OutgoingMessage message;
    Options options;
    Reply reply;
  };
  std::vector<Deferred> deferred_;
  std::uint64_t recall_ = 0;  // number of the last resume()
  bool recalling_ = false;
};

}  // namespace msn::daemon

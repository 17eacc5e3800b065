// SPDX-License-Identifier: MIT
// The one session with the network (protocol 8): logging in and off, one after the other whoever
// asks, which person a word means (6.14), and the way of events from the network into the journal.
#pragma once
#include "core/base/log.hpp"
#include "core/daemon/journal.hpp"
#include "core/daemon/sends.hpp"
#include "core/network/network.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace msn::daemon {

class Session final : public network::Listener {
 public:
  using Done = network::Network::Done;

  Session(Journal&, Sends&, const Clock&, Log&);
  // Once, before anything else.
  void connect(std::unique_ptr<network::Network> network);
  // One line on every change of the state, and now.
  void on_status(std::function<void(std::string)> tell);

  // Logs off silently if there is a session. OK only after the lists and the event log are there;
  // on failure there is no session, but one that reconnects outlives a network error. Errors:
  // login_refused, network. A login that is not yet answered gives way to whatever is asked behind
  // it, and fails (network).
  void login(network::Credentials, Done);
  // not_logged_in if there is no session, nor one under way.
  void logoff(Done);
  // Called first whenever somebody logs in or off.
  void on_asked(std::function<void()> tell) { asked_ = std::move(tell); }

  // REGISTER and PASSWD: Network's, one at a time, because each keeps a worker thread busy. Errors:
  // busy while one is in progress, and the network's.
  void create_account(network::Credentials, Done);
  void change_password(network::Secret old, network::Secret next, Done);

  network::State state() const;
  // A session to serve requests from: online or reconnecting, nobody logging in or off.
  bool up() const;
  // A session, as far as the network has told: it ends only behind the events of its end.
  bool alive() const { return alive_; }
  Time since() const { return since_; }  // when the state began
  const network::Self& self() const { return network_->self(); }
  const model::Roster& roster() const { return network_->roster(); }
  network::Network& network() { return *network_; }
  // Who is or was logged in: the account the queues belong to; empty before the first LOGIN.
  const std::string& email() const;

  // GETCL and its like, whole: the people who are on a list.
  using OnList = bool (*)(const model::Contact&);
  std::string list(OnList, bool marks = false) const;
  // The name that GETCL shows for a contact; empty: there is none but the address, it is no
  // contact, or there is no session of the account that the event log belongs to.
  std::string name_of(const std::string& email) const;
  // Somebody as lists and INFO tell them: while reconnecting everybody is offline (13.9).
  model::Contact told(const model::Contact&) const;

  // The person that a request's word means (6.14), read as an address and as a nick. listed: one on
  // our lists or who asks, so that an unknown address is unknown_contact; anybody: an address will
  // do.
  enum class Among { contacts, listed, anybody };
  struct Person {
    std::string email;
    bool by_name = false;  // the word was a name, so the answer tells the address
    std::string told() const { return by_name ? email : std::string(); }
  };
  Result<Person> resolve(std::string_view who, std::string_view nick, Among) const;

  void on_batch(network::Batch) override;
  std::string mark(std::string_view email) override;
  void on_state(network::State) override;

 private:
  struct Step {
    std::optional<network::Credentials> credentials;  // nothing: log off
    Done done;
    bool ends_login = false;  // a login gave way to it
    bool logs_in = false;     // a login that has begun
    bool waits = false;       // for a login of the same session, which it must not end
    bool repeats = false;     // with the same password: if that works, it has nothing to do
  };
  void enqueue(Step);
  void run();
  void begin();
  void finish(Result<void>);
  void log_in(network::Credentials);
  void logged_in(Result<void>);
  Result<void> open_log(const std::string& email);
  std::optional<Done> begin_account_change(std::string what, Done);
  void changed();

  Journal& journal_;
  Sends& sends_;
  const Clock& clock_;
  Log& log_;
  std::unique_ptr<network::Network> network_;
  std::function<void(std::string)> tell_;
  std::function<void()> asked_;
  std::deque<Step> steps_;
  bool running_ = false;          // in run()
  bool account_changes_ = false;  // REGISTER or PASSWD is in progress
  bool busy_ = false;             // the first step is in progress
  std::string arriving_;          // the address that is logging in: events are already its own
  bool same_session_ = false;     // it only ends the waiting for a reconnect
  std::uint64_t attempt_ = 0;     // the network's login whose answer counts
  bool attempting_ = false;       // it has not come yet
  network::Secret password_;      // of it, while it has not
  network::State told_state_ = network::State::offline;
  bool alive_ = false;
  Time since_{};
};

}  // namespace msn::daemon

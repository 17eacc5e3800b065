// SPDX-License-Identifier: MIT
// The session with the network (protocol 8): processes logins and logoffs one at a time, resolves
// contacts (6.14), and passes the network's events to the journal. All calls on the loop thread.
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
  // Sets the network. Call it once, before any other function.
  void connect(std::unique_ptr<network::Network> network);
  // Sets a listener that gets the state as one line, now and at every change.
  void on_status(std::function<void(std::string)> listener);

  // Logs off an existing session first, without an event. Succeeds when the lists are complete and
  // the event log is open. Errors: login_refused, network. After an error there is no session; only
  // a reconnecting session of the same account survives `network`. A login that is unanswered at
  // the next login() or logoff() fails (network), unless both logins are of the same reconnecting
  // session: then the second waits.
  void login(network::Credentials, Done);
  // Fails with not_logged_in if there is neither a session nor a login in progress.
  void logoff(Done);
  // Sets the function that is called at the beginning of each login() and logoff().
  void on_login_or_logoff(std::function<void()> listener) { login_listener_ = std::move(listener); }

  // REGISTER and PASSWD (protocol 13.12), one at a time, because each occupies a worker thread.
  // Errors: busy while one is in progress, and those of network::Network.
  void create_account(network::Credentials, Done);
  void change_password(network::Secret old, network::Secret next, Done);

  network::State state() const;
  // True if requests that need a session can be served: it is online or reconnecting, and no login
  // or logoff is in progress.
  bool is_usable() const;
  // True while the session may still deliver events, until its final events are delivered.
  bool expects_events() const { return expects_events_; }
  Time since() const { return since_; }  // when the state began
  const network::Self& self() const { return network_->self(); }
  const model::Roster& roster() const { return network_->roster(); }
  network::Network& network() { return *network_; }
  // The address of the session, or of the last one if there is none. The queues belong to it. Empty
  // before the first LOGIN.
  const std::string& email() const;

  // The whole answer to GETCL, GETRCL or GETBL: the contacts on a list. `marks`: mark the users who
  // ask for consent (GETRCL ASKS).
  using OnList = bool (*)(const model::Contact&);
  std::string list(OnList, bool marks = false) const;
  // The name that GETCL shows for a contact. Empty if the contact has no name, if the address is
  // not on the contact list, and without a session of the event log's account.
  std::string name_of(const std::string& email) const;
  // The contact as lists and INFO report it: offline while reconnecting (13.9).
  model::Contact as_reported(const model::Contact&) const;

  // Which contacts a request may refer to. contacts: those on the contact list; listed: those on
  // any list, and those who ask for consent; any_address: also an address on no list.
  enum class Candidates { contacts, listed, any_address };
  struct Resolved {
    std::string email;
    bool by_name = false;  // the request had a name, so the answer has the address
    std::string answer_text() const { return by_name ? email : std::string(); }
  };
  // Finds the contact that a request refers to (6.14). `who` is the word as sent, `nick` the word
  // percent-decoded. Errors: unknown_contact, invalid.
  Result<Resolved> resolve(std::string_view who, std::string_view nick, Candidates) const;

  void on_batch(network::Batch) override;
  std::string mark(std::string_view email) override;
  void on_state(network::State) override;

 private:
  struct Step {
    std::optional<network::Credentials> credentials;  // empty: log off, or a login that has begun
    Done done;
    bool ends_login = false;  // it interrupts a login
    bool has_begun = false;   // a login that has begun
    bool is_repeat = false;   // the same login is in progress: nothing to do if that succeeds
  };
  void enqueue(Step);
  void run();
  void begin();
  void finish(Result<void>);
  void log_in(network::Credentials);
  void logged_in(Result<void>);
  Result<void> open_log(const std::string& email);
  std::optional<Done> begin_account_change(std::string what, Done);
  void report_state();

  Journal& journal_;
  Sends& sends_;
  const Clock& clock_;
  Log& log_;
  std::unique_ptr<network::Network> network_;
  std::function<void(std::string)> status_listener_;
  std::function<void()> login_listener_;
  std::deque<Step> steps_;
  bool running_ = false;            // inside run()
  bool changing_account_ = false;   // REGISTER or PASSWD is in progress
  bool busy_ = false;               // the first step has begun
  std::string login_email_;         // the address that is logging in; new events belong to it
  bool same_session_ = false;       // this login only makes a reconnecting session retry at once
  std::uint64_t login_number_ = 0;  // counts logins, to ignore answers to earlier ones
  bool login_outstanding_ = false;  // the current network login is unanswered
  network::Secret password_;        // of the current network login, while it is unanswered
  network::State reported_state_ = network::State::offline;
  bool expects_events_ = false;
  Time since_{};
};

}  // namespace msn::daemon

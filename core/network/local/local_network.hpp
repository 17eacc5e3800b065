// SPDX-License-Identifier: MIT
// The embedded network. It carries out operations as jobs of the worker, and reads the account's
// inbox in the database to report events.
//
// A message stays in the recipient's inbox until Batch::stored is called. Then it is deleted, and
// the sender gets MFLUSH if it was kept for an offline recipient, and SENT if it has an identity.
// A recipient who is logged in but looks offline (invisible, STATUS offline, no STATUS yet) gets
// messages at once, but their senders get MFLUSH and SENT only when the recipient looks online
// to them again and allows them: otherwise these would reveal the recipient's presence.
#pragma once
#include "core/network/local/lease.hpp"
#include "core/network/local/password.hpp"
#include "core/network/local/store.hpp"
#include "core/network/local/worker.hpp"
#include "core/network/network.hpp"

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace msn::network::local {

// Which calls create accounts: none, create_account(), or also a login() with an unknown address.
enum class Registration { none, by_request, by_login };

struct Options {
  std::string database;
  Registration registration = Registration::by_request;
  HashCost hash_cost = HashCost::interactive();
};

class LocalNetwork final : public Network {
 public:
  LocalNetwork(Options, const Dependencies&);
  ~LocalNetwork() override;

  Abilities abilities() const override;
  State state() const override { return state_; }
  const Self& self() const override { return self_; }
  const model::Roster& roster() const override { return roster_; }

  void login(Credentials, Done) override;
  void logoff(Done) override;
  void create_account(Credentials, Done) override;
  void change_password(Secret old, Secret next, Done) override;
  void set_status(model::Status, Done) override;
  void set_nick(std::string nick, Done) override;
  void set_privacy(model::Privacy, Done) override;
  void add(std::string email, std::string nick, Done) override;
  void remove(std::string email, Done) override;
  void rename(std::string email, std::string nick, Done) override;
  void allow(std::string email, Done) override;
  void deny(std::string email, Done) override;
  void block(std::string email, Done) override;
  void unblock(std::string email, Done) override;
  void send(OutgoingMessage, Done) override;
  void typing(std::string email, Done) override;
  void recall(std::vector<std::string> ids, std::function<void(Recalled)>) override;

 private:
  // Shared by the network and its jobs; the last owner releases the lease.
  struct Session {
    Session(const Leases& leases, Me who) : me(std::move(who)), lease(leases, me.session) {}
    const Me me;
    Lease lease;  // worker thread only, except take_inotify() and exhausted_limit()
  };
  struct LoginOutcome;
  struct NewAccount;
  struct NewPassword;
  using Alive = std::weak_ptr<bool>;
  using Run = std::function<Result<void>(Store&, const Me&)>;

  // local_network.cpp
  void answer_later(Done, Result<void>);
  bool in_session(Done&);  // if false, `done` will be called with not_logged_in
  void job(Run run, Done done, std::function<void()> apply = {},
           Worker::Access access = Worker::Access::write);
  void report(std::vector<model::Event>);
  void update_lists(const std::string& email);
  bool asks(const model::Contact&) const;
  using Change = Result<bool> (Store::*)(const Me&, const std::string&, Time);
  void change_list(std::string email, Change, Done, std::function<void(model::Contact&)> apply);

  // login.cpp
  static Result<void> do_login(Store&, Worker&, LoginOutcome&);
  std::shared_ptr<Session> detach_session();
  void end_session(std::shared_ptr<Session>, std::function<void()> then);
  void logged_in(LoginOutcome&, const Done&);
  void end_by_network(std::vector<model::Event> last_events);

  // accounts.cpp
  static Result<void> insert_account(Store&, NewAccount&);
  static Result<void> set_password(Store&, const Me&, NewPassword&);

  // events.cpp
  void watch_lease();
  void wait_for_signal();
  void poll_later();
  void begin_delivery(const std::string& database_name);
  void request_read();
  void read_finished(const Result<void>&, const Inbox&, bool hopeless);
  void deliver(const Inbox&);
  void update_presence(const View&, std::vector<model::Event>&, std::vector<View>& seen);
  void report_present(const std::vector<View>&);
  void acknowledge(const Acknowledgement&);
  void reap(std::vector<std::string> sessions, int attempt);
  void count_queued();

  const Options options_;
  Dependencies dependencies_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  State state_ = State::offline;
  Self self_;
  model::Roster roster_;
  std::map<std::string, std::uint64_t, std::less<>> kept_;  // our pending messages, by recipient
  std::set<std::string, std::less<>> denied_;
  std::shared_ptr<Session> session_;
  // Incremented by each login and log-off; callbacks of an earlier epoch do nothing.
  std::uint64_t epoch_ = 0;
  // True: the last login was cancelled. Read by the worker.
  std::shared_ptr<std::atomic<bool>> cancelled_;

  asio::posix::stream_descriptor inotify_;
  bool warned_no_inotify_ = false;
  asio::steady_timer poll_timer_, read_timer_, reap_timer_;
  std::string mark_prefix_;        // "DATABASE-NAME:"; empty: delivery has not begun
  std::optional<Mark> resume_at_;  // the listener's mark, until the first read has checked it
  std::int64_t after_ = 0;         // the last inbox row that was read
  bool reading_ = false;
  bool read_again_ = false;
  int unstored_ = 0;  // batches that the listener has not stored yet
  int read_failures_ = 0;
  bool presence_asked_ = false;  // the first STATUS of the session was passed to the worker
  bool presence_known_ = false;  // the first STATUS has succeeded: status changes are reported
  std::uint64_t adding_ = 0;     // calls of add() in progress

  std::unique_ptr<Worker> worker_;  // the last member, so that it is destroyed first
};

}  // namespace msn::network::local

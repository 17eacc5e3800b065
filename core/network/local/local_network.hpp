// SPDX-License-Identifier: MIT
// The embedded network: verbs become jobs of the worker, the account's inbox becomes events.
//
// A message is kept in the recipient's inbox until Listener's `stored`, then it is forgotten there
// and, if it was kept for an absent user, the sender gets MFLUSH (and SENT for one with an
// identity). Who does not look online (invisible, STATUS offline, no STATUS yet) gets messages at
// once all the same, but their senders learn it only when they look online again, and those whom
// they do not allow only when they do.
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

// What makes an account: nothing here, create_account() alone, or also a login with an unknown
// address.
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
  // Shared with the jobs that act for it; the last one to go lets go of the lease.
  struct Session {
    Session(const Leases& leases, Me who) : me(std::move(who)), lease(leases, me.session) {}
    const Me me;
    Lease lease;  // the worker's thread, but for listening() and lacks()
  };
  struct LoginOutcome;
  struct NewAccount;
  struct NewPassword;
  using Alive = std::weak_ptr<bool>;
  using Run = std::function<Result<void>(Store&, const Me&)>;

  // local_network.cpp
  void answer_later(Done, Result<void>);
  bool in_session(Done&);  // else has answered not_logged_in
  void job(Run run, Done done, std::function<void()> apply = {},
           Worker::Access access = Worker::Access::write);
  void give(std::vector<model::Event>);
  void settle(const std::string& email);
  bool asks(const model::Contact&) const;
  using Change = Result<bool> (Store::*)(const Me&, const std::string&, Time);
  void change_list(std::string email, Change, Done, std::function<void(model::Contact&)> apply);

  // login.cpp
  static Result<void> do_login(Store&, Worker&, LoginOutcome&);
  std::shared_ptr<Session> leave();
  void end(std::shared_ptr<Session>, std::function<void()> then);
  void logged_in(LoginOutcome&, const Done&);
  void thrown_out(std::vector<model::Event> last_words);

  // accounts.cpp
  static Result<void> make_account(Store&, NewAccount&);
  static Result<void> set_password(Store&, const Me&, NewPassword&);

  // events.cpp
  void listen();
  void hear();
  void look_again();
  void begin_delivery(const std::string& database_name);
  void request_read();
  void read_finished(const Result<void>&, const Inbox&, bool hopeless);
  void deliver(const Inbox&);
  void look(const View&, std::vector<model::Event>&, std::vector<View>& seen);
  void show_present(const std::vector<View>&);
  // An acknowledgement that is undone costs a repetition at most, unless a sender was told of it.
  void acknowledge(const Acknowledgement&);
  void reap(std::vector<std::string> sessions, int attempt);
  void count_queued();

  const Options options_;
  Dependencies dependencies_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  State state_ = State::offline;
  Self self_;
  model::Roster roster_;
  std::map<std::string, std::uint64_t, std::less<>> kept_;  // our messages that wait, by recipient
  std::set<std::string, std::less<>> denied_;
  std::shared_ptr<Session> session_;
  std::uint64_t epoch_ = 0;  // rises with every login and logoff: what began before counts no more
  std::shared_ptr<std::atomic<bool>> overtaken_;  // of the last login; the worker reads it

  asio::posix::stream_descriptor inotify_;
  bool told_slow_ = false;  // the log knows that nothing can be heard
  asio::steady_timer look_again_at_, read_again_at_, reap_again_at_;
  std::string mark_prefix_;        // empty: nothing is read yet
  std::optional<Mark> resume_at_;  // the listener's, until it was looked up
  std::int64_t after_ = 0;         // the last inbox row read
  bool reading_ = false;
  bool read_again_ = false;
  int unstored_ = 0;  // batches given to the listener and not stored
  int read_failures_ = 0;
  bool presence_asked_ = false;  // the first STATUS of the session was sent
  bool presence_known_ = false;  // and answered
  std::uint64_t adding_ = 0;

  std::unique_ptr<Worker> worker_;  // last: its end is the first thing that happens
};

}  // namespace msn::network::local

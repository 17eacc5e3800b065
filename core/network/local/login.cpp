// SPDX-License-Identifier: MIT
// Login and log-off.
#include "core/model/email.hpp"
#include "core/network/local/local_network.hpp"
#include "core/network/local/transaction.hpp"

#include <optional>

namespace msn::network::local {

struct LocalNetwork::LoginOutcome {
  std::string email;
  Secret password;
  Registration registration = Registration::none;
  HashCost cost;
  Time now{};
  std::shared_ptr<const std::atomic<bool>> cancelled;

  std::shared_ptr<Session> session;
  Account account;
  model::Roster roster;
  std::map<std::string, std::uint64_t, std::less<>> kept;
  std::set<std::string, std::less<>> denied;
  std::string database_name;
};

namespace {

tl::unexpected<Error> login_cancelled() {
  return fail(ErrorCode::network, "logged off meanwhile");
}

tl::unexpected<Error> refused() {
  return fail(ErrorCode::login_refused, "Authentication failed", 911);
}

// The error for an unknown address. Which accounts exist is not secret on one machine, so error 205
// may say that the account can be created.
tl::unexpected<Error> unknown(Registration registration) {
  if (registration == Registration::none) return refused();
  return fail(ErrorCode::login_refused, "Invalid user", 205);
}

// Ends the sessions whose daemon died, and removes their leases.
Result<void> reap_dead_sessions(Store& store, const Leases& leases, Time now) {
  auto sessions = store.sessions();
  if (!sessions) return fail(sessions.error());
  for (const auto& session : *sessions) {
    if (leases.state(session) == Leases::Life::alive) continue;
    if (auto reaped = store.reap(session, now); !reaped) return reaped;
    leases.remove(session);
  }
  for (const auto& left : leases.all())
    if (leases.state(left) == Leases::Life::dead) leases.remove(left);
  return {};
}

}  // namespace

Result<void> LocalNetwork::do_login(Store& store, Worker& worker, LoginOutcome& login) {
  std::string new_hash;
  std::optional<std::string> checked;  // the stored hash that matches the password
  // Repeat if another daemon creates the account or changes its password during the hashing.
  for (;;) {
    auto before = store.find_account(login.email);
    if (!before) return fail(before.error());
    if (!*before && login.registration != Registration::by_login)
      return unknown(login.registration);
    // Hashing is slow, so it is done before the transaction, which holds the database's lock.
    if (*before && (*before)->hash != checked) {
      if (!password_matches(login.password, (*before)->hash, login.cost)) return refused();
      checked = (*before)->hash;
    } else if (!*before && new_hash.empty()) {
      auto hash = hash_password(login.password, login.cost);
      if (!hash) return fail(hash.error());
      new_hash = *hash;
      checked = new_hash;
    }

    Transaction transaction(store);
    if (auto begun = transaction.begin(); !begun) return begun;
    // The login may have been cancelled during the hashing or the wait for the lock.
    if (*login.cancelled) return login_cancelled();
    auto account = store.find_account(login.email);
    if (!account) return fail(account.error());
    if (*account ? (*account)->hash != checked : new_hash.empty()) continue;
    if (!*account) {
      auto made = store.create_account(login.email, new_hash, login.now);
      if (!made) return fail(made.error());
      *account = std::move(*made);
    }
    login.account = **account;

    if (auto reaped = reap_dead_sessions(store, worker.leases(), login.now); !reaped) return reaped;
    login.session = std::make_shared<Session>(
        worker.leases(), Me{login.account.id, login.email, new_session_name()});
    if (auto taken = login.session->lease.acquire(); !taken) return taken;
    const Me& me = login.session->me;
    if (auto begun = store.begin_session(me, login.now); !begun) return begun;
    auto roster = store.roster(me);
    if (!roster) return fail(roster.error());
    auto kept = store.kept(me);
    if (!kept) return fail(kept.error());
    auto denied = store.denied(me);
    if (!denied) return fail(denied.error());
    if (auto done = transaction.commit(); !done) return done;
    worker.wake(store);
    login.roster = std::move(*roster);
    login.kept = std::move(*kept);
    login.denied = std::move(*denied);
    login.database_name = store.name();
    return {};
  }
}

void LocalNetwork::login(Credentials credentials, Done done) {
  auto email = model::parse_email(credentials.email);
  if (auto former = detach_session()) end_session(std::move(former), {});
  if (!email) return answer_later(std::move(done), fail(email.error()));
  state_ = State::connecting;
  cancelled_ = std::make_shared<std::atomic<bool>>(false);
  auto outcome = std::make_shared<LoginOutcome>();
  outcome->email = *email;
  outcome->password = std::move(credentials.password);
  outcome->registration = options_.registration;
  outcome->cost = options_.hash_cost;
  outcome->now = dependencies_.clock.now();
  outcome->cancelled = cancelled_;
  worker_->add({Worker::Access::alone,
                [worker = worker_.get(), outcome](Store& store) {
                  auto result = do_login(store, *worker, *outcome);
                  outcome->password.wipe();
                  if (!result) outcome->session.reset();
                  return result;
                },
                [this, epoch = epoch_, outcome, done = std::move(done)](Result<void> result) {
                  if (epoch != epoch_) {
                    // Another login or a log-off came first.
                    if (outcome->session) end_session(std::move(outcome->session), {});
                    result = login_cancelled();
                  } else if (result) {
                    return logged_in(*outcome, done);
                  } else {
                    state_ = State::offline;
                  }
                  done(std::move(result));
                },
                false, false, cancelled_});
}

void LocalNetwork::logged_in(LoginOutcome& outcome, const Done& done) {
  state_ = State::online;
  session_ = std::move(outcome.session);
  roster_ = std::move(outcome.roster);
  kept_ = std::move(outcome.kept);
  denied_ = std::move(outcome.denied);
  self_ = {};
  self_.email = outcome.email;
  self_.nick = outcome.account.nick;
  self_.privacy = outcome.account.privacy;
  for (auto& [email, contact] : roster_) contact.asks = asks(contact);
  count_queued();
  watch_lease();
  const Alive alive = alive_;
  const auto epoch = epoch_;
  done({});
  if (!alive.expired() && epoch == epoch_) begin_delivery(outcome.database_name);
}

// Resets the members used by the loop. Returns the session, which the caller must end, or nullptr.
std::shared_ptr<LocalNetwork::Session> LocalNetwork::detach_session() {
  ++epoch_;
  if (cancelled_) *cancelled_ = true;
  state_ = State::offline;
  self_ = {};
  roster_.clear();
  kept_.clear();
  denied_.clear();
  mark_prefix_.clear();
  resume_at_.reset();
  if (inotify_.is_open()) inotify_.close();
  poll_timer_.cancel();
  read_timer_.cancel();
  reap_timer_.cancel();
  after_ = 0;
  reading_ = read_again_ = false;
  unstored_ = read_failures_ = 0;
  presence_asked_ = presence_known_ = false;
  adding_ = 0;
  return std::exchange(session_, nullptr);
}

// Ends the session in the database. If that fails, other daemons end it, because its lease is gone.
void LocalNetwork::end_session(std::shared_ptr<Session> session, std::function<void()> then) {
  worker_->add({Worker::Access::write_unsynced,
                [session, now = dependencies_.clock.now()](Store& store) {
                  return store.end_session(session->me, now);
                },
                [session, then = std::move(then)](const Result<void>&) {
                  session->lease.release();
                  if (then) then();
                },
                true, true});
}

void LocalNetwork::logoff(Done done) {
  if (state_ == State::offline)
    return answer_later(std::move(done), fail(ErrorCode::not_logged_in, "not logged in"));
  if (auto session = detach_session())
    end_session(std::move(session), [done = std::move(done)] { done({}); });
  else
    answer_later(std::move(done), {});
}

void LocalNetwork::end_by_network(std::vector<model::Event> last_events) {
  if (const auto* why = std::get_if<model::ErrorEvent>(&last_events.front()))
    dependencies_.log.info("network.local", self_.email + " was logged off by the network: " +
                                                why->code + " " + why->text);
  detach_session().reset();
  last_events.emplace_back(model::Closed{});
  const Alive alive = alive_;
  report(std::move(last_events));
  if (!alive.expired()) dependencies_.listener.on_state(State::offline);
}

}  // namespace msn::network::local

// SPDX-License-Identifier: MIT
#include "core/daemon/session.hpp"

#include "core/base/text.hpp"
#include "core/daemon/names.hpp"
#include "core/model/email.hpp"
#include "core/protocol/answer.hpp"

#include <utility>

namespace msn::daemon {

using network::State;

namespace {

constexpr std::string_view domain = "daemon";

std::string reason_of(const Error& error) {
  const std::string number = error.number != 0 ? std::to_string(error.number) + " " : "";
  return number + msn::visible(error.message);
}

void log_end(Log& log, const std::string& email, const Result<void>& result) {
  if (result)
    log.info(domain, "logged off " + msn::visible(email));
  else
    log.warn(domain,
             "logging off " + msn::visible(email) + " failed: " + reason_of(result.error()));
}

// The error of a login that a later LOGIN or LOGOFF interrupts.
Error interrupted_by(bool login) {
  return {ErrorCode::network, login ? "interrupted by another LOGIN" : "interrupted by a LOGOFF"};
}

}  // namespace

Session::Session(Journal& journal, Sends& sends, const Clock& clock, Log& log)
    : journal_(journal), sends_(sends), clock_(clock), log_(log), since_(clock.now()) {}

void Session::connect(std::unique_ptr<network::Network> network) {
  network_ = std::move(network);
}

void Session::on_status(std::function<void(std::string)> listener) {
  status_listener_ = std::move(listener);
  report_state();
}

State Session::state() const {
  if (!login_email_.empty()) return State::connecting;
  return network_->state();
}

const std::string& Session::email() const {
  if (!login_email_.empty()) return login_email_;
  if (network_->state() != State::offline) return network_->self().email;
  return journal_.email();
}

bool Session::is_usable() const {
  if (!steps_.empty()) return false;
  const State now = network_->state();
  return now == State::online || now == State::reconnecting;
}

// --- logging in and off

void Session::login(network::Credentials credentials, Done done) {
  if (login_listener_) login_listener_();
  enqueue({std::move(credentials), std::move(done)});
}

void Session::logoff(Done done) {
  if (login_listener_) login_listener_();
  if (steps_.empty() && network_->state() == State::offline)
    return done(fail(ErrorCode::not_logged_in));
  enqueue({std::nullopt, std::move(done)});
}

// A new step cancels earlier logins: a pending one fails at once, one in progress is interrupted.
void Session::enqueue(Step step) {
  // A login that makes a reconnecting session retry keeps the session's pending requests. A second
  // login of that session must not interrupt the first, so it waits.
  const bool waits_for_login = step.credentials && login_outstanding_ && same_session_ &&
                               step.credentials->email == login_email_;
  step.is_repeat = waits_for_login && step.credentials->password.text() == password_.text();
  const Error reason = interrupted_by(step.credentials.has_value());
  std::vector<Done> superseded;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    step.ends_login |= steps_[i].credentials.has_value() || steps_[i].has_begun;
    if (i > 0 && steps_[i].credentials) superseded.push_back(std::move(steps_[i].done));
  }
  std::erase_if(steps_, [](const Step& one) { return one.credentials && !one.done; });
  steps_.push_back(std::move(step));
  for (const Done& done : superseded) done(fail(reason));
  if (!waits_for_login && login_outstanding_ && network_->state() != State::offline) {
    login_outstanding_ = false;
    password_.wipe();
    ++login_number_;
    network_->logoff([this, reason](const Result<void>&) { logged_in(fail(reason)); });
  }
  run();
}

void Session::run() {
  if (std::exchange(running_, true)) return;
  while (!steps_.empty() && !busy_) begin();
  running_ = false;
}

void Session::begin() {
  busy_ = true;
  Step& step = steps_.front();
  const State now = network_->state();
  if (!step.credentials) {
    if (now == State::offline)
      return finish(step.ends_login ? Result<void>() : fail(ErrorCode::not_logged_in));
    return network_->logoff([this, who = network_->self().email](Result<void> result) {
      expects_events_ = false;
      log_end(log_, who, result);
      finish(std::move(result));
    });
  }
  if (step.is_repeat && now == State::online && network_->self().email == step.credentials->email) {
    step.credentials.reset();
    return finish({});
  }
  step.has_begun = true;
  network::Credentials credentials = std::move(*std::exchange(step.credentials, std::nullopt));
  // A LOGIN while reconnecting keeps the network's pending requests (protocol 13.9).
  same_session_ = now == State::reconnecting && network_->self().email == credentials.email;
  if (now == State::offline || same_session_) return log_in(std::move(credentials));
  // Shared because a callback must be copyable.
  network_->logoff([this, who = network_->self().email,
                    held = std::make_shared<network::Credentials>(std::move(credentials))](
                       const Result<void>& result) {
    expects_events_ = false;
    log_end(log_, who, result);
    if (steps_.size() > 1) return finish(fail(interrupted_by(steps_[1].credentials.has_value())));
    log_in(std::move(*held));
  });
}

void Session::log_in(network::Credentials credentials) {
  login_email_ = credentials.email;
  report_state();
  login_outstanding_ = true;
  password_ = credentials.password.copy();
  network_->login(std::move(credentials), [this, attempt = ++login_number_](Result<void> result) {
    if (attempt != login_number_) return;
    login_outstanding_ = false;
    password_.wipe();
    if (!result) return logged_in(std::move(result));
    auto opened = open_log(login_email_);
    if (opened) return logged_in({});
    // Without an event log the session would lose its events.
    log_.error(domain, opened.error().message);
    network_->logoff([this, error = opened.error()](const Result<void>&) {
      logged_in(fail(ErrorCode::network, error.message));
    });
  });
}

Result<void> Session::open_log(const std::string& email) {
  const std::string before = journal_.email();
  auto opened = journal_.open(email);
  if (journal_.email() != before) sends_.clear();
  return opened;
}

void Session::logged_in(Result<void> result) {
  expects_events_ = result.has_value() || network_->state() == State::reconnecting;
  const std::string who = msn::visible(std::exchange(login_email_, {}));
  if (result)
    log_.info(domain, "logged in as " + who);
  else if (result.error().code == ErrorCode::login_refused)
    log_.warn(domain, "login as " + who + " refused: " + reason_of(result.error()));
  else
    log_.warn(domain, "login as " + who + " failed: " + reason_of(result.error()));
  // resume() comes before the answer, because the client's next request may use a token without an
  // outcome.
  if (result && !same_session_)
    sends_.resume(*network_,
                  [this](std::vector<model::Event> events) { on_batch({std::move(events)}); });
  finish(std::move(result));
}

void Session::finish(Result<void> result) {
  const Done done = std::move(steps_.front().done);
  steps_.pop_front();
  busy_ = false;
  if (steps_.empty()) {
    report_state();
    journal_.schedule_commit();  // answers waiting polls if the session has ended
  }
  done(std::move(result));
  run();
}

void Session::report_state() {
  const State now = state();
  if (now != reported_state_) since_ = clock_.now();
  reported_state_ = now;
  if (!status_listener_) return;
  const std::string& email = login_email_.empty() ? network_->self().email : login_email_;
  switch (now) {
    case State::offline:
      return status_listener_("offline");
    case State::connecting:
      return status_listener_("logging in as " + msn::visible(email));
    case State::online:
      return status_listener_("online as " + msn::visible(email));
    case State::reconnecting:
      return status_listener_("connection lost, reconnecting as " + msn::visible(email));
  }
}

// --- accounts

// Returns the callback for the network; nothing if a REGISTER or PASSWD is in progress already,
// after calling `done` with the error.
std::optional<Session::Done> Session::begin_account_change(std::string what, Done done) {
  if (std::exchange(changing_account_, true)) {
    done(fail(ErrorCode::busy, "another REGISTER or PASSWD is in progress; try again later"));
    return std::nullopt;
  }
  return [this, what = std::move(what), done = std::move(done)](Result<void> result) {
    changing_account_ = false;
    if (!result && result.error().code == ErrorCode::network)
      log_.warn(domain, what + " failed: " + reason_of(result.error()));
    done(std::move(result));
  };
}

void Session::create_account(network::Credentials credentials, Done done) {
  auto begun = begin_account_change("creating the account " + msn::visible(credentials.email),
                                    std::move(done));
  if (begun) network_->create_account(std::move(credentials), std::move(*begun));
}

void Session::change_password(network::Secret old, network::Secret next, Done done) {
  auto begun =
      begin_account_change("changing the password of " + msn::visible(email()), std::move(done));
  if (begun) network_->change_password(std::move(old), std::move(next), std::move(*begun));
}

// --- contacts

model::Contact Session::as_reported(const model::Contact& contact) const {
  model::Contact copy = contact;
  if (network_->state() == State::reconnecting) copy.status = model::Status::offline;
  return copy;
}

std::string Session::name_of(const std::string& email) const {
  const State now = network_->state();
  if (now != State::online && now != State::reconnecting) return {};
  if (network_->self().email != journal_.email()) return {};
  const auto found = roster().find(email);
  if (found == roster().end() || !found->second.lists.forward) return {};
  const std::string& name = found->second.shown_nick();
  return name == email ? std::string() : name;
}

std::string Session::list(OnList is_on_list, bool marks) const {
  std::vector<const model::Contact*> people;
  std::vector<model::Contact> copies;
  const bool copying = network_->state() == State::reconnecting;
  copies.reserve(copying ? roster().size() : 0);
  for (const auto& [email, contact] : roster()) {
    if (!is_on_list(contact)) continue;
    people.push_back(copying ? &copies.emplace_back(as_reported(contact)) : &contact);
  }
  return protocol::contact_list(people, marks);
}

Result<Session::Resolved> Session::resolve(std::string_view who, std::string_view nick,
                                           Candidates candidates) const {
  const auto fits = [&](const model::Contact& contact) {
    return candidates == Candidates::contacts ? contact.lists.forward
                                              : contact.lists.any() || contact.asks;
  };
  const model::Roster& people = roster();
  // An address is never compared with names, because a contact could choose an address as its name.
  for (const std::string_view word : {who, nick}) {
    const auto email = model::parse_email(word);
    if (!email) continue;
    const auto listed = people.find(*email);
    const bool known = listed != people.end() && fits(listed->second);
    if (!known && candidates != Candidates::any_address) return fail(ErrorCode::unknown_contact);
    return Resolved{std::move(*email)};
  }
  auto named = contact_named(people, nick);
  const bool meant_as_address = who.find('@') != who.npos && candidates == Candidates::any_address;
  if (!named && meant_as_address) return fail(ErrorCode::invalid);
  if (!named) return fail(std::move(named.error()));
  return Resolved{std::move(*named), true};
}

// --- events

std::string Session::mark(std::string_view email) {
  return journal_.log() != nullptr && journal_.email() == email ? journal_.mark() : "";
}

void Session::on_batch(network::Batch batch) {
  // Events that arrive before the login is answered already belong to the new account.
  if (!login_email_.empty() && journal_.email() != login_email_) {
    if (auto opened = open_log(login_email_); !opened) {
      log_.error(domain, opened.error().message);
      return;
    }
  }
  auto settled = sends_.settle(batch.events);
  if (!settled.empty())
    batch.stored = [this, settled, stored = std::move(batch.stored)] {
      sends_.stored(settled);
      stored();
    };
  auto mark = batch.mark.empty() ? std::nullopt : std::optional(std::move(batch.mark));
  if (journal_.arrive({std::move(batch.events), std::move(mark), settled, std::move(batch.stored)}))
    return;
  sends_.stored(settled);  // the network may report these outcomes again
  if (!steps_.empty()) return;
  log_.error(domain, "logging off " + msn::visible(email()) +
                         ": the event log cannot be written and too many events are waiting for "
                         "it; events that the network cannot send again are reported as a gap");
  logoff([](const Result<void>&) {});
}

// Not logged here: the network has logged the change with its cause.
void Session::on_state(State state) {
  expects_events_ = state == State::online || state == State::reconnecting;
  report_state();
  journal_.schedule_commit();  // answers waiting polls, after the SCLOSE MAIN of this change
}

}  // namespace msn::daemon

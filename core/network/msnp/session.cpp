// SPDX-License-Identifier: MIT
#include "core/network/msnp/session.hpp"

#include "core/network/msnp/error_table.hpp"

#include <utility>

namespace msn::network::msnp {

using model::Status;

Session::Session(SessionOptions options)
    : options_(std::move(options)),
      ns_(*this, book_, self_, options_.timing),
      backoff_(options_.timing.backoff_first, options_.timing.backoff_last) {
  self_.server = to_text(options_.server);
}

Session::~Session() = default;

std::vector<Action> Session::take_actions() {
  ended_.clear();
  self_.queued = queued_octets_ = 0;
  for (const auto& [email, outbox] : outboxes_) {
    self_.queued += outbox.letters.size();
    queued_octets_ += outbox.octets;
  }
  for (const auto& [id, board] : boards_) {
    self_.queued += board->queued();
    queued_octets_ += board->queued_octets();
  }
  if (std::exchange(remember_, false) && state_ != State::offline) {
    auto text = write_known(book_.known());
    Emit* last = nullptr;
    for (auto& action : actions_)
      if (auto* emit = std::get_if<Emit>(&action)) last = emit;
    if (last)
      last->remember = std::move(text);
    else
      act(Remember{std::move(text)});
  }
  return std::exchange(actions_, {});
}

std::optional<SteadyTime> Session::deadline() const {
  auto first = ns_.deadline();
  const auto consider = [&](const std::optional<SteadyTime>& at) {
    if (at && (!first || *at < *first)) first = at;
  };
  consider(retry_at_);
  consider(settle_at_);
  for (const auto& [id, board] : boards_) consider(board->deadline());
  for (const auto& [email, outbox] : outboxes_) {
    consider(outbox.ask_again);
    if (!outbox.letters.empty()) consider(outbox.letters.front().deadline);
  }
  return first;
}

void Session::emit(model::Event event) {
  if (!actions_.empty())
    if (auto* last = std::get_if<Emit>(&actions_.back())) {
      last->events.push_back(std::move(event));
      return;
    }
  Emit emit;
  emit.events.push_back(std::move(event));
  act(std::move(emit));
}

void Session::finish(Token token, Result<void> result) {
  if (token != 0) act(Finish{token, std::move(result)});
}

// Answers the token and returns false without a session.
bool Session::needs_session(Token token, bool reconnecting_too) {
  if (state_ == State::online || (reconnecting_too && state_ == State::reconnecting)) return true;
  finish(token, fail(ErrorCode::not_logged_in));
  return false;
}

// Everything of the session goes, and what is lost with it is told.
void Session::end_session(State next) {
  leave_boards("the session ended");  // which may give texts back
  while (!outboxes_.empty()) lose(outboxes_.begin()->first, "the session ended");
  ns_.leave();
  ns_.give_up_unfinished();
  outboxes_.clear();
  sending_.clear();
  retry_at_.reset();
  settle_at_.reset();
  settling_ = false;
  backoff_.reset();
  maintenance_ = false;
  wanted_status_.reset();
  wanted_nick_.reset();
  wanted_privacy_.reset();
  told_.clear();
  if (remember_) {  // before the book is empty
    act(Remember{write_known(book_.known())});
    remember_ = false;
  }
  book_.clear();
  auto server = std::move(self_.server);
  self_ = {};
  self_.server = std::move(server);
  state_ = next;
}

void Session::login(Token token, std::string email, std::optional<Known> known, SteadyTime now) {
  now_ = now;
  if (login_token_ != 0)
    finish(std::exchange(login_token_, 0),
           fail(ErrorCode::network, "another login took the place of this one"));
  if (state_ == State::reconnecting && email == self_.email) {
    // Ends the waiting for the way back, and keeps what is under way (protocol 13.9).
    login_token_ = token;
    retry_at_.reset();
    ns_.login(options_.server, false, now);
    return;
  }
  end_session(State::connecting);
  book_.clear(std::move(known));
  self_.email = std::move(email);
  login_token_ = token;
  ns_.login(options_.server, true, now);
}

void Session::logoff(Token token, SteadyTime now) {
  now_ = now;
  if (login_token_ != 0)
    finish(std::exchange(login_token_, 0), fail(ErrorCode::network, "logged off meanwhile"));
  else if (!needs_session(token, true))
    return;
  end_session(State::offline);
  finish(token, {});
}

void Session::connected(ConnectionId id, SteadyTime now) {
  now_ = now;
  if (id == ns_connection_)
    ns_.connected(now);
  else if (const auto found = boards_.find(id); found != boards_.end())
    found->second->connected(now);
}

void Session::received(ConnectionId id, std::string_view octets, SteadyTime now) {
  now_ = now;
  if (id == ns_connection_)
    ns_.received(octets, now);
  else if (const auto found = boards_.find(id); found != boards_.end())
    found->second->received(octets, now);
}

void Session::closed(ConnectionId id, std::string_view why, SteadyTime now) {
  now_ = now;
  if (id == ns_connection_)
    ns_.closed(why, now);
  else if (const auto found = boards_.find(id); found != boards_.end())
    found->second->closed(why, now);
}

void Session::ticket(std::uint64_t number, Result<std::string> ticket, SteadyTime now) {
  now_ = now;
  if (number == ticket_number_) ns_.ticket(std::move(ticket), now);
}

void Session::on_time(SteadyTime now) {
  now_ = now;
  if (const auto at = ns_.deadline(); at && *at <= now) ns_.on_time(now);
  expire_letters();  // before a call that ends with them, which would be made again
  // A board may end, and another conversation begin, while we go through them.
  std::vector<ConnectionId> due;
  for (const auto& [id, board] : boards_)
    if (const auto at = board->deadline(); at && *at <= now) due.push_back(id);
  for (const auto id : due)
    if (const auto found = boards_.find(id); found != boards_.end()) found->second->on_time(now);
  if (settle_at_ && *settle_at_ <= now) settle();
  if (retry_at_ && *retry_at_ <= now) {
    retry_at_.reset();
    ns_.login(options_.server, false, now);
  }
}

void Session::ns_connect(const HostPort& to) {
  if (ns_connection_ != 0) act(HangUp{ns_connection_});
  ns_connection_ = ++last_connection_;
  act(Connect{ns_connection_, to});
}

void Session::ns_send(std::string octets) {
  if (ns_connection_ != 0) act(Send{ns_connection_, std::move(octets)});
}

void Session::ns_hang_up() {
  ++ticket_number_;  // what is still being fetched is for nobody
  if (ns_connection_ != 0) act(HangUp{std::exchange(ns_connection_, 0)});
}

void Session::ns_fetch_ticket(std::string challenge) {
  act(FetchTicket{++ticket_number_, std::move(challenge)});
}

void Session::ns_finished(Token token, Result<void> result) {
  finish(token, std::move(result));
}

void Session::ns_status_refused(model::Status status) {
  if (wanted_status_ == status) wanted_status_ = self_.status;
}

void Session::ns_status_settled() {
  if (std::exchange(settling_, false)) settle_at_ = now_ + options_.timing.settle;
}

void Session::ns_ready(const Book::Changes& changes) {
  remember_ = true;
  maintenance_ = false;
  online_since_ = now_;
  const bool asked = login_token_ != 0;
  finish(std::exchange(login_token_, 0), {});
  if (std::exchange(state_, State::online) == State::reconnecting) {
    if (!asked) act(Note{"connected again"});
    come_back(changes);
  } else {
    ns_changes(changes);
  }
}

void Session::ns_changes(const Book::Changes& changes) {
  for (const auto& email : changes.removed) ns_event(model::ContactRemoved{email});
  for (const auto& email : changes.added) ns_event(model::ContactAdded{email});
  for (const auto& email : changes.removed_you) ns_event(model::RemovedYou{email});
  for (const auto& email : changes.added_you) ns_event(model::AddedYou{email});
}

void Session::ns_event(model::Event event) {
  if (const auto* added = std::get_if<model::ContactAdded>(&event))
    told_[added->email] = Status::offline;
  if (const auto* removed = std::get_if<model::ContactRemoved>(&event)) told_.erase(removed->email);
  if (std::holds_alternative<model::AddedYou>(event) ||
      std::holds_alternative<model::RemovedYou>(event))
    remember_ = true;
  emit(std::move(event));
}

void Session::ns_presence(const Presence& presence) {
  const auto* contact = book_.find(presence.email);
  if (!contact) return;
  if (presence.status == Status::offline) {
    ns_offline(presence.email);
    return;
  }
  const auto old_name = contact->real_nick;
  book_.set_name(presence.email, presence.name);
  const bool renamed = contact->real_nick != old_name;
  if (!contact->lists.forward) return;
  const bool expected = awaited(presence.email);
  book_.set_caps(presence.email, presence.caps);
  book_.set_status(presence.email, presence.status);
  auto& told = told_.try_emplace(presence.email, Status::offline).first->second;
  const bool changed = std::exchange(told, presence.status) != presence.status;
  if (changed || renamed)  // a new name is told as the same status again (protocol 7.2)
    emit(model::StatusChange{presence.email, std::string(model::status_name(presence.status)), {}});
  if (expected) converse(presence.email);
}

void Session::ns_offline(const std::string& email) {
  const auto* contact = book_.find(email);
  if (!contact || !contact->lists.forward) return;
  book_.set_status(email, Status::offline);
  auto& told = told_.try_emplace(email, Status::offline).first->second;
  if (std::exchange(told, Status::offline) == Status::offline) return;
  // What they have not got yet, they do not get any more. FAILED follows the status.
  std::uint64_t discarded = 0;
  if (const auto found = outboxes_.find(email); found != outboxes_.end())
    discarded = found->second.letters.size();
  emit(model::StatusChange{email, "offline", discarded});
  give_up(email, std::to_string(217) + " " + std::string(error_text(217)));
}

}  // namespace msn::network::msnp

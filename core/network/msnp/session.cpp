// SPDX-License-Identifier: MIT
#include "core/network/msnp/session.hpp"

#include "core/network/msnp/error_table.hpp"

#include <utility>

namespace msn::network::msnp {

using model::Status;

Session::Session(SessionOptions options)
    : options_(std::move(options)),
      ns_(book_, self_, options_.timing),
      backoff_(options_.timing.backoff_first, options_.timing.backoff_last) {
  self_.server = to_text(options_.server);
}

std::vector<Action> Session::take_actions() {
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
  return earliest({ns_.deadline(), retry_at_, told_.deadline(), board_times_.first(),
                   unasked_.front() ? ask_at_ : std::nullopt, outbox_.deadline()});
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

// Whatever the dialogues have to tell, until they are silent.
void Session::run() {
  for (;;) {
    auto notices = ns_.take();
    for (auto& each : notices) std::visit([this](auto& it) { handle(it); }, each);
    const auto touched = std::exchange(touched_, {});
    for (const auto id : touched) run_board(id);
    if (notices.empty() && touched.empty() && !ask_next()) break;
  }
  self_.queued = outbox_.load().letters + board_load_.letters;
}

void Session::run_board(ConnectionId id) {
  for (auto* board = find_board(id); board; board = find_board(id)) {
    count(id, *board);
    auto events = board->talk.take();
    for (auto& each : events) std::visit([this, id](auto& it) { handle(id, it); }, each);
    if (events.empty()) return;
  }
}

// Everything of the session goes, and what is lost with it is told.
void Session::end_session(State next) {
  state_ = next;  // so that nothing is begun for what the conversations give back
  close_boards("the session ended");
  for (const auto& email : outbox_.recipients()) drop_outbox_and_tell(email, "the session ended");
  ns_.end();
  run();
  calls_.clear();
  asking_ = 0;
  unasked_.clear();
  ask_at_.reset();
  sending_.clear();
  retry_at_.reset();
  backoff_.reset();
  maintenance_ = false;
  told_.clear();
  if (remember_) {  // before the book is empty
    act(Remember{write_known(book_.known())});
    remember_ = false;
  }
  book_.clear();
  auto server = std::move(self_.server);
  self_ = {};
  self_.server = std::move(server);
}

void Session::login(Token token, std::string email, std::optional<Known> known, SteadyTime now) {
  now_ = now;
  if (login_token_ != 0)
    finish(std::exchange(login_token_, 0),
           fail(ErrorCode::network, "another login took the place of this one"));
  const bool returns = state_ == State::reconnecting && email == self_.email;
  if (!returns) {
    end_session(State::connecting);
    book_.clear(std::move(known));
    self_.email = std::move(email);
  }
  // Else it ends the waiting, and keeps what is in progress (protocol 13.9).
  login_token_ = token;
  retry_at_.reset();
  ns_.login(options_.server, !returns, now);
  run();
}

void Session::logoff(Token token, SteadyTime now) {
  now_ = now;
  if (login_token_ != 0) {
    finish(std::exchange(login_token_, 0), fail(ErrorCode::network, "logged off meanwhile"));
  } else if (state_ == State::offline) {
    finish(token, fail(ErrorCode::not_logged_in));
    return;
  }
  end_session(State::offline);
  finish(token, {});
}

void Session::connected(ConnectionId id, SteadyTime now) {
  now_ = now;
  if (id == ns_connection_) {
    ns_.connected(now);
  } else if (auto* board = find_board(id)) {
    board->talk.connected(now);
    touch(id);
  }
  run();
}

void Session::received(ConnectionId id, std::string_view bytes, SteadyTime now) {
  now_ = now;
  if (id == ns_connection_) {
    ns_.feed(bytes);
    while (id == ns_connection_ && ns_.step(now)) run();
  } else if (auto* board = find_board(id)) {
    board->talk.feed(bytes);
    touch(id);
    for (; board && board->talk.step(now); board = find_board(id)) {
      touch(id);
      run();
    }
  }
  run();
}

void Session::closed(ConnectionId id, std::string_view why, SteadyTime now) {
  now_ = now;
  if (id == ns_connection_) {
    ns_.closed(why, now);
  } else if (auto* board = find_board(id)) {
    board->talk.closed(why, now);
    touch(id);
  }
  run();
}

void Session::ticket(std::uint64_t number, Result<std::string> ticket, SteadyTime now) {
  now_ = now;
  if (number == ticket_number_) ns_.ticket(std::move(ticket), now);
  run();
}

void Session::on_time(SteadyTime now) {
  now_ = now;
  expire_letters();  // before the calls that end with them, which would be made again
  if (const auto at = ns_.deadline(); at && *at <= now) ns_.on_time(now);
  run();
  for (const auto id : board_times_.due(now)) {
    auto* board = find_board(id);
    if (!board) continue;
    board->talk.on_time(now);
    touch(id);
    run();
  }
  if (const auto at = told_.deadline(); at && *at <= now) settle();
  if (retry_at_ && *retry_at_ <= now) {
    retry_at_.reset();
    ns_.login(options_.server, false, now);
  }
  run();
}

void Session::handle(notice::Dial& dial) {
  if (ns_connection_ != 0) act(HangUp{ns_connection_});
  ++ticket_number_;  // what is still being fetched is not wanted any more
  ns_connection_ = ++last_connection_;
  act(Connect{ns_connection_, std::move(dial.to)});
}

void Session::handle(notice::Say& say) {
  if (ns_connection_ != 0) act(Send{ns_connection_, std::move(say.bytes)});
}

void Session::handle(notice::HangUp&) {
  ++ticket_number_;
  if (ns_connection_ != 0) act(HangUp{std::exchange(ns_connection_, 0)});
}

void Session::handle(notice::WantTicket& want) {
  act(FetchTicket{++ticket_number_, std::move(want.challenge)});
}

void Session::handle(notice::Ready& ready) {
  remember_ = true;
  maintenance_ = false;
  online_since_ = now_;
  const bool asked = login_token_ != 0;
  finish(std::exchange(login_token_, 0), {});
  if (std::exchange(state_, State::online) == State::reconnecting) {
    if (!asked) act(Note{"reconnected"});
    come_back(ready.changes);
  } else {
    tell(ready.changes);
  }
}

void Session::tell(const Book::Changes& changes) {
  const auto each = [this](const std::vector<std::string>& emails, auto event) {
    for (const auto& email : emails) {
      event.email = email;
      notice::Happened happened{event};
      handle(happened);
    }
  };
  each(changes.removed, model::ContactRemoved{});
  each(changes.added, model::ContactAdded{});
  each(changes.removed_you, model::RemovedYou{});
  each(changes.added_you, model::AddedYou{});
}

void Session::handle(notice::Happened& happened) {
  auto& event = happened.event;
  if (const auto* added = std::get_if<model::ContactAdded>(&event)) told_.add(added->email);
  if (const auto* removed = std::get_if<model::ContactRemoved>(&event))
    told_.remove(removed->email);
  if (std::holds_alternative<model::AddedYou>(event) ||
      std::holds_alternative<model::RemovedYou>(event))
    remember_ = true;
  emit(std::move(event));
}

void Session::handle(Presence& presence) {
  const auto& email = presence.email;
  const auto* contact = book_.find(email);
  if (!contact) return;
  if (presence.status == Status::offline) {
    go_offline(email);
    return;
  }
  book_.set_name(email, presence.name);
  if (!contact->lists.forward) return;
  const bool expected = told_.awaited(email);
  book_.set_caps(email, presence.caps);
  book_.set_status(email, presence.status);
  if (told_.announce(email, presence.status))
    emit(model::StatusChange{email, std::string(model::status_name(presence.status)), {}});
  if (expected) ensure_board(email);
}

// Texts that wait for the reader are dropped with the status (protocol 7.2), which FAILED follows.
void Session::go_offline(const std::string& email) {
  const auto* contact = book_.find(email);
  if (!contact || !contact->lists.forward) return;
  book_.set_status(email, Status::offline);
  if (!told_.announce(email, Status::offline)) return;
  emit(model::StatusChange{email, "offline", outbox_.count(email)});
  drop_outbox(email, std::to_string(217) + " " + std::string(error_text(217)));
}

}  // namespace msn::network::msnp

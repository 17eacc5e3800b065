// SPDX-License-Identifier: MIT
#include "core/network/msnp/session.hpp"

#include "core/network/msnp/error_table.hpp"

#include <utility>

namespace msn::network::msnp {

using model::Status;

Session::Session(SessionOptions options)
    : options_(std::move(options)),
      ns_(contact_lists_, self_, options_.timing),
      backoff_(options_.timing.backoff_first, options_.timing.backoff_last) {
  self_.server = to_text(options_.server);
}

std::vector<Action> Session::take_actions() {
  if (std::exchange(remember_, false) && state_ != State::offline) {
    auto text = write_saved_lists(contact_lists_.saved());
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
                   xfr_queue_.front() ? xfr_not_before_ : std::nullopt, outbox_.deadline()});
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

// Handles the events of all dialogues until there are no more.
void Session::run() {
  for (;;) {
    auto notices = ns_.take();
    for (auto& each : notices) std::visit([this](auto& it) { handle(it); }, each);
    const auto changed = std::exchange(changed_boards_, {});
    for (const auto id : changed) run_board(id);
    if (notices.empty() && changed.empty() && !request_next_board()) break;
  }
  self_.queued = outbox_.load().letters + board_load_.letters;
}

void Session::run_board(ConnectionId id) {
  for (auto* board = find_board(id); board; board = find_board(id)) {
    update_indexes(id, *board);
    auto events = board->switchboard.take();
    for (auto& each : events) std::visit([this, id](auto& it) { handle(id, it); }, each);
    if (events.empty()) return;
  }
}

// Ends the session for good and reports what is lost.
void Session::end_session(State next) {
  state_ = next;  // so that texts returned by switchboards start no new calls
  close_boards("the session ended");
  for (const auto& email : outbox_.recipients()) drop_outbox_and_report(email, "the session ended");
  ns_.end();
  run();
  calls_.clear();
  xfr_outstanding_ = 0;
  xfr_queue_.clear();
  xfr_not_before_.reset();
  sending_.clear();
  retry_at_.reset();
  backoff_.reset();
  maintenance_ = false;
  told_.clear();
  if (remember_) {  // before the lists are cleared
    act(Remember{write_saved_lists(contact_lists_.saved())});
    remember_ = false;
  }
  contact_lists_.clear();
  auto server = std::move(self_.server);
  self_ = {};
  self_.server = std::move(server);
}

void Session::login(Token token, std::string email, std::optional<SavedLists> saved,
                    SteadyTime now) {
  now_ = now;
  if (login_token_ != 0)
    finish(std::exchange(login_token_, 0), fail(ErrorCode::network, "replaced by a newer login"));
  const bool returns = state_ == State::reconnecting && email == self_.email;
  if (!returns) {
    end_session(State::connecting);
    contact_lists_.clear(std::move(saved));
    self_.email = std::move(email);
  }
  // A session that is reconnecting continues, and tries at once (msncd-protocol(7) 13.9).
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
    board->switchboard.connected(now);
    mark_changed(id);
  }
  run();
}

void Session::received(ConnectionId id, std::string_view bytes, SteadyTime now) {
  now_ = now;
  if (id == ns_connection_) {
    ns_.feed(bytes);
    while (id == ns_connection_ && ns_.step(now)) run();
  } else if (auto* board = find_board(id)) {
    board->switchboard.feed(bytes);
    mark_changed(id);
    for (; board && board->switchboard.step(now); board = find_board(id)) {
      mark_changed(id);
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
    board->switchboard.closed(why, now);
    mark_changed(id);
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
  expire_letters();  // first, or calls for expired texts would be started again
  if (const auto at = ns_.deadline(); at && *at <= now) ns_.on_time(now);
  run();
  for (const auto id : board_times_.due(now)) {
    auto* board = find_board(id);
    if (!board) continue;
    board->switchboard.on_time(now);
    mark_changed(id);
    run();
  }
  if (const auto at = told_.deadline(); at && *at <= now) end_presence_grace();
  if (retry_at_ && *retry_at_ <= now) {
    retry_at_.reset();
    ns_.login(options_.server, false, now);
  }
  run();
}

void Session::handle(ns::Dial& dial) {
  if (ns_connection_ != 0) act(HangUp{ns_connection_});
  ++ticket_number_;  // cancels the HTTPS login in progress
  ns_connection_ = ++last_connection_;
  act(Connect{ns_connection_, std::move(dial.to)});
}

void Session::handle(ns::Say& say) {
  if (ns_connection_ != 0) act(Send{ns_connection_, std::move(say.bytes)});
}

void Session::handle(ns::HangUp&) {
  ++ticket_number_;
  if (ns_connection_ != 0) act(HangUp{std::exchange(ns_connection_, 0)});
}

void Session::handle(ns::WantTicket& want) {
  act(FetchTicket{++ticket_number_, std::move(want.challenge)});
}

void Session::handle(ns::Ready& ready) {
  remember_ = true;
  maintenance_ = false;
  online_since_ = now_;
  const bool asked = login_token_ != 0;
  finish(std::exchange(login_token_, 0), {});
  if (std::exchange(state_, State::online) == State::reconnecting) {
    if (!asked) act(Note{"reconnected"});
    resume(ready.changes);
  } else {
    report(ready.changes);
  }
}

void Session::report(const ContactLists::Changes& changes) {
  const auto each = [this](const std::vector<std::string>& emails, auto event) {
    for (const auto& email : emails) {
      event.email = email;
      ns::Happened happened{event};
      handle(happened);
    }
  };
  each(changes.removed, model::ContactRemoved{});
  each(changes.added, model::ContactAdded{});
  each(changes.removed_you, model::RemovedYou{});
  each(changes.added_you, model::AddedYou{});
}

void Session::handle(ns::Happened& happened) {
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
  const auto* contact = contact_lists_.find(email);
  if (!contact) return;
  if (presence.status == Status::offline) {
    go_offline(email);
    return;
  }
  contact_lists_.set_name(email, presence.name);
  if (!contact->lists.forward) return;
  const bool expected = told_.awaited(email);
  contact_lists_.set_caps(email, presence.caps);
  contact_lists_.set_status(email, presence.status);
  if (told_.announce(email, presence.status))
    emit(model::StatusChange{email, std::string(model::status_name(presence.status)), {}});
  if (expected) ensure_board(email);
}

// Queued texts are dropped: StatusChange has their number, then FAILED follows for texts with an ID
// (msncd-protocol(7) 7.2).
void Session::go_offline(const std::string& email) {
  const auto* contact = contact_lists_.find(email);
  if (!contact || !contact->lists.forward) return;
  contact_lists_.set_status(email, Status::offline);
  if (!told_.announce(email, Status::offline)) return;
  emit(model::StatusChange{email, "offline", outbox_.count(email)});
  drop_outbox(email, std::to_string(217) + " " + std::string(error_text(217)));
}

}  // namespace msn::network::msnp

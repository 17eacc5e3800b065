// SPDX-License-Identifier: MIT
// Conversations: which switchboard sends which text, and the outcome of each text.
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/session.hpp"

#include <algorithm>
#include <utility>

namespace msn::network::msnp {
namespace {

// Joins lines with CRLF. CR, LF and NUL within a line are dropped: clients would show a line break,
// or end the text there.
std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text += "\r\n";
    for (const char c : lines[i])
      if (c != '\r' && c != '\n' && c != '\0') text += c;
  }
  return text;
}

std::string numbered(int number, std::string_view text) {
  return (number == 0 ? "" : std::to_string(number) + " ").append(text);
}

}  // namespace

bool Session::hidden() const {
  // The wanted status decides, because CHG is sent before any XFR SB.
  const auto& status = ns_.lists().wanted_status();
  return !status || *status == model::Status::offline || *status == model::Status::invisible;
}

// The daemon checks this itself: servers do not apply it everywhere, and contacts can invite
// others.
bool Session::is_sender_allowed(std::string_view email) const {
  const auto* contact = contact_lists_.find(email);
  const auto lists = contact ? contact->lists : model::Lists{};
  return !lists.block && (self_.privacy.open || lists.forward || lists.allow);
}

Session::Board* Session::find_board(ConnectionId id) {
  const auto found = boards_.find(id);
  return found == boards_.end() ? nullptr : &found->second;
}

Session::Board* Session::board_with(std::string_view email, ConnectionId* at) {
  Board* best = nullptr;
  const auto [first, last] = boards_by_contact_.equal_range(email);
  for (auto each = first; each != last; ++each) {
    auto* board = find_board(each->second);
    if (!board->switchboard.is_with(email) || (best && board->last_used < best->last_used))
      continue;
    best = board;
    if (at) *at = each->second;
  }
  return best;
}

// Records the state of a board in the indexes, so that lookups need not visit all boards.
void Session::update_indexes(ConnectionId id, Board& board) {
  const auto& switchboard = board.switchboard;
  if (board.sole_contact != switchboard.sole_contact()) {
    const auto [first, last] = boards_by_contact_.equal_range(board.sole_contact);
    for (auto each = first; each != last; ++each)
      if (each->second == id) {
        boards_by_contact_.erase(each);
        break;
      }
    board.sole_contact = switchboard.sole_contact();
    board.last_used = 0;  // it was used for another contact
    if (!board.sole_contact.empty()) boards_by_contact_.emplace(board.sole_contact, id);
  }
  if (board.active != (switchboard.beginning() || switchboard.open())) {
    board.active = !board.active;
    board.active ? ++active_boards_ : --active_boards_;
  }
  idle_boards_.set(id, switchboard.idle() ? switchboard.deadline() : std::nullopt);
  board_times_.set(id, switchboard.deadline());
  board_load_.letters += switchboard.queued() - board.queued.letters;
  board_load_.bytes += switchboard.queued_bytes() - board.queued.bytes;
  board.queued = {switchboard.queued(), switchboard.queued_bytes()};
}

// Makes room for one more conversation; `most` are allowed, and `expected` others are about to
// open. If necessary, closes the one that was idle longest. Returns false if there is no room.
bool Session::make_room(std::size_t expected, std::size_t most) {
  if (boards_.size() + expected >= 2 * limits::conversations) return false;
  if (active_boards_ + expected < most) return true;
  const auto id = idle_boards_.front();
  if (!id) return false;
  auto& board = *find_board(*id);
  board.switchboard.close_gracefully(now_);
  update_indexes(*id, board);
  mark_changed(*id);
  return true;
}

ConnectionId Session::open_board(const HostPort& at, Switchboard switchboard) {
  const auto id = ++last_connection_;
  update_indexes(id, boards_.emplace(id, Board{std::move(switchboard)}).first->second);
  mark_changed(id);
  act(Connect{id, at});
  return id;
}

void Session::send(Token token, const OutgoingMessage& message, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, true)) return;
  const auto email = model::parse_email(message.to);
  if (!email || *email == self_.email) {
    finish(token, fail(ErrorCode::unknown_contact));
    return;
  }
  auto text = join(message.lines);
  if (!outbox_.fits(text.size(), board_load_)) {
    finish(token, fail(ErrorCode::busy, "too many messages are queued; try again later"));
    return;
  }
  finish(token, {});
  Letter letter{++last_key_, message.id, std::move(text), now + options_.timing.message};
  ConnectionId board = 0;
  if (!outbox_.has(*email) && !calls_.contains(*email) && board_with(*email, &board)) {
    send_to(board, *email, std::move(letter));
  } else {
    outbox_.put(*email, std::move(letter));
    ensure_board(*email);
  }
  run();
}

void Session::send_to(ConnectionId id, const std::string& email, Letter letter) {
  auto& board = *find_board(id);
  sending_[letter.key] = {email, std::move(letter.id)};
  board.last_used = ++last_use_;
  board.switchboard.send_text(letter.key, std::move(letter.text),
                              (contact_lists_.details(email).caps & caps_chunks) != 0, now_);
  mark_changed(id);
}

void Session::typing(Token token, std::string_view address, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  finish(token, {});
  const auto email = to_lower_ascii(address);
  ConnectionId id = 0;
  if (auto* board = board_with(email, &id)) {
    board->switchboard.send_typing(now);
    mark_changed(id);
  } else if (const auto* contact = contact_lists_.find(email);
             !hidden() && contact && contact->status != model::Status::offline) {
    // Not for an offline contact, who would not get the typing notice.
    calls_[email].typing = true;
    ensure_board(email);
  }
  run();
}

// Starts or reuses a conversation for the texts and the typing notice queued for this contact.
void Session::ensure_board(const std::string& email) {
  if (state_ != State::online && state_ != State::reconnecting) return;  // the session is ending
  const auto call = calls_.find(email);
  const bool texts = outbox_.has(email);
  if (!texts && (call == calls_.end() || (!call->second.typing && call->second.board == 0))) {
    drop_call(email);
    return;
  }
  ConnectionId id = 0;
  if (board_with(email, &id)) {
    flush(email, id);
    return;
  }
  // A call is in progress already, by this account or by the contact.
  if (call != calls_.end() && (call->second.xfr_outstanding || call->second.board != 0)) return;
  const auto [first, last] = boards_by_contact_.equal_range(email);
  for (auto each = first; each != last; ++each)
    if (find_board(each->second)->switchboard.beginning()) return;
  if (hidden()) {  // the server refuses XFR SB (913) to hidden users
    fail_with_number(email, 913);
    return;
  }
  if (state_ != State::online || told_.awaited(email)) return;
  const bool at_once = !xfr_queue_.front() && may_request_board();
  xfr_queue_.set(email, outbox_.deadline_of(email).value_or(now_));
  if (!texts && !at_once) drop_call(email);  // typing notices are not queued
}

bool Session::may_request_board() {
  if (state_ != State::online || (xfr_not_before_ && *xfr_not_before_ > now_)) return false;
  xfr_not_before_.reset();
  return make_room(xfr_outstanding_);
}

// Sends XFR SB for the contact whose texts expire first. Returns false if there is none or if all
// have to wait.
bool Session::request_next_board() {
  const auto email = xfr_queue_.front();
  if (!email || !may_request_board()) return false;
  xfr_queue_.set(*email, {});
  if (hidden()) {
    fail_with_number(*email, 913);
    return true;
  }
  calls_[*email].xfr_outstanding = true;
  ++xfr_outstanding_;
  ns_.ask_switchboard(*email, now_);
  return true;
}

// Cancels a call in progress; returns whether there was one.
bool Session::drop_call(const std::string& email) {
  xfr_queue_.set(email, {});
  const auto node = calls_.extract(email);
  if (node.empty()) return false;
  if (node.mapped().xfr_outstanding) --xfr_outstanding_;
  auto* board = find_board(node.mapped().board);
  if (board && board->switchboard.beginning()) {
    board->switchboard.close_gracefully(now_);
    mark_changed(node.mapped().board);
  }
  return true;
}

void Session::flush(const std::string& email, ConnectionId id) {
  const auto call = calls_.extract(email);
  xfr_queue_.set(email, {});
  if (!call.empty() && call.mapped().xfr_outstanding) --xfr_outstanding_;
  auto letters = outbox_.take(email);
  for (auto& letter : letters) send_to(id, email, std::move(letter));
  if (!letters.empty()) {
    emit(model::Flushed{email});
  } else if (!call.empty() && call.mapped().typing) {
    find_board(id)->switchboard.send_typing(now_);
    mark_changed(id);
  }
}

// Drops the texts for a contact because the server refused the call: FAILED for those with an ID,
// ERR with the number for each of the others.
void Session::fail_with_number(const std::string& email, int number) {
  drop_call(email);
  const std::string text(error_text(number));
  for (const auto& letter : outbox_.take(email)) {
    if (letter.id.empty())
      emit(model::ErrorEvent{std::to_string(number), text, email, {}, "SENDMSG"});
    else
      emit(model::Failed{letter.id, email, numbered(number, text)});
  }
}

// FAILED for letters with an ID. Returns the number of the others, which the caller must report.
std::uint64_t Session::fail_letters(const std::string& email, const Outbox::Letters& letters,
                                    std::string_view why) {
  std::uint64_t untold = 0;
  for (const auto& letter : letters) {
    if (letter.id.empty())
      ++untold;
    else
      emit(model::Failed{letter.id, email, std::string(why)});
  }
  return untold;
}

std::uint64_t Session::drop_outbox(const std::string& email, std::string_view why) {
  drop_call(email);
  return fail_letters(email, outbox_.take(email), why);
}

// Drops the texts for a contact because no conversation could be opened: SCLOSE USER reports the
// number of those without an ID (msncd-protocol(7) 7.7).
void Session::drop_outbox_and_report(const std::string& email, std::string_view why) {
  if (const auto lost = drop_outbox(email, why); lost > 0) emit(model::Closed{email, lost});
}

void Session::close_boards(const std::string& why) {
  for (auto& [id, board] : boards_) {
    board.switchboard.close_now(why);
    mark_changed(id);
  }
  run();
}

void Session::expire_letters() {
  for (const auto& email : outbox_.due(now_)) {
    const auto lost = fail_letters(email, outbox_.expire(email, now_),
                                   "no conversation with the contact could be opened in time");
    if (lost > 0) emit(model::Closed{email, lost});
    // Without texts the call is canceled, and with it the typing notice.
    if (!outbox_.has(email)) drop_call(email);
  }
}

void Session::handle(ns::Barred& barred) {
  if (is_sender_allowed(barred.email)) return;
  const auto* contact = contact_lists_.find(barred.email);
  const bool blocked = contact && contact->lists.block;
  std::vector<ConnectionId> theirs;
  const auto [first, last] = boards_by_contact_.equal_range(barred.email);
  for (auto each = first; each != last; ++each) theirs.push_back(each->second);
  for (const auto id : theirs) {
    auto* board = find_board(id);
    if (!board || (board->switchboard.beginning() && board->switchboard.is_outgoing())) continue;
    board->switchboard.close_now(blocked ? "you blocked the contact"
                                         : "the contact is not allowed to message you");
    run_board(id);
  }
}

void Session::handle(ns::Ring& ring) {
  for (const auto& [id, board] : boards_)
    if (board.switchboard.session() == ring.session && !board.switchboard.closing())
      return;  // a repeated RNG
  if (!is_sender_allowed(ring.caller)) return;
  const auto* contact = contact_lists_.find(ring.caller);
  const bool ours = contact && contact->lists.forward;
  if (!make_room(0, ours ? limits::conversations : limits::boards_for_non_contacts)) return;
  open_board(ring.board.at, Switchboard::answer(options_.timing, self_.email, ring, now_));
}

void Session::handle(ns::Switchboard& answer) {
  const auto& email = answer.email;
  const auto call = calls_.find(email);
  if (call == calls_.end() || !std::exchange(call->second.xfr_outstanding, false))
    return;  // the call was canceled meanwhile
  --xfr_outstanding_;
  if (answer.ticket && make_room(0)) {
    call->second.board = open_board(
        answer.ticket->at,
        Switchboard::call(options_.timing, self_.email, answer.ticket->ticket, email, now_));
    return;
  }
  const int number = answer.ticket ? 0 : answer.ticket.error().number;
  if (number == 913)
    fail_with_number(email, 913);
  else if (answer.ticket || is_temporary(number)) {
    if (!answer.ticket) xfr_not_before_ = now_ + options_.timing.xfr_retry;
    call->second.typing = false;  // typing notices are not retried
    ensure_board(email);
  } else
    drop_outbox_and_report(email, numbered(number, answer.ticket.error().message));
}

void Session::handle(ConnectionId id, board::Say& say) {
  act(Send{id, std::move(say.bytes)});
}

void Session::handle(ConnectionId id, board::Opened&) {
  const auto* board = find_board(id);
  if (!board) return;
  const auto email = board->switchboard.peer();
  // With others in the conversation it cannot be used for the queued texts.
  if (const auto call = calls_.find(email);
      call != calls_.end() && call->second.board == id && !board->switchboard.is_with(email))
    call->second.board = 0;
  ensure_board(email);
}

void Session::handle(ConnectionId, board::Text& text) {
  if (!is_sender_allowed(text.from)) return;
  bool typed = false;
  for (auto& [name, value] : text.headers) {
    if (!equal_ignoring_ascii_case(name, "Content-Type")) continue;
    value = "text/plain; charset=UTF-8";  // the text was converted
    typed = true;
  }
  if (!typed) text.headers.emplace_back("Content-Type", "text/plain; charset=UTF-8");
  model::Message message{std::move(text.from), std::move(text.headers), std::move(text.text), {}};
  message.participants = std::move(text.others);
  emit(std::move(message));
}

void Session::handle(ConnectionId, board::Typing& typing) {
  if (is_sender_allowed(typing.from)) emit(model::Typing{std::move(typing.from)});
}

void Session::handle(ConnectionId, board::Delivered& delivered) {
  const auto node = sending_.extract(delivered.key);
  if (!node.empty() && !node.mapped().id.empty())
    emit(model::Sent{node.mapped().id, node.mapped().to});
}

void Session::handle(ConnectionId, board::Undelivered& undelivered) {
  const auto node = sending_.extract(undelivered.key);
  if (node.empty()) return;
  const auto& [to, id] = node.mapped();
  if (id.empty())
    emit(model::ErrorEvent{
        "282", "Message to " + to + " not delivered: " + undelivered.why, to, {}, "SENDMSG"});
  else
    emit(model::Failed{id, to, std::move(undelivered.why)});
}

// Puts the unsent texts back into the outbox, with a new deadline.
void Session::handle(ConnectionId, board::Unsent& unsent) {
  Outbox::Letters letters;
  for (auto& [key, text] : unsent.texts) {
    auto sent = sending_.extract(key);
    letters.push_back({key, sent.empty() ? std::string() : std::move(sent.mapped().id),
                       std::move(text), now_ + options_.timing.message});
  }
  outbox_.put_back(unsent.to, std::move(letters));
  ensure_board(unsent.to);
}

void Session::handle(ConnectionId id, board::Ended& ended) {
  using How = board::Ended::How;
  auto node = boards_.extract(id);
  if (node.empty()) return;
  const auto email = node.mapped().switchboard.peer();
  update_indexes(id, node.mapped());
  act(HangUp{id});

  // Texts that were sent and not acknowledged may have arrived, so they are reported as lost and
  // not sent again.
  std::map<std::string, std::uint64_t> lost;
  for (const auto key : ended.unknown) {
    const auto sent = sending_.extract(key);
    if (sent.empty()) continue;
    const auto& [to, identity] = sent.mapped();
    if (identity.empty())
      ++lost[to];
    else
      emit(model::Failed{identity, to, "not acknowledged: " + ended.why});
  }
  if (ended.how == How::broken)
    act(Note{"the conversation with " + email + " was lost: " + visible(ended.why)});
  for (const auto& [to, count] : lost) emit(model::Closed{to, count});

  if (const auto call = calls_.find(email); call != calls_.end() && call->second.board == id) {
    call->second.board = 0;
    // Texts whose deadline has not passed cause another call.
    if (ended.how == How::unanswered) call->second.typing = false;
    if (ended.how == How::refused) fail_with_number(email, ended.number);
    if (ended.how == How::unopened)
      drop_outbox_and_report(email, numbered(ended.number, ended.why));
  }
  ensure_board(email);  // texts may have waited for this conversation
}

}  // namespace msn::network::msnp

// SPDX-License-Identifier: MIT
// Conversations: which one carries what, and what becomes of our messages.
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/session.hpp"

#include <algorithm>
#include <utility>

namespace msn::network::msnp {
namespace {

// Lines joined as the network wants them. CR would make a line of its own, NUL ends texts early.
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
  // What was asked for last: the server gets it before any request for a switchboard.
  const auto& status = ns_.lists().wanted_status();
  return !status || *status == model::Status::offline || *status == model::Status::invisible;
}

// Servers let in whom we would not have, and others may bring them along.
bool Session::may_write_to_us(std::string_view email) const {
  const auto* contact = book_.find(email);
  const auto lists = contact ? contact->lists : model::Lists{};
  return !lists.block && (self_.privacy.open || lists.forward || lists.allow);
}

Session::Board* Session::find_board(ConnectionId id) {
  const auto found = boards_.find(id);
  return found == boards_.end() ? nullptr : &found->second;
}

Session::Board* Session::board_with(std::string_view email, ConnectionId* at) {
  Board* best = nullptr;
  const auto [first, last] = reach_.equal_range(email);
  for (auto each = first; each != last; ++each) {
    auto* board = find_board(each->second);
    if (!board->talk.is_with(email) || (best && board->last_used < best->last_used)) continue;
    best = board;
    if (at) *at = each->second;
  }
  return best;
}

// Keeps what is known of all boards right for this one, so that no question walks over them.
void Session::count(ConnectionId id, Board& board) {
  const auto& talk = board.talk;
  if (board.whom != talk.whom()) {
    const auto [first, last] = reach_.equal_range(board.whom);
    for (auto each = first; each != last; ++each)
      if (each->second == id) {
        reach_.erase(each);
        break;
      }
    board.whom = talk.whom();
    board.last_used = 0;  // by our texts to others
    if (!board.whom.empty()) reach_.emplace(board.whom, id);
  }
  if (board.talking != (talk.beginning() || talk.open())) {
    board.talking = !board.talking;
    board.talking ? ++talking_ : --talking_;
  }
  idle_boards_.set(id, talk.idle() ? talk.deadline() : std::nullopt);
  board_times_.set(id, talk.deadline());
  board_load_.letters += talk.queued() - board.queued.letters;
  board_load_.bytes += talk.queued_bytes() - board.queued.bytes;
  board.queued = {talk.queued(), talk.queued_bytes()};
}

// For one more conversation, besides so many that may come, of so many that there may be: the one
// that has been idle for longest gives way.
bool Session::make_room(std::size_t coming, std::size_t most) {
  if (boards_.size() + coming >= 2 * limits::conversations) return false;
  if (talking_ + coming < most) return true;
  const auto id = idle_boards_.front();
  if (!id) return false;
  auto& board = *find_board(*id);
  board.talk.withdraw(now_);
  count(*id, board);
  touch(*id);
  return true;
}

ConnectionId Session::open_board(const HostPort& at, Switchboard talk) {
  const auto id = ++last_connection_;
  count(id, boards_.emplace(id, Board{std::move(talk)}).first->second);
  touch(id);
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
  board.talk.send_text(letter.key, std::move(letter.text),
                       (book_.card(email).caps & caps_chunks) != 0, now_);
  touch(id);
}

void Session::typing(Token token, std::string_view address, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  finish(token, {});
  const auto email = to_lower_ascii(address);
  ConnectionId id = 0;
  if (auto* board = board_with(email, &id)) {
    board->talk.send_typing(now);
    touch(id);
  } else if (const auto* contact = book_.find(email);
             !hidden() && contact && contact->status != model::Status::offline) {
    // Else not worth a call: they cannot see it, and it is not kept.
    calls_[email].typing = true;
    ensure_board(email);
  }
  run();
}

// Starts or reuses a conversation for what waits for this person.
void Session::ensure_board(const std::string& email) {
  if (state_ != State::online && state_ != State::reconnecting) return;  // it ends
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
  // One is being made; or they are calling us just now, and that conversation will do.
  if (call != calls_.end() && (call->second.asking || call->second.board != 0)) return;
  const auto [first, last] = reach_.equal_range(email);
  for (auto each = first; each != last; ++each)
    if (find_board(each->second)->talk.beginning()) return;
  if (hidden()) {  // who is hidden can talk, but not call
    fail_with_number(email, 913);
    return;
  }
  if (state_ != State::online || told_.awaited(email)) return;
  const bool at_once = !unasked_.front() && may_ask();
  unasked_.set(email, outbox_.deadline_of(email).value_or(now_));
  if (!texts && !at_once) drop_call(email);  // a typing notice is not worth waiting for
}

bool Session::may_ask() {
  if (state_ != State::online || (ask_at_ && *ask_at_ > now_)) return false;
  ask_at_.reset();
  return make_room(asking_);
}

// For a switchboard for the reader who has least time left. False: all have to wait.
bool Session::ask_next() {
  const auto email = unasked_.front();
  if (!email || !may_ask()) return false;
  unasked_.set(*email, {});
  if (hidden()) {
    fail_with_number(*email, 913);
    return true;
  }
  calls_[*email].asking = true;
  ++asking_;
  ns_.ask_switchboard(*email, now_);
  return true;
}

// What has begun of a call is of no use any more. Was there any?
bool Session::drop_call(const std::string& email) {
  unasked_.set(email, {});
  const auto node = calls_.extract(email);
  if (node.empty()) return false;
  if (node.mapped().asking) --asking_;
  auto* board = find_board(node.mapped().board);
  if (board && board->talk.beginning()) {
    board->talk.withdraw(now_);
    touch(node.mapped().board);
  }
  return true;
}

void Session::flush(const std::string& email, ConnectionId id) {
  const auto call = calls_.extract(email);
  unasked_.set(email, {});
  if (!call.empty() && call.mapped().asking) --asking_;
  auto letters = outbox_.take(email);
  for (auto& letter : letters) send_to(id, email, std::move(letter));
  if (!letters.empty()) {
    emit(model::Flushed{email});
  } else if (!call.empty() && call.mapped().typing) {
    find_board(id)->talk.send_typing(now_);
    touch(id);
  }
}

// The network's no: a message with an identity fails, for each other one the number is told.
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

// Those with an identity fail. How many of the others there were, which nothing has told yet.
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

// The conversation could not be made: the count is reported as well (protocol 7.7).
void Session::drop_outbox_and_tell(const std::string& email, std::string_view why) {
  if (const auto lost = drop_outbox(email, why); lost > 0) emit(model::Closed{email, lost});
}

void Session::close_boards(const std::string& why) {
  for (auto& [id, board] : boards_) {
    board.talk.leave(why);
    touch(id);
  }
  run();
}

void Session::expire_letters() {
  for (const auto& email : outbox_.due(now_)) {
    const auto lost = fail_letters(email, outbox_.expire(email, now_),
                                   "no conversation with the contact could be opened in time");
    if (lost > 0) emit(model::Closed{email, lost});
    // A typing notice is dropped with its texts, and the call with the last of them.
    if (!outbox_.has(email)) drop_call(email);
  }
}

void Session::handle(notice::Barred& barred) {
  if (may_write_to_us(barred.email)) return;
  const auto* contact = book_.find(barred.email);
  const bool blocked = contact && contact->lists.block;
  std::vector<ConnectionId> theirs;
  const auto [first, last] = reach_.equal_range(barred.email);
  for (auto each = first; each != last; ++each) theirs.push_back(each->second);
  for (const auto id : theirs) {
    auto* board = find_board(id);
    if (!board || (board->talk.beginning() && board->talk.we_called())) continue;
    board->talk.leave(blocked ? "you blocked the contact" : "the contact may not message you");
    run_board(id);
  }
}

void Session::handle(notice::Ring& ring) {
  for (const auto& [id, board] : boards_)
    if (board.talk.session() == ring.session && !board.talk.leaving())
      return;  // rung twice, answered once
  if (!may_write_to_us(ring.caller)) return;
  const auto* contact = book_.find(ring.caller);
  const bool ours = contact && contact->lists.forward;
  if (!make_room(0, ours ? limits::conversations : limits::boards_for_strangers)) return;
  open_board(ring.board.at, Switchboard::answer(options_.timing, self_.email, ring, now_));
}

void Session::handle(notice::Switchboard& answer) {
  const auto& email = answer.email;
  const auto call = calls_.find(email);
  if (call == calls_.end() || !std::exchange(call->second.asking, false))
    return;  // asked for a call that was given up since
  --asking_;
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
    if (!answer.ticket) ask_at_ = now_ + options_.timing.xfr_retry;
    call->second.typing = false;  // not worth a second try
    ensure_board(email);
  } else
    drop_outbox_and_tell(email, numbered(number, answer.ticket.error().message));
}

void Session::handle(ConnectionId id, board::Say& say) {
  act(Send{id, std::move(say.bytes)});
}

void Session::handle(ConnectionId id, board::Opened&) {
  const auto* board = find_board(id);
  if (!board) return;
  const auto email = board->talk.peer();
  // Others are here, too, or instead: it will not do for what waits.
  if (const auto call = calls_.find(email);
      call != calls_.end() && call->second.board == id && !board->talk.is_with(email))
    call->second.board = 0;
  ensure_board(email);
}

void Session::handle(ConnectionId, board::Text& text) {
  if (!may_write_to_us(text.from)) return;
  bool typed = false;
  for (auto& [name, value] : text.headers) {
    if (!equal_ignoring_ascii_case(name, "Content-Type")) continue;
    value = "text/plain; charset=UTF-8";  // what it is by now, whatever it was
    typed = true;
  }
  if (!typed) text.headers.emplace_back("Content-Type", "text/plain; charset=UTF-8");
  model::Message message{std::move(text.from), std::move(text.headers), std::move(text.text), {}};
  message.participants = std::move(text.others);
  emit(std::move(message));
}

void Session::handle(ConnectionId, board::Typing& typing) {
  if (may_write_to_us(typing.from)) emit(model::Typing{std::move(typing.from)});
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

// They were accepted and have not been sent: they wait once more for their reader to join.
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
  const auto email = node.mapped().talk.peer();
  count(id, node.mapped());
  act(HangUp{id});

  // What was sent and never acknowledged may have arrived or not: told as lost and not sent again.
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
    // Each text has its own time, which may not be over: they are called again for those.
    if (ended.how == How::unanswered) call->second.typing = false;
    if (ended.how == How::refused) fail_with_number(email, ended.number);
    if (ended.how == How::unopened) drop_outbox_and_tell(email, numbered(ended.number, ended.why));
  }
  ensure_board(email);  // something may have waited for what this one would become
}

}  // namespace msn::network::msnp

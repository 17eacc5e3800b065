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

}  // namespace

bool Session::hidden() const {
  // What was asked for last: the server gets it before any request for a switchboard.
  return !wanted_status_ || *wanted_status_ == model::Status::offline ||
         *wanted_status_ == model::Status::invisible;
}

// There before a loss and not announced since: soon they are, or they are taken for gone.
bool Session::awaited(std::string_view email) const {
  const auto told = told_.find(email);
  const auto* contact = book_.find(email);
  return (settling_ || settle_at_) && told != told_.end() &&
         told->second != model::Status::offline && contact && contact->lists.forward &&
         contact->status == model::Status::offline;
}

// Servers let in whom we would not have, and others may bring them along.
bool Session::may_write_to_us(std::string_view email) const {
  const auto* contact = book_.find(email);
  const auto lists = contact ? contact->lists : model::Lists{};
  return !lists.block && (self_.privacy.open || lists.forward || lists.allow);
}

Switchboard* Session::board_with(std::string_view email) {
  Switchboard* best = nullptr;
  for (const auto& [id, board] : boards_)
    if (board->is_with(email) && (!best || board->last_used > best->last_used)) best = board.get();
  return best;
}

ConnectionId Session::id_of(const Switchboard& board) const {
  for (const auto& [id, each] : boards_)
    if (each.get() == &board) return id;
  return 0;
}

void Session::open_board(const HostPort& at, std::unique_ptr<Switchboard> board,
                         ConnectionId* slot) {
  const auto id = ++last_connection_;
  if (slot) *slot = id;
  boards_.emplace(id, std::move(board));
  act(Connect{id, at});
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
  if (self_.queued >= limits::queued_messages ||
      queued_octets_ + text.size() > limits::queued_octets) {
    finish(token, fail(ErrorCode::busy, "too much waits to be sent; try again later"));
    return;
  }
  finish(token, {});
  Letter letter{++last_key_, message.id, std::move(text), now + options_.timing.message};
  if (auto* board = board_with(*email); board && outboxes_.find(*email) == outboxes_.end()) {
    send_to(*board, *email, std::move(letter));
    return;
  }
  ++self_.queued;
  queued_octets_ += letter.text.size();
  auto& outbox = outboxes_[*email];
  outbox.octets += letter.text.size();
  outbox.letters.push_back(std::move(letter));
  converse(*email);
}

void Session::send_to(Switchboard& board, const std::string& email, Letter letter) {
  sending_[letter.key] = {email, std::move(letter.id)};
  board.last_used = ++last_use_;
  board.send_text(letter.key, std::move(letter.text), (book_.card(email).caps & caps_chunks) != 0,
                  now_);
}

void Session::typing(Token token, std::string_view address, SteadyTime now) {
  now_ = now;
  if (!needs_session(token, false)) return;
  finish(token, {});
  const auto email = to_lower_ascii(address);
  if (auto* board = board_with(email)) {
    board->send_typing(now);
    return;
  }
  const auto* contact = book_.find(email);
  // Not worth a call to somebody who cannot see it, and nobody is told later.
  if (hidden() || !contact || contact->status == model::Status::offline) return;
  outboxes_[email].typing = true;
  converse(email);
}

// Sees to it that what waits for somebody gets its conversation.
void Session::converse(const std::string& email) {
  const auto found = outboxes_.find(email);
  if (found == outboxes_.end() || leaving_) return;
  auto& outbox = found->second;
  if (outbox.idle() && outbox.board == 0) {
    outboxes_.erase(found);
    return;
  }
  if (auto* board = board_with(email)) {
    flush(email, *board);
    return;
  }
  // One is being made; or they are calling us just now, and that conversation will do.
  if (outbox.asking || outbox.board != 0 || outbox.ask_again) return;
  for (const auto& [id, board] : boards_)
    if (!board->we_called() && board->beginning() && board->peer() == email) return;
  if (hidden()) {  // who is hidden can talk, but not call
    refuse(email, 913);
    return;
  }
  if (state_ != State::online || awaited(email)) return;
  outbox.asking = true;
  ns_.ask_switchboard(email, now_);
}

void Session::flush(const std::string& email, Switchboard& board) {
  auto node = outboxes_.extract(email);
  if (node.empty()) return;
  auto& outbox = node.mapped();
  const bool letters = !outbox.letters.empty();
  for (auto& letter : outbox.letters) send_to(board, email, std::move(letter));
  if (letters)
    emit(model::Flushed{email});
  else if (outbox.typing)
    board.send_typing(now_);
}

// The network's no: a message with an identity fails, for each other one the number is told.
void Session::refuse(const std::string& email, int number) {
  auto node = outboxes_.extract(email);
  if (node.empty()) return;
  const std::string text(error_text(number));
  for (const auto& letter : node.mapped().letters) {
    if (letter.id.empty())
      emit(model::ErrorEvent{std::to_string(number), text});
    else
      emit(model::Failed{letter.id, email, std::to_string(number) + " " + text});
  }
}

// Drops what waits for somebody; those with an identity fail. How many there were.
std::uint64_t Session::give_up(const std::string& email, std::string_view why) {
  auto node = outboxes_.extract(email);
  if (node.empty()) return 0;
  for (const auto& letter : node.mapped().letters)
    if (!letter.id.empty()) emit(model::Failed{letter.id, email, std::string(why)});
  const auto board = boards_.find(node.mapped().board);
  if (board != boards_.end() && board->second->beginning()) board->second->withdraw("given up");
  return node.mapped().letters.size();
}

// The conversation could not be made: the count is told as well (protocol 7.7).
void Session::lose(const std::string& address, std::string_view why) {
  const std::string email = address;  // may be the key of what goes
  if (const auto lost = give_up(email, why); lost > 0) emit(model::Closed{email, lost});
}

void Session::leave_boards(const std::string& why) {
  leaving_ = true;
  while (!boards_.empty()) boards_.begin()->second->leave(why);
  leaving_ = false;
}

// Their connections are as dead as the server; what was not sent waits for the way back.
void Session::drop_boards(const std::string& why) {
  for (auto& [email, outbox] : outboxes_) outbox.board = 0;
  leaving_ = true;
  while (!boards_.empty()) boards_.begin()->second->closed(why, now_);
  leaving_ = false;
}

void Session::expire_letters() {
  std::vector<std::string> due;
  for (const auto& [email, outbox] : outboxes_)
    if ((outbox.ask_again && *outbox.ask_again <= now_) ||
        (!outbox.letters.empty() && outbox.letters.front().deadline <= now_))
      due.push_back(email);
  for (const auto& email : due) {
    const auto found = outboxes_.find(email);
    if (found == outboxes_.end()) continue;
    auto& outbox = found->second;
    std::uint64_t lost = 0;
    std::vector<model::Event> failed;
    while (!outbox.letters.empty() && outbox.letters.front().deadline <= now_) {
      const auto& letter = outbox.letters.front();
      if (!letter.id.empty()) failed.emplace_back(model::Failed{letter.id, email, "no answer"});
      outbox.octets -= letter.text.size();
      outbox.letters.pop_front();
      ++lost;
    }
    for (auto& event : failed) emit(std::move(event));
    if (lost > 0) emit(model::Closed{email, lost});
    if (outbox.letters.empty()) outbox.typing = false;  // it came with them
    if (outbox.idle()) {
      give_up(email, {});
    } else if (outbox.ask_again && *outbox.ask_again <= now_) {
      outbox.ask_again.reset();
      converse(email);
    }
  }
}

void Session::ns_blocked(const std::string& address) {
  const std::string email = address;  // may be the key of what goes
  std::vector<ConnectionId> theirs;
  for (const auto& [id, board] : boards_) {
    const bool calls_us = !board->open() && !board->we_called() && board->peer() == email;
    if (calls_us || board->is_with(email)) theirs.push_back(id);
  }
  for (const auto id : theirs)
    if (const auto found = boards_.find(id); found != boards_.end())
      found->second->leave("you blocked them");
}

void Session::ns_ring(Ring ring) {
  for (const auto& [id, board] : boards_)
    if (board->session() == ring.session && !board->leaving()) return;  // rung twice, answered once
  const auto* contact = book_.find(ring.caller);
  const auto most = contact && contact->lists.forward ? limits::conversations : limits::rings;
  if (boards_.size() >= most || !may_write_to_us(ring.caller)) return;
  open_board(ring.board.at,
             std::make_unique<Switchboard>(
                 Switchboard::answer(*this, options_.timing, self_.email, ring, now_)),
             nullptr);
}

void Session::ns_switchboard(const std::string& address, Result<SwitchboardTicket> ticket) {
  const std::string email = address;
  const auto found = outboxes_.find(email);
  if (found == outboxes_.end()) return;
  auto& outbox = found->second;
  if (!std::exchange(outbox.asking, false)) return;  // asked for somebody given up since
  if (ticket && boards_.size() < limits::conversations) {
    open_board(ticket->at,
               std::make_unique<Switchboard>(Switchboard::call(*this, options_.timing, self_.email,
                                                               ticket->ticket, email, now_)),
               &outbox.board);
    return;
  }
  if (ticket) {
    lose(email, "too many conversations");
  } else if (ticket.error().number == 913) {
    refuse(email, 913);
  } else if (is_temporary(ticket.error().number)) {
    outbox.typing = false;  // by then they may type no more
    if (outbox.idle())
      outboxes_.erase(found);
    else
      outbox.ask_again = now_ + options_.timing.xfr_retry;
  } else {
    const auto& error = ticket.error();
    lose(email,
         error.number == 0 ? error.message : std::to_string(error.number) + " " + error.message);
  }
}

void Session::sb_send(Switchboard& board, std::string octets) {
  if (const auto id = id_of(board)) act(Send{id, std::move(octets)});
}

void Session::sb_open(Switchboard& board) {
  const auto email = board.peer();
  if (board.is_with(email)) {
    flush(email, board);
    return;
  }
  // Others are here, too, or instead: it will not do for what waits.
  if (const auto found = outboxes_.find(email);
      found != outboxes_.end() && found->second.board == id_of(board))
    found->second.board = 0;
  converse(email);
}

void Session::sb_text(Switchboard&, const std::string& from, Headers headers, std::string text) {
  if (!may_write_to_us(from)) return;
  bool typed = false;
  for (auto& [name, value] : headers) {
    if (!equal_ignoring_ascii_case(name, "Content-Type")) continue;
    value = "text/plain; charset=UTF-8";  // what it is by now, whatever it was
    typed = true;
  }
  if (!typed) headers.emplace_back("Content-Type", "text/plain; charset=UTF-8");
  emit(model::Message{from, std::move(headers), std::move(text), {}});
}

void Session::sb_typing(Switchboard&, const std::string& from) {
  if (may_write_to_us(from)) emit(model::Typing{from});
}

void Session::sb_delivered(Switchboard&, Switchboard::Key key) {
  const auto node = sending_.extract(key);
  if (!node.empty() && !node.mapped().id.empty())
    emit(model::Sent{node.mapped().id, node.mapped().to});
}

void Session::sb_undelivered(Switchboard&, Switchboard::Key key, std::string why) {
  const auto node = sending_.extract(key);
  if (node.empty()) return;
  const auto& [to, id] = node.mapped();
  if (id.empty())
    emit(model::ErrorEvent{"282", "Message to " + to + " not delivered: " + why});
  else
    emit(model::Failed{id, to, std::move(why)});
}

// They were promised to be sent, and have not been: they wait once more for somebody to join.
void Session::sb_unsent(Switchboard&, const std::string& to,
                        std::vector<Switchboard::Unsent> texts) {
  auto& outbox = outboxes_[to];
  const auto deadline = now_ + options_.timing.message;
  for (auto text = texts.rbegin(); text != texts.rend(); ++text) {
    auto sent = sending_.extract(text->key);
    outbox.octets += text->text.size();
    outbox.letters.push_front({text->key,
                               sent.empty() ? std::string() : std::move(sent.mapped().id),
                               std::move(text->text), deadline});
  }
  converse(to);
}

void Session::sb_end(Switchboard& board, Switchboard::End how, int number, std::string why,
                     std::vector<Switchboard::Key> unknown) {
  using End = Switchboard::End;
  const auto id = id_of(board);
  const auto email = board.peer();
  auto node = boards_.extract(id);
  if (node.empty()) return;
  act(HangUp{id});
  ended_.push_back(std::move(node.mapped()));

  // What was sent and never acknowledged: nobody knows, so it is told as lost and not sent again.
  std::map<std::string, std::uint64_t> lost;
  for (const auto key : unknown) {
    const auto sent = sending_.extract(key);
    if (sent.empty()) continue;
    ++lost[sent.mapped().to];
    if (!sent.mapped().id.empty())
      emit(model::Failed{sent.mapped().id, sent.mapped().to, "not acknowledged: " + why});
  }
  if (how == End::broken) lost.try_emplace(email, 0);
  for (const auto& [to, count] : lost) emit(model::Closed{to, count});

  if (const auto found = outboxes_.find(email);
      found != outboxes_.end() && found->second.board == id) {
    found->second.board = 0;
    // Each text has its own time, which may not be over: they are called again for those.
    if (how == End::unanswered) found->second.typing = false;
    if (how == End::refused) refuse(email, number);
    if (how == End::unopened) lose(email, number == 0 ? why : std::to_string(number) + " " + why);
  }
  converse(email);  // they may have waited for this one to become something
}

}  // namespace msn::network::msnp

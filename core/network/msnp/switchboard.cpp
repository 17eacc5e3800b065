// SPDX-License-Identifier: MIT
#include "core/network/msnp/switchboard.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/error_table.hpp"
#include "core/network/msnp/md5.hpp"
#include "core/network/msnp/mime.hpp"

#include <algorithm>
#include <utility>

namespace msn::network::msnp {
namespace {

using How = board::Ended::How;

constexpr std::size_t max_participants = 100;  // of one conversation; more are ignored

std::string upper_guid(std::string digest) {
  for (auto& c : digest)
    if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  for (const std::size_t at : {20u, 16u, 12u, 8u}) digest.insert(at, "-");
  return "{" + digest + "}";
}

}  // namespace

Switchboard::Switchboard(const Timing& timing, std::string own_email, std::string ticket,
                         std::string session, std::string peer, SteadyTime now)
    : timing_(&timing),
      own_email_(std::move(own_email)),
      ticket_(std::move(ticket)),
      session_(std::move(session)),
      peer_(std::move(peer)),
      now_(now),
      step_deadline_(now + timing.connect) {}

Switchboard Switchboard::call(const Timing& timing, std::string own_email, std::string ticket,
                              std::string email, SteadyTime now) {
  return {timing, std::move(own_email), std::move(ticket), {}, std::move(email), now};
}

Switchboard Switchboard::answer(const Timing& timing, std::string own_email, const ns::Ring& ring,
                                SteadyTime now) {
  return {timing, std::move(own_email), ring.board.ticket, ring.session, ring.caller, now};
}

std::string_view Switchboard::sole_contact() const {
  if (beginning()) return peer_;
  return open() && others_.size() == 1 ? std::string_view(others_.front()) : std::string_view();
}

void Switchboard::connected(SteadyTime now) {
  now_ = now;
  if (phase_ != Phase::connecting) return;
  phase_ = Phase::entering;
  step_deadline_ = now + timing_->step;
  const auto trid = std::to_string(++trid_);
  say(is_outgoing() ? command({"USR", trid, own_email_, ticket_})
                    : command({"ANS", trid, own_email_, ticket_, session_}));
}

bool Switchboard::step(SteadyTime now) {
  now_ = now;
  if (phase_ == Phase::ended) return false;
  const auto next = reader_.next();
  if (!next) {
    closed("the server sent invalid data (" + next.error().message + ")", now);
    return false;
  }
  if (!*next) return false;
  on_command(**next);
  return true;
}

void Switchboard::closed(std::string_view why, SteadyTime now) {
  now_ = now;
  if (phase_ == Phase::ended) return;
  if (beginning())
    end(How::unopened, 0, std::string(why));
  else
    end(phase_ == Phase::closing ? How::over : How::broken, 0, std::string(why));
}

void Switchboard::become_open() {
  phase_ = Phase::open;
  step_deadline_.reset();
  restart_idle_timer();
  out_.emplace_back(board::Opened{});
}

void Switchboard::on_command(const Command& line) {
  const auto verb = line.verb();
  if (verb == "MSG") {
    on_message(line);
  } else if (verb == "ACK") {
    on_acknowledge(line, true);
  } else if (verb == "NAK") {
    on_acknowledge(line, false);
  } else if (verb == "JOI") {
    on_join(line.word(1));
  } else if (verb == "IRO") {
    on_join(line.word(4));
  } else if (verb == "BYE") {
    on_bye(line);
  } else if (verb == "USR" && phase_ == Phase::entering && line.word(2) == "OK") {
    phase_ = Phase::calling;
    step_deadline_ = now_ + timing_->message;
    say(command({"CAL", std::to_string(++trid_), peer_}));
  } else if (verb == "ANS" && phase_ == Phase::entering && line.word(2) == "OK") {
    if (others_.empty()) {  // the caller has left already
      end(How::over, 0, {});
      return;
    }
    become_open();
  } else if (verb == "OUT") {
    closed("the server ended the conversation", now_);
  } else if (const auto number = error_number(verb)) {
    on_error(line, *number);
  }
}

void Switchboard::on_error(const Command& line, int number) {
  if (phase_ == Phase::entering || phase_ == Phase::calling) {
    // 215 as the answer to CAL: the contact has joined already, or it is this account. Wait for JOI
    // or the deadline.
    if (phase_ == Phase::calling && number == 215) return;
    end(phase_ == Phase::calling ? How::refused : How::unopened, number,
        std::string(error_text(number)));
    return;
  }
  if (phase_ != Phase::open) return;
  const auto trid = parse_number(line.word(1));
  if (trid && in_flight_.contains(static_cast<std::uint32_t>(*trid))) on_acknowledge(line, false);
}

void Switchboard::on_join(std::string_view word) {
  auto email = model::parse_email(word);
  if (!email || *email == own_email_ || others_.size() >= max_participants) return;
  if (std::find(others_.begin(), others_.end(), *email) == others_.end()) {
    others_.push_back(std::move(*email));
    // Queued texts are for the contact that was alone here before.
    if (!parts_.empty()) undelivered(sending_, "others joined the conversation");
    return_unsent();
  }
  if (phase_ == Phase::calling) become_open();  // an answered call opens after ANS OK
}

void Switchboard::on_bye(const Command& line) {
  const auto email = to_lower_ascii(line.word(1));
  if (phase_ == Phase::open && others_.size() == 1 && others_.front() == email) {
    // Later ACKs prove nothing: servers acknowledge texts in an empty conversation, too.
    say(command({"OUT"}));
    end(How::over, 0, "the contact left");
    return;
  }
  std::erase(others_, email);
  std::vector<Key> lost;
  for (const auto& [key, text] : texts_)
    if (text.to == email) lost.push_back(key);
  for (const auto key : lost) undelivered(key, "not acknowledged: the contact left");
}

void Switchboard::on_message(const Command& line) {
  auto from = model::parse_email(line.word(1));
  const bool expected =
      phase_ == Phase::open || phase_ == Phase::entering || phase_ == Phase::closing;
  if (!from || !expected) return;
  const auto mime = parse_mime(line.payload());
  const auto type = mime.content_type();
  if (type == "text/x-msmsgscontrol") {
    out_.emplace_back(board::Typing{std::move(*from)});
    return;
  }
  restart_idle_timer();
  if (type == "text/x-msmsgsinvite") {
    const auto body = parse_mime(mime.body);
    const auto cookie = body.header("Invitation-Cookie");
    if (body.header("Invitation-Command") == "INVITE" && parse_number(cookie, 10))
      send_message("N", decline_payload(cookie));
    return;
  }
  if (ChunkJoiner::is_part(mime)) {
    // Only the first part has a content type.
    if (!type.empty() && type != "text/plain") return;
    if (auto whole = chunks_.add(*from, mime, now_, timing_->chunks))
      emit_text(std::move(*from), std::move(whole->headers), whole->body);
    return;
  }
  // Without a content type it counts as text (msncd-protocol(7) 7.1).
  if (type == "text/plain" || (type.empty() && !mime.body.empty()))
    emit_text(std::move(*from), mime.headers, mime.body);
}

void Switchboard::emit_text(std::string from, Headers headers, std::string_view bytes) {
  auto others = others_;
  std::erase(others, from);
  out_.emplace_back(
      board::Text{std::move(from), std::move(headers), text_of(bytes), std::move(others)});
}

void Switchboard::on_acknowledge(const Command& line, bool delivered) {
  const auto trid = parse_number(line.word(1));
  if (!trid) return;
  const auto found = in_flight_.extract(static_cast<std::uint32_t>(*trid));
  if (found.empty()) return;
  const Key key = found.mapped().key;
  const auto text = texts_.find(key);
  if (text == texts_.end()) return;  // already reported because of another part
  if (!delivered) {
    undelivered(key, "the server could not deliver the message");
  } else if (--text->second.parts == 0) {
    texts_.erase(text);
    out_.emplace_back(board::Delivered{key});
  }
  send_queued();
}

void Switchboard::undelivered(Key key, std::string why) {
  if (key == sending_) parts_.clear();
  if (texts_.erase(key) > 0) out_.emplace_back(board::Undelivered{key, std::move(why)});
}

void Switchboard::send_message(std::string_view acknowledgement, std::string_view payload) {
  if (phase_ == Phase::closing) return;
  say(command({"MSG", std::to_string(++trid_), acknowledgement}, payload));
}

void Switchboard::send_text(Key key, std::string text, bool chunks, SteadyTime now) {
  now_ = now;
  restart_idle_timer();
  next_typing_.reset();
  queue_bytes_ += text.size();
  queue_.push_back({key, std::move(text), chunks});
  send_queued();
}

// Keeps at most limits::window parts unacknowledged, so that slow servers are not flooded.
void Switchboard::send_queued() {
  while (in_flight_.size() < limits::window) {
    if (parts_.empty()) {
      if (queue_.empty()) return;
      begin_text();
    }
    send_message("A", parts_.front());
    parts_.pop_front();
    in_flight_[trid_] = {sending_, now_ + timing_->message};
  }
}

void Switchboard::begin_text() {
  const auto next = std::move(queue_.front());
  queue_.pop_front();
  queue_bytes_ -= next.text.size();
  sending_ = next.key;
  const auto parts = split_text(next.text, limits::message_text, next.chunks);
  texts_[next.key] = {others_.front(), parts.size()};
  const auto id = next.chunks && parts.size() > 1
                      ? upper_guid(md5_hex(ticket_ + own_email_ + std::to_string(++chunk_ids_)))
                      : std::string();
  for (std::size_t i = 0; i < parts.size(); ++i)
    parts_.push_back(id.empty() ? text_payload(parts[i])
                                : chunk_payload(parts[i], {id, i, parts.size()}));
}

void Switchboard::return_unsent() {
  if (queue_.empty()) return;
  board::Unsent unsent{others_.front(), {}};
  for (auto& next : std::exchange(queue_, {}))
    unsent.texts.push_back({next.key, std::move(next.text)});
  queue_bytes_ = 0;
  out_.emplace_back(std::move(unsent));
}

void Switchboard::send_typing(SteadyTime now) {
  now_ = now;
  if (next_typing_ && *next_typing_ > now) return;
  next_typing_ = now + timing_->typing;
  restart_idle_timer();
  send_message("U", typing_payload(own_email_));
}

void Switchboard::close_now(std::string why) {
  if (phase_ == Phase::ended) return;
  if (phase_ != Phase::connecting && phase_ != Phase::closing) say(command({"OUT"}));
  end(How::over, 0, std::move(why));
}

void Switchboard::close_gracefully(SteadyTime now) {
  now_ = now;
  if (phase_ == Phase::connecting) {
    close_now({});
    return;
  }
  say(command({"OUT"}));
  phase_ = Phase::closing;
  step_deadline_ = now_ + timing_->goodbye;
}

std::optional<SteadyTime> Switchboard::deadline() const {
  if (phase_ == Phase::ended) return std::nullopt;
  if (!in_flight_.empty()) return earliest({step_deadline_, in_flight_.begin()->second.deadline});
  return earliest({step_deadline_, open() ? idle_at_ : std::nullopt});
}

void Switchboard::on_time(SteadyTime now) {
  now_ = now;
  if (phase_ == Phase::ended) return;
  if (step_deadline_ && *step_deadline_ <= now) {
    if (phase_ == Phase::closing) {
      end(How::over, 0, {});
      return;
    }
    if (phase_ == Phase::calling) {
      say(command({"OUT"}));
      end(How::unanswered, 0, "the contact did not join");
    } else {
      end(How::unopened, 0, "the switchboard does not answer");
    }
    return;
  }
  bool late = false;
  while (!in_flight_.empty() && in_flight_.begin()->second.deadline <= now) {
    const Key key = in_flight_.begin()->second.key;
    in_flight_.erase(in_flight_.begin());
    undelivered(key, "the server did not acknowledge the message");
    late = true;
  }
  if (late) {  // one missing ACK: the connection is considered dead
    say(command({"OUT"}));
    end(How::broken, 0, "the server does not answer");
    return;
  }
  if (phase_ == Phase::open && in_flight_.empty() && idle_at_ && *idle_at_ <= now)
    close_gracefully(now);
}

void Switchboard::end(How how, int number, std::string why) {
  phase_ = Phase::ended;
  std::vector<Key> unknown;
  for (const auto& [key, text] : std::exchange(texts_, {})) unknown.push_back(key);
  in_flight_.clear();
  parts_.clear();
  return_unsent();
  out_.emplace_back(board::Ended{how, number, std::move(why), std::move(unknown)});
}

}  // namespace msn::network::msnp

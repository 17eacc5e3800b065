// SPDX-License-Identifier: MIT
// The requests of protocol 13.
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/fields.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/percent.hpp"
#include "core/protocol/request.hpp"

#include <algorithm>
#include <cassert>

namespace msn::protocol {

using fields::option_value;
using fields::refuse;

std::string Ren::encode() const {
  assert(!who.empty() && !nick.empty());
  return "REN " + fields::encode_who(who) + ' ' + percent_encode(nick) + '\n';
}

Result<Ren> Ren::decode(const Request& request) {
  if (request.words.size() != 2) return refuse(ErrorCode::params);
  auto contact = fields::decode_who(request.words[0]);
  if (!contact) return fail(contact.error());
  auto nick = fields::decode_nick(request.words[1]);
  if (!nick) return fail(nick.error());
  return Ren{std::move(contact->who), std::move(*nick), std::move(contact->nick)};
}

std::string GetReverse::encode() const {
  return asks ? "GETRCL ASKS\n" : "GETRCL\n";
}

GetReverse GetReverse::decode(const Request& request) {
  return {std::find(request.words.begin(), request.words.end(), "ASKS") != request.words.end()};
}

std::string Poll::encode() const {
  std::string out = "POLL";
  if (hold) out += " HOLD";
  if (peek) out += " PEEK";
  if (extended) out += " EV";
  if (max) out += " MAX=" + std::to_string(*max);
  if (wait) out += " WAIT=" + std::to_string(wait->count());
  if (!only.empty()) out += " ONLY=" + fields::encode_keywords(only);
  if (queue) out += " QUEUE=" + percent_encode_value(*queue);
  if (from) out += " FROM=" + (from->oldest ? "oldest" : std::to_string(from->cursor));
  if (last) out += " LAST=" + std::to_string(*last);
  if (since) out += " SINCE=" + percent_encode_value(rfc3339(*since));
  if (with) out += " WITH=" + percent_encode(*with, "@");
  if (nicks) out += " NICKS";
  out += '\n';
  return out;
}

namespace {

// Decodes one word of a POLL. Empty and unknown words are ignored (6.9, 13.1).
Result<void> decode_poll_word(std::string_view word, Poll& poll) {
  if (word == "EV") {
    poll.extended = true;
  } else if (word == "HOLD") {
    poll.extended = poll.hold = true;
  } else if (word == "PEEK") {
    poll.extended = poll.peek = true;
  } else if (word == "NICKS") {
    poll.extended = poll.nicks = true;
  } else if (const auto wait = option_value(word, "WAIT")) {
    const auto seconds = fields::decode_wait(*wait);
    if (!seconds) return fail(seconds.error());
    poll.wait = *seconds;
    poll.extended = true;
  } else if (const auto max = option_value(word, "MAX")) {
    const auto number = fields::decode_event_count("MAX", *max);
    if (!number) return fail(number.error());
    poll.max = *number;
    poll.extended = true;
  } else if (const auto last = option_value(word, "LAST")) {
    const auto number = fields::decode_event_count("LAST", *last);
    if (!number) return fail(number.error());
    poll.last = *number;
    poll.extended = true;
  } else if (const auto since = option_value(word, "SINCE")) {
    const auto time = fields::decode_time("SINCE", *since);
    if (!time) return fail(time.error());
    poll.since = *time;
    poll.extended = true;
  } else if (const auto with = option_value(word, "WITH")) {
    auto email = model::parse_email(percent_decode(*with));
    if (!email) return fail(ErrorCode::invalid, "WITH takes an e-mail address");
    poll.with = std::move(*email);
    poll.extended = true;
  } else if (const auto only = option_value(word, "ONLY")) {
    auto keywords = fields::decode_keywords(*only);
    if (!keywords) return fail(keywords.error());
    poll.only = std::move(*keywords);
    poll.extended = true;
  } else if (const auto queue = option_value(word, "QUEUE")) {
    auto name = fields::decode_queue(*queue);
    if (!name) return fail(name.error());
    poll.queue = std::move(*name);
    poll.extended = true;
  } else if (const auto from = option_value(word, "FROM")) {
    poll.from.emplace();
    if (percent_decode(*from) == "oldest") {
      poll.from->oldest = true;
    } else {
      const auto cursor = fields::decode_cursor(*from);
      if (!cursor) return fail(cursor.error());
      poll.from->cursor = *cursor;
    }
    poll.extended = true;
  }
  return {};
}

}  // namespace

Result<Poll> Poll::decode(const Request& request) {
  Poll poll;
  for (const std::string_view word : request.words)
    if (auto done = decode_poll_word(word, poll); !done) return fail(std::move(done.error()));
  return poll;
}

std::string Ack::encode() const {
  std::string out = "ACK " + std::to_string(cursor);
  if (queue) out += " QUEUE=" + percent_encode_value(*queue);
  out += '\n';
  return out;
}

Result<Ack> Ack::decode(const Request& request) {
  if (request.words.empty()) return refuse(ErrorCode::params);
  Ack ack;
  std::size_t index = 0;
  for (const std::string_view word : request.words) {
    if (word.empty()) return refuse(ErrorCode::params);
    if (index++ == 0) {
      const auto cursor = fields::decode_cursor(word);
      if (!cursor) return fail(cursor.error());
      ack.cursor = *cursor;
    } else if (const auto value = option_value(word, "QUEUE")) {
      auto name = fields::decode_queue(*value);
      if (!name) return fail(name.error());
      ack.queue = std::move(*name);
    }
  }
  return ack;
}

std::string QNew::encode() const {
  std::string out = "QNEW " + name;
  if (start == Start::oldest) out += " FROM=oldest";
  if (start == Start::cursor) out += " FROM=" + std::to_string(cursor);
  if (!only.empty()) out += " ONLY=" + fields::encode_keywords(only);
  out += '\n';
  return out;
}

Result<QNew> QNew::decode(const Request& request) {
  if (request.words.empty()) return refuse(ErrorCode::params);
  QNew queue;
  std::size_t index = 0;
  for (const std::string_view word : request.words) {
    if (word.empty()) return refuse(ErrorCode::params);
    if (index++ == 0) {
      auto name = fields::decode_queue(word);
      if (!name) return fail(name.error());
      queue.name = std::move(*name);
    } else if (const auto from = option_value(word, "FROM")) {
      const std::string start = percent_decode(*from);
      queue.cursor = 0;
      if (start == "now") {
        queue.start = Start::now;
      } else if (start == "oldest") {
        queue.start = Start::oldest;
      } else {
        const auto cursor = fields::decode_cursor(start);
        if (!cursor) return fail(ErrorCode::invalid, "FROM is oldest, now or a cursor");
        queue.start = Start::cursor;
        queue.cursor = *cursor;
      }
    } else if (const auto only = option_value(word, "ONLY")) {
      auto keywords = fields::decode_keywords(*only);
      if (!keywords) return fail(keywords.error());
      queue.only = std::move(*keywords);
    }
  }
  return queue;
}

std::string QDel::encode() const {
  return "QDEL " + name + '\n';
}

Result<QDel> QDel::decode(const Request& request) {
  if (request.words.size() != 1 || request.rest.empty()) return refuse(ErrorCode::params);
  auto name = fields::decode_queue(request.rest);
  if (!name) return fail(name.error());
  return QDel{std::move(*name)};
}

bool is_queue_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::queue_name &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                  c == '-';
         });
}

bool is_message_id(std::string_view id) {
  return !id.empty() && id.size() <= limits::id && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

}  // namespace msn::protocol

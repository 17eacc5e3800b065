// SPDX-License-Identifier: MIT
#include "core/protocol/fields.hpp"

#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/event_kinds.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/percent.hpp"
#include "core/protocol/request.hpp"

#include <algorithm>

namespace msn::protocol::fields {
namespace {

tl::unexpected<Error> out_of_range(std::string_view key, std::string_view rule) {
  std::string message(key);
  message += ' ';
  message += rule;
  return fail(ErrorCode::invalid, std::move(message));
}

}  // namespace

tl::unexpected<Error> refuse(ErrorCode code) {
  return fail(code);
}

bool is_word(std::string_view text) {
  constexpr std::string_view never(" \r\n\0", 4);
  return !text.empty() && text.find_first_of(never) == std::string_view::npos;
}

std::string encode_who(std::string_view who) {
  if (who.find('@') != std::string_view::npos && is_word(who)) return std::string(who);
  return percent_encode(who);
}

Result<Who> decode_who(std::string_view word) {
  if (word.empty()) return refuse(ErrorCode::params);
  if (word.size() > limits::nick || !is_utf8(word)) return refuse(ErrorCode::invalid);
  Who who;
  who.nick = percent_decode(word);
  if (!is_utf8(who.nick)) return refuse(ErrorCode::invalid);
  who.who = word.find('@') != std::string_view::npos ? std::string(word) : who.nick;
  return who;
}

Result<std::string> decode_nick(std::string_view word) {
  if (word.empty()) return refuse(ErrorCode::params);
  if (word.size() > limits::nick) return refuse(ErrorCode::invalid);
  const std::string decoded = percent_decode(word);
  if (!is_utf8(decoded)) return refuse(ErrorCode::invalid);
  std::string nick = without_controls(decoded);
  if (nick.empty()) return refuse(ErrorCode::invalid);
  return nick;
}

std::optional<std::string_view> option_value(std::string_view word, std::string_view key) {
  if (word.size() <= key.size() || !word.starts_with(key) || word[key.size()] != '=')
    return std::nullopt;
  return word.substr(key.size() + 1);
}

Result<std::chrono::seconds> decode_wait(std::string_view value) {
  const auto seconds = parse_number(percent_decode(value), limits::count_digits);
  if (!seconds || *seconds > limits::wait_seconds) return out_of_range("WAIT", "is 0 to 3600");
  return std::chrono::seconds(*seconds);
}

Result<std::uint64_t> decode_event_count(std::string_view key, std::string_view value) {
  const auto number = parse_number(percent_decode(value), limits::count_digits);
  if (!number || *number == 0 || *number > limits::poll_max)
    return out_of_range(key, "is 1 to 100000");
  return *number;
}

Result<Time> decode_time(std::string_view key, std::string_view value) {
  constexpr Time end = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1);
  const auto time = parse_rfc3339(percent_decode(value));
  if (!time || *time < Time() || *time >= end)
    return out_of_range(key, "is a time as in 2026-11-22T15:04:05Z");
  return *time;
}

Result<std::uint64_t> decode_cursor(std::string_view value) {
  const auto cursor = parse_number(percent_decode(value), 20);
  if (!cursor) return out_of_range("a cursor", "is a decimal number");
  return *cursor;
}

Result<std::string> decode_queue(std::string_view value) {
  std::string name = percent_decode(value);
  if (!is_queue_name(name))
    return out_of_range("a queue's name", "is 1 to 32 of a-z, 0-9, dot, underscore and hyphen");
  return name;
}

std::string encode_keywords(const std::vector<std::string>& keywords) {
  std::string out;
  for (const std::string& keyword : keywords) {
    if (!out.empty()) out += ',';
    out += keyword;
  }
  return percent_encode_value(out);
}

Result<std::vector<std::string>> decode_keywords(std::string_view value) {
  const std::string decoded = percent_decode(value);
  std::vector<std::string> keywords;
  for (const std::string_view keyword : split(decoded, ',')) {
    if (find_event_kind(keyword) == nullptr)
      return out_of_range("ONLY", "takes the keywords of events");
    // Without duplicates, so that the size of the list is bounded.
    if (std::find(keywords.begin(), keywords.end(), keyword) == keywords.end())
      keywords.emplace_back(keyword);
  }
  return keywords;
}

}  // namespace msn::protocol::fields

// SPDX-License-Identifier: MIT
// Decodes events (protocol 7 and 13.8), as tolerantly as protocol 9 requires.
#include "core/base/text.hpp"
#include "core/protocol/answer_reader.hpp"
#include "core/protocol/answer_words.hpp"
#include "core/protocol/event_kinds.hpp"
#include "core/protocol/limits.hpp"

#include <algorithm>

namespace msn::protocol {
namespace {

// nullopt: missing or unreadable.
std::optional<std::uint64_t> count(std::string_view word) {
  return parse_number(word, limits::count_digits);
}

// An event that consists of a keyword and a contact; nullopt: not such a keyword, or no contact.
template <std::size_t index = 0>
std::optional<model::Event> about_contact(std::string_view keyword, AnswerWords& words) {
  using Event = std::variant_alternative_t<index, model::Event>;
  if constexpr (index < event_kinds.size()) {
    if constexpr (is_about_contact<Event>) {
      if (keyword == event_kinds[index].keyword) {
        const std::string_view email = words.next();
        if (email.empty()) return std::nullopt;
        return Event{to_lower_ascii(email)};
      }
    }
    return about_contact<index + 1>(keyword, words);
  } else {
    return std::nullopt;
  }
}

model::Event status_change(std::string_view line, AnswerWords& words) {
  model::StatusChange event;
  event.email = to_lower_ascii(words.next());
  event.status = words.next();
  event.discarded = count(words.next());
  if (event.status.empty()) return model::Unknown{std::string(line)};
  return event;
}

model::Event closed(std::string_view line, AnswerWords& words) {
  const std::string_view what = words.next();
  if (what == "MAIN") return model::Closed{};
  model::Closed event;
  event.email = to_lower_ascii(words.next());
  event.lost = count(words.next());
  if (what != "USER" || event.email->empty()) return model::Unknown{std::string(line)};
  return event;
}

model::Event message_fate(std::string_view line, std::string_view keyword, AnswerWords& words) {
  const std::string id(words.next());
  const std::string email = to_lower_ascii(words.next());
  if (email.empty()) return model::Unknown{std::string(line)};
  if (keyword == keyword_of<model::Sent>()) return model::Sent{id, email};
  return model::Failed{id, email, std::string(words.text())};
}

bool is_header_name(char c) {
  return c > ' ' && c < 0x7F && c != ':';
}

// "Name: value" or "Name:"
bool looks_like_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  if (!std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), is_header_name))
    return false;
  return colon + 1 == line.size() || line[colon + 1] == ' ' || line[colon + 1] == '\t';
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
  return text.substr(0, text.find_last_not_of(blank) + 1);
}

// The index of the body's first line (7.1, "Reading a message").
std::size_t body_begin(std::uint64_t end_of_header, const std::vector<std::string>& lines) {
  if (end_of_header == 0) return 0;
  const auto empty = std::find_if(lines.begin(), lines.end(),
                                  [](const std::string& line) { return line.empty(); });
  if (empty != lines.end()) {
    const auto number = static_cast<std::uint64_t>(empty - lines.begin()) + 1;
    const std::uint64_t apart =
        number > end_of_header ? number - end_of_header : end_of_header - number;
    if (apart <= 1 || end_of_header > lines.size()) return static_cast<std::size_t>(number);
  } else if (std::none_of(lines.begin(), lines.end(), looks_like_header)) {
    return 0;
  }
  return static_cast<std::size_t>(std::min<std::uint64_t>(end_of_header, lines.size()));
}

}  // namespace

model::Event decode_event_line(std::string_view raw) {
  const std::string line = decode_charset(raw);
  AnswerWords words(line);
  const std::string_view keyword = words.next();
  const auto is = [&](std::string_view known) { return keyword == known; };
  if (is(keyword_of<model::StatusChange>())) return status_change(line, words);
  if (is(keyword_of<model::Closed>())) return closed(line, words);
  if (is(keyword_of<model::Sent>()) || is(keyword_of<model::Failed>()))
    return message_fate(line, keyword, words);
  if (is(keyword_of<model::Gap>())) return model::Gap{parse_number(words.next(), 20)};
  if (is(keyword_of<model::Opened>()) && words.next() == "MAIN") return model::Opened{};
  if (is(keyword_of<model::ErrorEvent>())) {
    model::ErrorEvent event{std::string(words.next()), {}};
    std::string_view text = words.text();
    const auto values = take_error_words(text);
    event.text = text;
    for (std::size_t i = 0; i < values.size(); ++i) event.*error_words[i].field = values[i];
    return event;
  }
  if (auto event = about_contact(keyword, words)) return std::move(*event);
  return model::Unknown{line};
}

model::Message decode_message(std::string_view email, std::uint64_t eoh,
                              const std::vector<std::string>& lines) {
  model::Message message;
  message.email = to_lower_ascii(decode_charset(email));
  const std::size_t begin = body_begin(eoh, lines);
  message.headers.reserve(begin);
  for (std::size_t i = 0; i < begin; ++i) {
    const std::string line = decode_charset(lines[i]);
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon == 0) continue;
    message.headers.emplace_back(trimmed(std::string_view(line).substr(0, colon)),
                                 trimmed(std::string_view(line).substr(colon + 1)));
  }
  bool utf8 = true;
  std::string exact;
  for (std::size_t i = begin; i < lines.size(); ++i) {
    if (i > begin) {
      message.text += '\n';
      exact += '\n';
    }
    utf8 = utf8 && is_utf8(lines[i]);
    message.text += decode_charset(lines[i]);
    exact += lines[i];
  }
  if (!utf8) message.exact_text = std::move(exact);
  return message;
}

Error decode_error(std::string_view line) {
  AnswerWords words(line);
  words.next();
  const std::string_view token = words.next();
  const auto error = [&](ErrorCode code) { return Error{code, std::string(words.text())}; };
  if (token == "PARAMS") return error(ErrorCode::params);
  if (token == "EINVAL") {
    AnswerWords further = words;
    if (further.next() == "EXISTS") return {ErrorCode::exists, std::string(further.text())};
    return error(ErrorCode::invalid);
  }
  if (token == "ENOTCONN") return error(ErrorCode::not_logged_in);
  if (token == "UNSUPPORTED") return error(ErrorCode::unsupported);
  if (token == "SOCK") return error(ErrorCode::network);
  if (token == "SEND") return error(ErrorCode::send_failed);
  if (token == "TOOBIG") return error(ErrorCode::too_long);
  if (token == "EBUSY") return error(ErrorCode::busy);
  if (token == "EPERM") return error(ErrorCode::permission);
  if (token == "UNK") {
    AnswerWords further = words;
    const std::string_view what = further.next();
    const auto known = [&](ErrorCode code) { return Error{code, std::string(further.text())}; };
    if (what == "STATUS") return known(ErrorCode::unknown_status);
    if (what == "USER") return known(ErrorCode::unknown_contact);
    if (what == "QUEUE") return known(ErrorCode::unknown_queue);
    return error(ErrorCode::unknown_request);
  }
  if (token == "MSN") {
    std::string_view digits = words.next();
    const bool negative = digits.starts_with('-');
    if (negative) digits.remove_prefix(1);
    const auto number = static_cast<int>(count(digits).value_or(0));
    return Error{ErrorCode::login_refused, std::string(words.text()), negative ? -number : number};
  }
  Error other{ErrorCode::refused, std::string(token)};
  if (!words.text().empty()) other.message += ' ' + std::string(words.text());
  return other;
}

bool is_text(const model::Message& message) {
  for (const auto& [name, value] : message.headers) {
    if (!equal_ignoring_ascii_case(name, "Content-Type")) continue;
    const std::string_view type = std::string_view(value).substr(0, value.find(';'));
    return equal_ignoring_ascii_case(trimmed(type), "text/plain");
  }
  return true;
}

}  // namespace msn::protocol

// SPDX-License-Identifier: MIT
// Encodes events (protocol 7 and 13).
#include "core/base/hex.hpp"
#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/event_kinds.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/one_line.hpp"
#include "core/protocol/percent.hpp"

#include <algorithm>
#include <span>

namespace msn::protocol {
namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t most_headers = 100;

// A "Name: value" line; empty: not a valid header.
std::string header_line(std::string_view name, std::string_view value) {
  std::string line = without_controls(name);
  if (line.empty() || line.find_first_of(": ") != std::string::npos) return {};
  line += ": ";
  append_text(line, value);
  return line.size() <= limits::line ? line : std::string();
}

Lines header_lines(const model::Message& message) {
  Lines lines;
  bool typed = false;
  for (const auto& [name, value] : message.headers) {
    if (lines.size() == most_headers) break;
    std::string line = header_line(name, value);
    if (line.empty()) continue;
    typed = typed || equal_ignoring_ascii_case(name, "Content-Type");
    lines.push_back(std::move(line));
  }
  if (!typed) lines.push_back("Content-Type: text/plain; charset=UTF-8");
  return lines;
}

// The lines of the text, without NUL and CR, truncated to `room` bytes and `room_lines` lines,
// because a client need not accept more (protocol 11).
Lines body_lines(std::string_view bytes, std::size_t room, std::uint64_t room_lines) {
  std::string text = decode_charset(bytes);
  std::erase(text, '\0');
  std::erase(text, '\r');
  Lines lines;
  for (const std::string_view line : split(text, '\n')) {
    if (lines.size() == room_lines || room == 0) break;
    lines.emplace_back(cut_text(line, room - 1));
    if (lines.back().size() < line.size()) break;
    room -= line.size() + 1;
  }
  return lines;
}

// The message with every line over limits::line split into several, because a client of a plain
// POLL need not accept longer ones (7.1).
std::string wrapped(std::string_view encoded) {
  if (encoded.size() <= limits::line) return std::string(encoded);
  const auto lines = split(encoded.substr(0, encoded.size() - 1), '\n');
  if (std::none_of(lines.begin(), lines.end(),
                   [](std::string_view line) { return line.size() > limits::line; }))
    return std::string(encoded);
  std::size_t count = 0;
  std::string out;
  for (std::string_view line : std::span(lines).subspan(1)) {
    do {
      const std::string_view part = cut_clusters(line, limits::line);
      (out += part) += '\n';
      ++count;
      line.remove_prefix(part.size());
    } while (!line.empty());
  }
  // "MSG n eoh email"
  const auto keyword = lines[0].substr(0, lines[0].find(' ') + 1);
  const auto rest = lines[0].substr(lines[0].find(' ', keyword.size()));
  return std::string(keyword) + std::to_string(count) + std::string(rest) + '\n' + out;
}

struct Encoder {
  std::string out;

  void keyword(std::string_view name) { out += name; }
  void word(std::string_view text) {
    out += ' ';
    append_word(out, text);
  }
  void number(std::uint64_t value) { out += ' ' + std::to_string(value); }
  void text(std::string_view rest) {
    // A reader would join leading spaces, which removed control characters leave, with the
    // separator (3).
    std::string clean;
    append_text(clean, rest);
    const auto begin = clean.find_first_not_of(' ');
    if (begin != clean.npos) out.append(" ").append(clean, begin);
  }
  // The event's keyword and its first word.
  template <class Event>
  void about(const Event&, std::string_view first) {
    keyword(keyword_of<Event>());
    word(first);
  }

  void operator()(const model::Message& event) { message(keyword_of<model::Message>(), event); }
  void operator()(const model::Said& event) { message(keyword_of<model::Said>(), event); }
  void message(std::string_view name, const model::Message& event) {
    const Lines header = header_lines(event);
    std::size_t bytes = 1;
    for (const std::string& line : header) bytes += line.size() + 1;
    const Lines body = body_lines(event.text, limits::message - std::min(bytes, limits::message),
                                  limits::message_lines - header.size() - 1);
    keyword(name);
    number(header.size() + 1 + body.size());
    number(header.size() + 1);
    word(event.email);
    for (const std::string& line : header) out += '\n' + line;
    out += '\n';
    for (const std::string& line : body) out += '\n' + line;
  }
  void operator()(const model::StatusChange& event) {
    about(event, event.email);
    word(event.status);
    // Like a legacy daemon: always with offline, never with another status (7.2).
    if (event.status == "offline") number(event.discarded.value_or(0));
  }
  template <class Event>
  requires is_about_contact<Event>
  void operator()(const Event& event) { about(event, event.email); }
  void operator()(const model::Closed& event) {
    if (!event.email) return about(event, "MAIN");
    about(event, "USER");
    word(*event.email);
    number(event.lost.value_or(0));
  }
  void operator()(const model::Opened& event) { about(event, "MAIN"); }
  void operator()(const model::ErrorEvent& event) {
    about(event, event.code);
    text(event.text);
    // The text itself must not end in one of the words (13.8).
    std::string_view line = out;
    (void)take_error_words(line);
    if (line.size() < out.size()) out += '.';
    for (const auto& [key, field] : error_words) {
      if ((event.*field).empty()) continue;
      word(std::string(key).append(event.*field));
    }
  }
  void operator()(const model::Gap& event) {
    about(event, event.lost ? std::to_string(*event.lost) : "?");
  }
  void operator()(const model::Sent& event) {
    about(event, event.id);
    word(event.email);
  }
  void operator()(const model::Failed& event) {
    about(event, event.id);
    word(event.email);
    text(event.reason);
  }
  void operator()(const model::Unknown& event) { append_text(out, event.line); }
};

}  // namespace

std::string encode_event(const model::Event& event) {
  Encoder encoder;
  std::visit(encoder, event);
  encoder.out += '\n';
  return std::move(encoder.out);
}

std::string event_prefix(std::uint64_t cursor, Time time) {
  return "EV " + std::to_string(cursor) + ' ' + rfc3339(time) + ' ';
}

namespace {

// The nick as one word that is not "-" and does not look like a keyword (13.2). Empty: "-".
std::string nick_word(std::string_view nick) {
  const std::string clean = without_controls(nick);
  std::string word = percent_encode(cut_text(clean, limits::nick));
  if (word.empty()) return "-";
  if (word != "-" && !is_keyword_form(word)) return word;
  std::string first = "%";
  append_hex(first, static_cast<std::uint8_t>(word[0]), upper_hex_digits);
  return first + word.substr(1);
}

}  // namespace

std::string event_prefix(std::uint64_t cursor, Time time, std::string_view nick) {
  return event_prefix(cursor, time) + nick_word(nick) + ' ';
}

bool in_plain_poll(std::string_view keyword) {
  const EventKind* kind = find_event_kind(keyword);
  return kind == nullptr || kind->in_plain_poll;
}

bool in_plain_poll(const model::Event& event) {
  return in_plain_poll(event_keyword(event));
}

std::string in_plain_form(std::string_view encoded) {
  if (event_keyword(encoded) == keyword_of<model::Message>()) return wrapped(encoded);
  if (event_keyword(encoded) != keyword_of<model::ErrorEvent>()) return std::string(encoded);
  std::string_view line = encoded.substr(0, encoded.find('\n'));
  (void)take_error_words(line);
  return std::string(line) + '\n';
}

std::string encode_plain_gap(const model::Gap& gap) {
  return encode_event(
      model::ErrorEvent{"QUEUE", (gap.lost ? std::to_string(*gap.lost) : "?") + " events dropped"});
}

std::string_view event_keyword(std::string_view encoded) {
  return encoded.substr(0, encoded.find_first_of(" \n"));
}

std::string_view event_keyword(const model::Event& event) {
  if (const auto* unknown = std::get_if<model::Unknown>(&event))
    return event_keyword(unknown->line);
  return event_kinds[event.index()].keyword;
}

namespace {

// The length of the prefix "EV cursor time [nick] "; 0: the line has none.
std::size_t prefix_size(std::string_view line) {
  if (!line.starts_with("EV ")) return 0;
  const auto after_word = [&](std::size_t at) {
    return std::min(line.find(' ', at), line.size() - 1) + 1;
  };
  const std::size_t at = after_word(after_word(3));
  return is_keyword_form(event_keyword(line.substr(at))) ? at : after_word(at);
}

}  // namespace

std::string replacement_for(std::string_view unit) {
  const std::string_view prefix = unit.substr(0, prefix_size(unit.substr(0, unit.find('\n'))));
  const std::string_view line = unit.substr(prefix.size(), unit.find('\n') - prefix.size());
  const std::string email(line.substr(line.rfind(' ') + 1));
  const std::string event = encode_event(model::ErrorEvent{
      "DATAGRAM", "a message of " + email + " is too long for a datagram, but not for a stream",
      email});
  return std::string(prefix) + (prefix.empty() ? in_plain_form(event) : event);
}

std::vector<std::string_view> units(std::string_view answer) {
  std::vector<std::string_view> units;
  while (!answer.empty()) {
    std::size_t end = std::min(answer.find('\n'), answer.size() - 1) + 1;
    std::string_view line = answer.substr(0, end);
    line.remove_prefix(prefix_size(line));
    if (line.starts_with("MSG ") || line.starts_with("SAID ")) {
      line.remove_prefix(line.find(' ') + 1);
      const auto count = parse_number(line.substr(0, line.find(' ')), limits::count_digits);
      for (std::uint64_t i = 0; count && i < *count && end < answer.size(); ++i)
        end = std::min(answer.find('\n', end), answer.size() - 1) + 1;
    }
    units.push_back(answer.substr(0, end));
    answer.remove_prefix(end);
  }
  return units;
}

}  // namespace msn::protocol

// SPDX-License-Identifier: MIT
#include "core/protocol/answer_reader.hpp"

#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/answer_words.hpp"
#include "core/protocol/event_kinds.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/percent.hpp"

#include <algorithm>
#include <array>

namespace msn::protocol {
namespace {

tl::unexpected<Error> not_an_answer(std::string_view what, std::string_view line) {
  std::string message(what);
  message += ": \"" + visible(cut_text(decode_charset(line), 80)) + '"';
  return fail(ErrorCode::protocol, std::move(message));
}

bool is_keyword(std::string_view line, std::string_view keyword) {
  return line.starts_with(keyword) &&
         (line.size() == keyword.size() || line[keyword.size()] == ' ');
}

// Removes the nick before the keyword of an event's line, if there is one (13.2), and returns it
// decoded. Empty: there is none.
std::string take_nick(std::string_view& event) {
  AnswerWords words(event);
  const std::string_view nick = words.next();
  const std::string_view rest = words.text();
  if (is_keyword_form(nick) || !is_keyword_form(rest.substr(0, rest.find(' ')))) return {};
  event = rest;
  return nick == "-" ? std::string() : decode_charset(percent_decode(nick));
}

// Is this ERR line, the first of an answer to POLL, the whole answer (5.2)?
bool ends_poll(std::string_view line) {
  constexpr std::array<std::string_view, 6> answers{"ENOTCONN", "EINVAL", "PARAMS",
                                                    "UNK",      "EBUSY",  "EPERM"};
  AnswerWords words(line);
  words.next();
  return std::find(answers.begin(), answers.end(), words.next()) != answers.end();
}

}  // namespace

AnswerReader::AnswerReader(AnswerShape shape, Binding binding, bool percent_nicks, OnEvent on_event)
    : shape_(shape),
      binding_(binding),
      percent_nicks_(percent_nicks),
      on_event_(std::move(on_event)) {}

Result<void> AnswerReader::feed(std::string_view bytes) {
  if (broken_) return fail(*broken_);
  if (complete_) return {};
  auto done = binding_ == Binding::datagram ? feed_datagram(bytes) : feed_stream(bytes);
  if (!done) broken_ = done.error();
  return done;
}

Result<void> AnswerReader::finish() {
  if (broken_) return fail(*broken_);
  if (complete_) return {};
  return fail(ErrorCode::protocol, first_ && !lines_.pending()
                                       ? "the daemon closed without an answer"
                                       : "the answer was cut off");
}

Result<void> AnswerReader::feed_stream(std::string_view bytes) {
  lines_.feed(bytes);
  while (!complete_) {
    const auto line = next_line();
    if (!line) break;
    if (auto done = take_line(line->text); !done) return done;
  }
  return {};
}

Result<void> AnswerReader::feed_datagram(std::string_view bytes) {
  if (entry_per_datagram_) {
    // An LF inside belongs to the nick and is shown as a space (2.3 (3)).
    if (bytes.ends_with('\n')) bytes.remove_suffix(1);
    if (bytes.ends_with('\r')) bytes.remove_suffix(1);
    std::string entry(cut_text(bytes, limits::line));
    std::replace(entry.begin(), entry.end(), '\n', ' ');
    return take_line(entry);
  }
  const bool starts = first_;
  lines_.feed(bytes);
  std::size_t count = 0;
  auto line = next_line();
  for (; !complete_; line = next_line()) {
    if (!line) line = lines_.rest();
    if (!line) break;
    if (auto done = take_line(line->text); !done) return done;
    ++count;
  }
  if (message_) end_message();  // cut: the next datagram does not continue it (2.3 (2))
  entry_per_datagram_ = starts && count == 1 && shape_ == AnswerShape::contact_list && !complete_;
  return {};
}

// A line of a message may be as long as a whole message.
std::optional<Line> AnswerReader::next_line() {
  lines_.set_limit(message_ ? limits::message : limits::line);
  return lines_.next();
}

Result<void> AnswerReader::take_line(std::string_view raw) {
  if (first_) {
    first_ = false;
    return take_first_line(raw);
  }
  switch (shape_) {
    case AnswerShape::line:
      break;  // complete after the first
    case AnswerShape::contact_list:
      take_entry(raw);
      break;
    case AnswerShape::queue_list:
      take_queue(raw);
      break;
    case AnswerShape::attributes:
      return take_attribute(raw);
    case AnswerShape::poll:
      return take_poll_line(raw);
  }
  return {};
}

Result<void> AnswerReader::take_first_line(std::string_view raw) {
  const bool is_error = is_keyword(raw, "ERR");
  if (is_error && (shape_ != AnswerShape::poll || ends_poll(raw))) {
    take_error(raw);
    return {};
  }
  switch (shape_) {
    case AnswerShape::line:
      if (!is_keyword(raw, "OK")) return not_an_answer("neither OK nor ERR", raw);
      answer_.line = decode_charset(raw);
      answer_.text = answer_.line.substr(std::min<std::size_t>(3, answer_.line.size()));
      complete_ = true;
      return {};
    case AnswerShape::contact_list:
      // The note can be read so that the reverse list has its own header (10, row 28).
      if (is_keyword(raw, "RCL")) return take_count(raw, "RCL");
      return take_count(raw, "CL");
    case AnswerShape::queue_list:
      return take_count(raw, "QL");
    case AnswerShape::attributes:
      if (!raw.empty() && raw.find('=') == std::string_view::npos)
        return not_an_answer("not an attribute", raw);
      return take_attribute(raw);
    case AnswerShape::poll:
      return take_poll_line(raw);
  }
  return {};
}

void AnswerReader::take_error(std::string_view raw) {
  answer_.line = decode_charset(raw);
  answer_.error = decode_error(answer_.line);
  complete_ = true;
}

Result<void> AnswerReader::take_count(std::string_view raw, std::string_view keyword) {
  AnswerWords words(raw);
  if (words.next() != keyword) return not_an_answer("not a list", raw);
  const auto count = parse_number(words.next(), limits::count_digits);
  if (!count || *count > limits::list)
    return not_an_answer("a list whose length cannot be right", raw);
  missing_ = *count;
  complete_ = missing_ == 0;
  return {};
}

void AnswerReader::take_entry(std::string_view raw) {
  AnswerWords words(raw);
  ListEntry entry;
  entry.status = decode_charset(words.next());
  entry.email = to_lower_ascii(decode_charset(words.next()));
  std::string_view nick = words.verbatim();
  constexpr std::string_view mark = " asks";
  entry.asks = percent_nicks_ && nick.ends_with(mark);
  if (entry.asks) nick.remove_suffix(mark.size());
  // A line without an address is the rest of a nick that contained LF.
  if (!entry.email.empty()) {
    answer_.contacts.push_back(std::move(entry));
    raw_nicks_.emplace_back(nick);
  }
  end_entry();
}

void AnswerReader::take_queue(std::string_view raw) {
  AnswerWords words(raw);
  QueueLine queue;
  queue.name = decode_charset(words.next());
  queue.pending = parse_number(words.next(), 20).value_or(0);
  queue.cursor = decode_charset(words.next());
  if (!queue.name.empty()) answer_.queues.push_back(std::move(queue));
  end_entry();
}

void AnswerReader::end_entry() {
  if (--missing_ > 0) return;
  if (shape_ == AnswerShape::contact_list) end_list();
  complete_ = true;
}

void AnswerReader::end_list() {
  // If one nick cannot be percent-encoded, none is (6.10).
  const bool literal =
      !percent_nicks_ && std::any_of(raw_nicks_.begin(), raw_nicks_.end(), is_literal_nick);
  for (std::size_t i = 0; i < raw_nicks_.size(); ++i) {
    ListEntry& entry = answer_.contacts[i];
    entry.nick = decode_charset(literal ? raw_nicks_[i] : percent_decode(raw_nicks_[i]));
    if (entry.nick.empty()) entry.nick = entry.email;
  }
}

Result<void> AnswerReader::take_attribute(std::string_view raw) {
  if (raw.empty()) {
    complete_ = true;
    return {};
  }
  if (attribute_names_.size() == limits::attributes)
    return not_an_answer("more attributes than can be right", raw);
  std::size_t name_end = raw.find(" = ");
  std::string_view value;
  if (name_end != std::string_view::npos) {
    value = raw.substr(name_end + 3);
  } else if (raw.ends_with(" =")) {
    name_end = raw.size() - 2;
  } else {
    attribute_names_.emplace_back();  // not an attribute, but it counts for the limit
    return {};
  }
  std::string name = decode_charset(raw.substr(0, name_end));
  if (std::find(attribute_names_.begin(), attribute_names_.end(), name) != attribute_names_.end())
    name.clear();
  attribute_names_.push_back(name);
  // A legacy daemon prints None for an unknown value. From msncd it may be a contact's name (6.11).
  if (name.empty() || value.empty() || (value == "None" && !percent_nicks_)) return {};
  const bool encoded = is_nick_attribute(name) && (percent_nicks_ || !is_literal_nick(value));
  std::string plain = decode_charset(encoded ? percent_decode(value) : std::string(value));
  answer_.attributes.push_back({std::move(name), std::move(plain)});
  return {};
}

Result<void> AnswerReader::take_poll_line(std::string_view raw) {
  if (message_) return take_message_line(raw);
  if (is_keyword(raw, "POLLEND")) {
    AnswerWords words(raw);
    words.next();
    answer_.cursor = decode_charset(words.next());
    answer_.more = parse_number(words.next(), 20).value_or(0);
    for (auto word = words.next(); !word.empty(); word = words.next()) {
      if (word == "FULL") answer_.storage_full = true;
      if (word == "SHARED") answer_.shared = true;
    }
    complete_ = true;
    return {};
  }
  model::Stamp stamp;
  std::string nick;
  std::string_view event = raw;
  if (is_keyword(raw, "EV")) {
    AnswerWords words(raw);
    words.next();
    stamp.cursor = parse_number(words.next(), 20);
    stamp.time = parse_rfc3339(words.next());
    event = words.text();
    // Otherwise it is an unknown event whose keyword is EV.
    if (stamp.cursor && !event.empty()) {
      answer_.extended = true;
      nick = take_nick(event);
    } else {
      stamp = {};
      event = raw;
    }
  }
  if (is_keyword(event, "MSG") || is_keyword(event, "SAID"))
    return take_message(event, stamp, std::move(nick));
  report(stamp, std::move(nick), decode_event_line(event));
  return {};
}

Result<void> AnswerReader::take_message(std::string_view fields, model::Stamp stamp,
                                        std::string nick) {
  AnswerWords words(fields);
  const bool said = words.next() == keyword_of<model::Said>();
  const auto count = parse_number(words.next(), limits::count_digits);
  const auto end_of_header = parse_number(words.next(), limits::count_digits);
  const std::string_view email = words.next();
  if (!count || *count > limits::message_lines || !end_of_header || email.empty())
    return not_an_answer("a message whose length cannot be right", fields);
  message_.emplace();
  message_->stamp = stamp;
  message_->nick = std::move(nick);
  message_->email = email;
  message_->said = said;
  message_->missing = *count;
  message_->lines.reserve(std::min<std::size_t>(*count, 16));
  message_->end_of_header = *end_of_header;
  if (*count == 0) end_message();
  return {};
}

Result<void> AnswerReader::take_message_line(std::string_view raw) {
  message_->bytes += raw.size();
  if (message_->bytes > limits::message) return not_an_answer("a message over 64 KiB", raw);
  message_->lines.emplace_back(raw);
  if (--message_->missing == 0) end_message();
  return {};
}

void AnswerReader::end_message() {
  Incoming message = std::move(*message_);
  message_.reset();
  auto whole = decode_message(message.email, message.end_of_header, message.lines);
  if (message.said)
    report(message.stamp, std::move(message.nick), model::Said{std::move(whole)});
  else
    report(message.stamp, std::move(message.nick), std::move(whole));
}

void AnswerReader::report(model::Stamp stamp, std::string nick, model::Event event) {
  if (on_event_) on_event_({stamp, std::move(event), std::move(nick)});
}

}  // namespace msn::protocol

// SPDX-License-Identifier: MIT
#include "core/daemon/records.hpp"

#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"
#include "core/protocol/answer_reader.hpp"
#include "core/protocol/limits.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace msn::daemon {
namespace {

namespace limits = protocol::limits;

// Bytes of free text in a one-line event. With it the line stays under limits::line.
constexpr std::size_t text_limit = 4096;
// Lines of a message's text. The rest of limits::message_lines is for its headers and for lines
// that are split for a plain POLL.
constexpr std::size_t body_lines = limits::message_lines - 64;
constexpr std::size_t header_limit = 32;
constexpr std::size_t header_bytes = 4096;  // of all headers together
// A message with its EV prefix, including a nick, fits into a datagram.
static_assert(limits::text + header_bytes + 1400 < limits::datagram &&
              limits::text + header_bytes < limits::message);

std::string one_line(std::string_view text) {
  std::string clean = without_controls(text);
  clean.resize(cut_text(clean, text_limit).size());
  return clean;
}

// A field without spaces.
std::string one_word(std::string_view text, std::size_t limit) {
  std::string clean = without_controls(text);
  std::erase(clean, ' ');
  clean.resize(cut_text(clean, limit).size());
  return clean;
}

std::string address(std::string_view text) {
  return to_lower_ascii(one_word(text, limits::email));
}

// The code of an ERR event must not be one of the words reserved for answers (protocol 5.2).
bool is_event_code(std::string_view code) {
  constexpr std::array<std::string_view, 10> taken{"ENOTCONN", "EINVAL",     "PARAMS", "UNK",
                                                   "EBUSY",    "EPERM",      "MSN",    "SOCK",
                                                   "TOOBIG",   "UNSUPPORTED"};
  if (code.empty() || code.size() > 32) return false;
  if (std::find(taken.begin(), taken.end(), code) != taken.end()) return false;
  return std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// The lines of a text, without NUL and CR. Lines that are not UTF-8 are decoded as in protocol 3.
std::vector<std::string> body(const model::Message& message) {
  std::vector<std::string> lines;
  for (std::string_view raw : split(message.text, '\n')) {
    std::string line = is_utf8(raw) ? std::string(raw) : decode_charset(raw);
    std::erase_if(line, [](char c) { return c == '\0' || c == '\r'; });
    std::string_view rest = line;
    while (rest.size() > limits::text) {
      const std::size_t cut = cut_clusters(rest, limits::text).size();
      lines.emplace_back(rest.substr(0, cut));
      rest.remove_prefix(cut);
    }
    lines.emplace_back(rest);
  }
  return lines;
}

using Headers = std::vector<std::pair<std::string, std::string>>;

// The headers of a message: those of protocol 7.1 first, then the message's own.
Headers headers(const model::Message& message) {
  Headers result{{"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=UTF-8"}};
  if (message.sent) result.emplace_back("Date", protocol::mail_date(*message.sent));
  if (std::string id = one_word(message.id, 1024); !id.empty())
    result.emplace_back("Message-ID", std::move(id));
  std::string participants;
  for (const auto& one : message.participants)
    if (std::string next = address(one); !next.empty() && participants.size() + next.size() < 1022)
      participants += (participants.empty() ? "" : ", ") + next;
  if (!participants.empty()) result.emplace_back("Participants", std::move(participants));
  const std::size_t standard = result.size();
  const auto is_standard = [&](std::string_view name) {
    return std::any_of(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(standard),
                       [&](const auto& one) { return equal_ignoring_ascii_case(one.first, name); });
  };
  std::size_t size = 0;
  for (const auto& [name, value] : result) size += name.size() + value.size() + 3;
  for (const auto& [name, value] : message.headers) {
    std::string clean = one_word(name, 128);
    std::erase(clean, ':');
    std::string text = without_controls(value);
    text.resize(cut_text(text, 1024).size());
    const std::size_t more = clean.size() + text.size() + 3;
    if (clean.empty() || is_standard(clean) || size + more > header_bytes) continue;
    if (equal_ignoring_ascii_case(clean, "Participants")) continue;  // only the daemon adds it
    if (result.size() == header_limit) break;
    size += more;
    result.emplace_back(std::move(clean), std::move(text));
  }
  return result;
}

void append(const model::Event& event, Time arrived, std::vector<store::Record>& records) {
  records.push_back({0, arrived, std::string(protocol::event_keyword(event)),
                     model::event_email(event), protocol::encode_event(event)});
}

// `One`: Message or Said.
template <class One>
void append_message(const One& message, Time arrived, std::vector<store::Record>& records) {
  if (!protocol::is_text(message)) return;
  One part;
  part.email = address(message.email);
  if (part.email.empty()) return;
  part.headers = headers(message);
  std::size_t count = 0;
  for (const std::string& line : body(message)) {
    if (count == body_lines || (count > 0 && part.text.size() + line.size() + 1 > limits::text)) {
      append(part, arrived, records);
      part.text.clear();
      count = 0;
    }
    if (count++ > 0) part.text += '\n';
    part.text += line;
  }
  append(part, arrived, records);
}

// Cleans the fields of an event. Returns false if clients do not get the event.
struct Clean {
  static bool named(std::string& email) {
    email = address(email);
    return !email.empty();
  }
  bool operator()(model::Message&) const { return true; }
  bool operator()(model::Said&) const { return true; }
  bool operator()(model::StatusChange& event) const {
    // A contact is never reported as invisible (protocol 4).
    event.status = to_lower_ascii(one_word(event.status, 32));
    if (event.status == "invisible" || event.status.empty()) event.status = "offline";
    return named(event.email);
  }
  bool operator()(model::AddedYou& event) const { return named(event.email); }
  bool operator()(model::RemovedYou& event) const { return named(event.email); }
  bool operator()(model::ContactAdded& event) const { return named(event.email); }
  bool operator()(model::ContactRemoved& event) const { return named(event.email); }
  bool operator()(model::Flushed& event) const { return named(event.email); }
  bool operator()(model::Typing& event) const { return named(event.email); }
  bool operator()(model::Closed& event) const { return !event.email || named(*event.email); }
  bool operator()(model::Opened&) const { return true; }
  bool operator()(model::ErrorEvent& event) const {
    if (!is_event_code(event.code)) event.code = "NETWORK";
    event.text = one_line(event.text);
    event.email = address(event.email);
    event.id = one_word(event.id, limits::id);
    event.request = one_word(event.request, 32);
    return true;
  }
  bool operator()(model::Gap&) const { return true; }
  bool operator()(model::Sent& event) const {
    event.id = one_word(event.id, limits::id);
    return named(event.email);
  }
  bool operator()(model::Failed& event) const {
    event.id = one_word(event.id, limits::id);
    event.reason = one_line(event.reason);
    return named(event.email);
  }
  bool operator()(model::Unknown&) const { return false; }
};

}  // namespace

void append_records(model::Event event, Time arrived, std::vector<store::Record>& records) {
  if (!std::visit(Clean{}, event)) return;
  if (const auto* message = std::get_if<model::Message>(&event))
    append_message(*message, arrived, records);
  else if (const auto* said = std::get_if<model::Said>(&event))
    append_message(*said, arrived, records);
  else
    append(event, arrived, records);
}

}  // namespace msn::daemon

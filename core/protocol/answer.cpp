// SPDX-License-Identifier: MIT
#include "core/protocol/answer.hpp"

#include "core/base/text.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/one_line.hpp"
#include "core/protocol/percent.hpp"

#include <algorithm>
#include <array>

namespace msn::protocol {
namespace {

constexpr std::array<std::string_view, 26> feature_words{
    "utf8",  "pct",  "multiline", "ev",    "wait", "max",   "only",  "hold",  "peek",
    "queue", "from", "state",     "sendx", "type", "block", "once",  "allow", "long",
    "quiet", "said", "who",       "with",  "last", "since", "nicks", "shared"};

// Is Error::message appended to the answer? The other answers are fixed, because old clients
// compare them (protocol 13.1).
bool takes_words(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
    case ErrorCode::exists:
    case ErrorCode::unsupported:
    case ErrorCode::network:
    case ErrorCode::send_failed:
    case ErrorCode::busy:
    case ErrorCode::permission:
      return true;
    default:
      return false;
  }
}

std::string with_words(std::string_view first, std::string_view text) {
  std::string out(first);
  if (!text.empty()) {
    out += ' ';
    append_text(out, text);
  }
  out += '\n';
  return out;
}

std::string counted(std::string_view keyword, std::size_t count, std::size_t bytes_each) {
  std::string out;
  out.reserve(16 + count * bytes_each);
  out += keyword;
  out += ' ';
  out += std::to_string(count);
  out += '\n';
  return out;
}

void append_nick(std::string& out, std::string_view nick) {
  out += percent_encode(cut_text(without_controls(nick), limits::line / 4));
}

}  // namespace

std::string ok(std::string_view text) {
  return with_words("OK", text);
}

std::string err(const Error& error) {
  std::string words = "ERR ";
  words += wire_words(error.code);
  if (error.code == ErrorCode::login_refused) {
    words += ' ' + std::to_string(error.number);
    return with_words(words, error.message.empty() ? "Unknown" : error.message);
  }
  // The details of an internal error are logged, not sent.
  if (error.code == ErrorCode::internal) return with_words(words, "internal error");
  const bool of_a_name = error.code == ErrorCode::unknown_contact && !error.name.empty();
  return with_words(words, of_a_name || takes_words(error.code) ? error.message : std::string());
}

std::string contact_list(std::span<const model::Contact* const> contacts, bool marks) {
  std::string out = counted("CL", contacts.size(), 64);
  for (const model::Contact* contact : contacts) {
    out += model::status_name(contact->status);
    out += ' ';
    append_word(out, contact->email);
    out += ' ';
    const std::size_t before = out.size();
    append_nick(out, contact->shown_nick());
    // The nick is never empty (6.10), also if it consists of control characters.
    if (out.size() == before) append_nick(out, contact->email);
    if (marks && contact->asks) out += " asks";
    out += '\n';
  }
  return out;
}

std::string queue_list(std::span<const QueueEntry> queues) {
  std::string out = counted("QL", queues.size(), 64);
  for (const QueueEntry& queue : queues) {
    append_word(out, queue.name);
    out += ' ' + std::to_string(queue.pending) + ' ' + std::to_string(queue.cursor) + '\n';
  }
  return out;
}

bool is_nick_attribute(std::string_view name) {
  return name == "nick" || name == "realnick";
}

std::string attributes(const Attributes& list) {
  std::string out;
  for (const auto& [name, value] : list) {
    const std::size_t before = out.size();
    append_word(out, name);
    out += " = ";
    const std::size_t begin = out.size();
    if (is_nick_attribute(name)) {
      append_nick(out, value);
    } else {
      append_text(out, value);
    }
    if (out.size() == begin) {
      out.resize(before);  // an empty value is left out (protocol 6.11)
    } else {
      out += '\n';
    }
  }
  out += '\n';
  return out;
}

std::string poll_end() {
  return "POLLEND\n";
}

std::string poll_end(std::uint64_t cursor, std::uint64_t more, bool full, bool shared) {
  return "POLLEND " + std::to_string(cursor) + ' ' + std::to_string(more) + (full ? " FULL" : "") +
         (shared ? " SHARED\n" : "\n");
}

std::span<const std::string_view> features() {
  return feature_words;
}

}  // namespace msn::protocol

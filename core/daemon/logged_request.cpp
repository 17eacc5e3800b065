// SPDX-License-Identifier: MIT
#include "core/daemon/logged_request.hpp"

#include "core/base/text.hpp"
#include "core/daemon/conversation.hpp"

#include <algorithm>
#include <cstdio>
#include <string.h>
#include <utility>

namespace msn::daemon {
namespace {

constexpr std::string_view domain = "daemon";

// An unknown request is logged without its arguments, which may be those of a mistyped LOGIN.
std::string masked_unknown(std::string_view keyword) {
  const bool word = keyword.size() <= 16 && std::all_of(keyword.begin(), keyword.end(), [](char c) {
                      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
                    });
  return std::string(word ? keyword : "") + " ***";
}

}  // namespace

std::unique_ptr<LoggedRequest> LoggedRequest::begin(Log& log, const Clock& clock,
                                                    const Connection& connection, const Row* row,
                                                    const Result<protocol::Request>& read) {
  if (!log.enabled(LogLevel::debug)) return nullptr;
  const std::string_view keyword =
      row != nullptr ? row->keyword : (read ? "unknown request" : "unreadable request");
  auto made = std::make_unique<LoggedRequest>(log, clock, connection.name(), keyword);
  if (log.enabled(LogLevel::trace)) made->trace_request(row != nullptr, read);
  return made;
}

LoggedRequest::LoggedRequest(Log& log, const Clock& clock, std::string client,
                             std::string_view keyword)
    : log_(log),
      clock_(clock),
      client_(std::move(client)),
      keyword_(keyword),
      begun_(clock.steady()) {}

LoggedRequest::~LoggedRequest() {
  if (!ended_) write("answer incomplete");
}

void LoggedRequest::answer(std::string_view bytes) {
  if (bytes.empty()) return;
  // An error is a single line. A POLL answer that begins with an ERR event has more lines.
  const bool alone = bytes_ == 0 && bytes.find('\n') == bytes.size() - 1;
  error_ = alone && bytes.starts_with("ERR ") ? visible(bytes.substr(0, bytes.size() - 1)) : "";
  bytes_ += bytes.size();
  if (log_.enabled(LogLevel::trace)) trace_lines('<', bytes);
}

void LoggedRequest::end() {
  ended_ = true;
  write(error_.empty() ? "OK" : error_);
}

void LoggedRequest::write(std::string_view outcome) {
  const std::chrono::duration<double, std::milli> taken = clock_.steady() - begun_;
  char size_and_time[64];
  std::snprintf(size_and_time, sizeof size_and_time, ", %zu bytes in %.1f ms", bytes_,
                taken.count());
  log_.debug(domain,
             client_ + ": " + std::string(keyword_) + ": " + std::string(outcome) + size_and_time);
}

void LoggedRequest::trace_request(bool known, const Result<protocol::Request>& read) {
  if (!read) return trace_lines('>', "(unreadable)");
  if (!known) return trace_lines('>', masked_unknown(read->keyword));
  std::string line;
  line.reserve(read->keyword.size() + 1 +
               read->rest.size());  // no reallocation that leaves a copy of a password
  line = read->keyword;
  if (!read->words.empty()) (line += ' ') += read->rest;
  trace_lines('>', protocol::masked(line));
  explicit_bzero(line.data(), line.size());
  for (const std::string& text : read->text) trace_lines('>', text);
}

void LoggedRequest::trace_lines(char direction, std::string_view lines) {
  do {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    log_.write(LogLevel::trace, domain,
               client_ + ' ' + direction + ' ' + visible(lines.substr(0, end)));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  } while (!lines.empty());
}

}  // namespace msn::daemon

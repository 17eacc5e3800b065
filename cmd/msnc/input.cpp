// SPDX-License-Identifier: MIT
#include "cmd/msnc/input.hpp"

#include "cmd/msnc/program.hpp"
#include "core/base/percent.hpp"
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/request.hpp"

#include <array>
#include <cerrno>
#include <unistd.h>

namespace msn::msnc {
namespace {

using std::string_view_literals::operator""sv;

// What one read() gives; empty at the end.
Result<std::string_view> read_some(int fd, std::array<char, 16384>& buffer, std::string_view what) {
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n >= 0) return std::string_view(buffer.data(), static_cast<std::size_t>(n));
    if (errno != EINTR)
      return fail(ErrorCode::usage, std::string(what) + " cannot be read: " + errno_text(errno));
  }
}

}  // namespace

Result<std::string> one_line(std::string text, std::string_view what) {
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::usage, std::string(what) + " " + std::string(why));
  };
  if (text.empty()) return wrong("is empty");
  if (text.find_first_of("\r\n\0"sv) != text.npos)
    return wrong("must be one line, without CR, LF and NUL");
  if (!is_utf8(text)) return wrong("is not valid UTF-8");
  return text;
}

Result<std::string> nick(std::string text, std::string_view what) {
  auto name = one_line(std::move(text), what);
  if (!name) return name;
  const auto size = percent_encode(*name).size();
  if (size > protocol::limits::nick)
    return fail(ErrorCode::usage, std::string(what) + " is too long: " + std::to_string(size) +
                                      " bytes percent-encoded, " +
                                      std::to_string(protocol::limits::nick) + " are allowed");
  return name;
}

Result<std::string> address(std::string_view text) {
  auto parsed = model::parse_email(text);
  if (!parsed) return fail(ErrorCode::usage, std::move(parsed.error().message));
  return parsed;
}

Result<std::string> who(std::string_view text) {
  if (text.find('@') != text.npos) return address(text);
  return nick(std::string(text), "WHO");
}

Result<std::string> queue_name(std::string_view text) {
  if (protocol::is_queue_name(text)) return std::string(text);
  return fail(ErrorCode::usage,
              "'" + visible(text) + "' is not a name for a queue: 1 to 32 of a-z 0-9 . _ -");
}

Result<std::vector<std::string>> message_lines(std::string text) {
  if (text.find('\0') != text.npos)
    return fail(ErrorCode::usage, "the text holds a NUL; nothing was sent");
  if (!is_utf8(text))
    return fail(ErrorCode::usage, "the text is not valid UTF-8; nothing was sent");
  std::vector<std::string> lines(1);
  bool empty = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' || c == '\r') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      lines.emplace_back();
    } else {
      lines.back() += c;
      empty = false;
    }
  }
  if (empty) return fail(ErrorCode::usage, "the text is empty; nothing was sent");
  return lines;
}

Result<std::string> read_all(int fd, std::string_view what) {
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    auto octets = read_some(fd, buffer, what);
    if (!octets) return fail(std::move(octets.error()));
    if (octets->empty()) return text;
    text += *octets;
  }
}

Result<void> read_lines(int fd, const std::function<bool(std::string)>& take) {
  std::string rest;
  std::array<char, 16384> buffer{};
  for (;;) {
    auto octets = read_some(fd, buffer, "standard input");
    if (!octets) return fail(std::move(octets.error()));
    if (octets->empty()) break;
    rest += *octets;
    std::size_t begin = 0;
    for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n', begin)) {
      if (!take(rest.substr(begin, end - begin))) return {};
      begin = end + 1;
    }
    rest.erase(0, begin);
  }
  if (!rest.empty()) take(std::move(rest));
  return {};
}

}  // namespace msn::msnc

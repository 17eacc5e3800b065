// SPDX-License-Identifier: MIT
#include "cmd/msnc/input.hpp"

#include "cmd/msnc/child_process.hpp"
#include "core/base/percent.hpp"
#include "core/base/similar.hpp"
#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/request.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <utility>

namespace msn::msnc {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// The result of one read(); empty at the end of the input.
Result<std::string_view> read_some(int fd, std::array<char, 16384>& buffer, std::string_view what) {
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n >= 0) return std::string_view(buffer.data(), static_cast<std::size_t>(n));
    if (errno != EINTR)
      return fail(ErrorCode::usage, std::string(what) + " cannot be read: " + std::strerror(errno));
  }
}

}  // namespace

Result<std::string> one_line(std::string text, std::string_view what) {
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::usage, std::string(what) + " " + std::string(why));
  };
  if (is_blank(text)) return wrong("is empty");
  if (!is_utf8(text)) return wrong("is not valid UTF-8");
  if (without_controls(text) != text)
    return wrong("must be one line without TAB and other control characters");
  return text;
}

Result<std::string> nick(std::string text, std::string_view what) {
  auto name = one_line(std::move(text), what);
  if (!name) return name;
  const auto size = percent_encode(*name).size();
  if (size > protocol::limits::nick)
    return fail(ErrorCode::usage, std::string(what) + " is too long: " + std::to_string(size) +
                                      " bytes percent-encoded; at most " +
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

Result<model::Status> status_mode(std::string_view word) {
  if (const auto status = model::status_from_name(word)) return *status;
  std::vector<std::string_view> known;
  std::string all;
  for (const auto& status : model::statuses()) {
    known.push_back(status.name);
    (all += ' ') += status.name;
  }
  const auto similar = most_similar(word, known);
  return fail(ErrorCode::usage, "'" + visible(word) + "' is not a status; " +
                                    (similar ? "did you mean '" + std::string(*similar) + "'?"
                                             : "use one of:" + all));
}

Result<std::string> queue_name(std::string_view text) {
  if (protocol::is_queue_name(text)) return std::string(text);
  return fail(ErrorCode::usage,
              "'" + visible(text) +
                  "' is not a valid queue name: use 1 to 32 of the characters a-z 0-9 . _ -");
}

Result<std::vector<std::string>> message_lines(std::string text) {
  if (text.find('\0') != text.npos) return fail(ErrorCode::usage, "the text contains a NUL byte");
  if (!is_utf8(text)) return fail(ErrorCode::usage, "the text is not valid UTF-8");
  if (is_blank(text)) return fail(ErrorCode::usage, "the text is empty");
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' || c == '\r') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  return lines;
}

void drop_byte_order_mark(std::string& text) {
  if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
}

Result<std::string> read_all(int fd, std::string_view what, std::size_t most) {
  std::string text;
  std::array<char, 16384> buffer{};
  while (text.size() <= most) {
    auto bytes = read_some(fd, buffer, what);
    if (!bytes) return fail(std::move(bytes.error()));
    if (bytes->empty()) return text;
    text += *bytes;
  }
  text.resize(most + 1);
  return text;
}

Result<void> read_lines(int fd, std::size_t most, const std::function<bool(InputLine)>& on_line) {
  InputLine line;
  const auto finish = [&] {
    if (line.number == 1) drop_byte_order_mark(line.text);
    line.cut = line.cut || line.text.size() > most;
    line.text.resize(std::min(line.text.size(), most));
  };
  std::array<char, 16384> buffer{};
  for (;;) {
    auto bytes = read_some(fd, buffer, "standard input");
    if (!bytes) return fail(std::move(bytes.error()));
    if (bytes->empty()) break;
    for (std::string_view rest = *bytes; !rest.empty();) {
      const auto end = rest.find('\n');
      const auto part = rest.substr(0, end);
      const auto longest = most + (line.number == 1 ? byte_order_mark.size() : 0);
      const auto room = longest - line.text.size();
      line.text += part.substr(0, room);
      line.cut = line.cut || part.size() > room;
      if (end == rest.npos) break;
      rest.remove_prefix(end + 1);
      const std::size_t number = line.number;
      finish();
      if (!on_line(std::exchange(line, {}))) return {};
      line.number = number + 1;
    }
  }
  if (line.text.empty()) return {};
  finish();
  on_line(std::move(line));
  return {};
}

}  // namespace msn::msnc

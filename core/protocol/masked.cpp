// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/request.hpp"

#include <algorithm>

namespace msn::protocol {
namespace {

constexpr std::string_view blank = " \r\n";

// The number of text lines that follow a SENDMSG.
std::uint64_t text_lines(std::string_view line) {
  const Request request = split_request(line);
  if (request.keyword != "SENDMSG" || request.words.empty()) return 0;
  const auto count = parse_number(request.words.front(), limits::count_digits);
  return count && *count <= limits::text_lines ? *count : 0;
}

// Also masks a line that the user typed in lower case or after spaces.
std::string masked_line(std::string_view line) {
  const std::size_t keyword = std::min(line.find_first_not_of(blank), line.size());
  const std::string_view word = line.substr(keyword, line.find(' ', keyword) - keyword);
  const bool names_account =
      equal_ignoring_ascii_case(word, "LOGIN") || equal_ignoring_ascii_case(word, "REGISTER");
  if (!names_account && !equal_ignoring_ascii_case(word, "PASSWD")) return std::string(line);
  std::size_t secret = line.find(' ', keyword);
  if (names_account && secret != std::string_view::npos) secret = line.find(' ', secret + 1);
  if (secret == std::string_view::npos) return std::string(line);
  return std::string(line.substr(0, secret + 1)) + "***";
}

}  // namespace

std::string masked(std::string_view unit) {
  std::string out;
  out.reserve(unit.size());
  std::uint64_t text = 0;
  while (!unit.empty()) {
    const std::size_t end = std::min(unit.find('\n'), unit.size());
    std::string_view line = unit.substr(0, end);
    if (text > 0) {
      out += line;
      --text;
    } else {
      out += masked_line(line);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      text = text_lines(line);
    }
    if (end < unit.size()) out += '\n';
    unit.remove_prefix(std::min(end + 1, unit.size()));
  }
  return out;
}

}  // namespace msn::protocol

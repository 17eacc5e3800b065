// SPDX-License-Identifier: MIT
#include "core/base/ini.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace msn {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Unquotes `"a b"`, but not `"a" "b"`, which are two words of a command.
std::string_view without_quotes(std::string_view value) {
  if (value.size() < 2 || (value.front() != '"' && value.front() != '\'')) return value;
  if (value.find(value.front(), 1) != value.size() - 1) return value;
  return value.substr(1, value.size() - 2);
}

bool has_control(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

}  // namespace

Result<bool> parse_yes_no(std::string_view value) {
  const auto word = to_lower_ascii(value);
  for (const auto* yes : {"yes", "true", "on", "1"})
    if (word == yes) return true;
  for (const auto* no : {"no", "false", "off", "0"})
    if (word == no) return false;
  return fail(ErrorCode::usage, "'" + visible(value) + "' is neither yes nor no");
}

std::string ini_place(std::string_view file, std::size_t line) {
  return visible(file) + ':' + std::to_string(line) + ": ";
}

Result<std::vector<IniItem>> parse_ini(std::string_view text, std::string_view file) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<IniItem> items;
  std::string section;
  std::size_t number = 0;
  for (const auto raw : split(text, '\n')) {
    ++number;
    const auto line = trimmed(raw);
    const auto wrong = [&](const std::string& what) {
      return fail(ErrorCode::usage, ini_place(file, number) + what);
    };
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (has_control(line)) return wrong("the line contains a control character");
    if (line.front() == '[') {
      if (line.back() != ']') return wrong("'" + visible(line) + "' has no closing ]");
      section = trimmed(line.substr(1, line.size() - 2));
      if (section.empty()) return wrong("the section has no name");
      items.push_back({number, section, {}, {}});
      continue;
    }
    const auto equals = line.find('=');
    const auto key = trimmed(line.substr(0, equals));
    if (key.empty() || equals == line.npos)
      return wrong("'" + visible(line) + "' is neither KEY = VALUE nor [SECTION]");
    items.push_back({number, section, std::string(key),
                     std::string(without_quotes(trimmed(line.substr(equals + 1))))});
  }
  return items;
}

}  // namespace msn

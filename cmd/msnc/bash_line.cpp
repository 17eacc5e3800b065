// SPDX-License-Identifier: MIT
#include "cmd/msnc/bash_line.hpp"

#include <algorithm>
#include <utility>

namespace msn::msnc {
namespace {

// The characters that a backslash can quote inside double quotes.
constexpr std::string_view special_in_quotes = "\"$`\\";

bool needs_backslash(char c) {
  constexpr std::string_view plain = "_-./:,@+=%^";
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return static_cast<unsigned char>(c) < 0x80 && !letter && plain.find(c) == plain.npos;
}

}  // namespace

BashLine read_bash_line(std::string_view line, std::string_view typed) {
  const std::size_t replaced = line.ends_with(typed) ? line.size() - typed.size() : line.size();
  BashLine result;
  std::string word;
  bool in_word = false, target = false;
  char quote = 0;
  const auto end_word = [&] {
    if (in_word && !std::exchange(target, false)) result.words.push_back(word);
    word.clear();
    in_word = false;
  };
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      end_word();
    } else if (quote == 0 && (c == '<' || c == '>')) {
      // Digits right before the operator are a file descriptor, not a word.
      if (word.find_first_not_of("0123456789") == word.npos) in_word = false;
      end_word();
      target = true;
      while (at + 1 < line.size() &&
             std::string_view("<>&|").find(line[at + 1]) != std::string::npos)
        ++at;
    } else {
      if (!in_word) result.kept.clear(), result.quote = 0;
      in_word = true;
      if (at == replaced) result.kept = word, result.quote = quote;
      const bool escapes = c == '\\' && quote != '\'';
      if (quote != 0 ? c == quote : c == '\'' || c == '"') {
        quote = quote == 0 ? c : '\0';
      } else if (!escapes) {
        word += c;
      } else if (at + 1 < line.size()) {
        ++at;
        if (quote != 0 && special_in_quotes.find(line[at]) == special_in_quotes.npos) word += c;
        word += line[at];
        if (at == replaced) result.kept = word, result.quote = quote;
      }
    }
  }
  if (!in_word) result.kept.clear(), result.quote = 0;
  if (in_word && replaced == line.size()) result.kept = word, result.quote = quote;
  result.redirects = target;
  result.words.push_back(std::move(word));
  return result;
}

std::string bash_replacement(const BashLine& line, std::string_view word) {
  word.remove_prefix(std::min(line.kept.size(), word.size()));
  if (line.quote == 0 && line.kept.empty() && word.empty()) return "''";
  std::string out;
  for (const char c : word) {
    if (line.quote == '\'') {
      out += c == '\'' ? "'\\''" : std::string(1, c);
      continue;
    }
    if (line.quote == 0 ? needs_backslash(c) : special_in_quotes.find(c) != special_in_quotes.npos)
      out += '\\';
    out += c;
  }
  return out;
}

}  // namespace msn::msnc

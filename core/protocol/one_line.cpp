// SPDX-License-Identifier: MIT
#include "core/protocol/one_line.hpp"

#include "core/base/text.hpp"
#include "core/protocol/limits.hpp"

#include <algorithm>

namespace msn::protocol {
namespace {

// Room for the other fields of a line: keyword, email, cursor, time.
constexpr std::size_t other_fields = 1024;
constexpr std::size_t longest_text = limits::line - other_fields;
constexpr std::size_t longest_word = 256;

}  // namespace

void append_word(std::string& out, std::string_view text) {
  constexpr auto plain = [](char c) { return c > ' ' && c < 0x7F; };
  if (!text.empty() && text.size() <= longest_word &&
      std::all_of(text.begin(), text.end(), plain)) {
    out += text;
    return;
  }
  std::string word = without_controls(text);
  std::erase(word, ' ');
  out += word.empty() ? "?" : cut_text(word, longest_word);
}

void append_text(std::string& out, std::string_view text) {
  out += cut_text(without_controls(text), longest_text);
}

}  // namespace msn::protocol

// SPDX-License-Identifier: MIT
// The quoting rules of bash, for its completion: bash passes the line as typed, and expects the
// text that replaces the end of the line.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

// A simple command up to the cursor.
struct BashLine {
  // The words without quotes and without redirections. The first is the program, the last is the
  // one at the cursor (perhaps empty).
  std::vector<std::string> words;
  bool redirects = false;  // the last word is the file of a redirection
  // The part of the last word, without quotes, that precedes the part that bash replaces.
  std::string kept;
  char quote = 0;  // ' or ": the replaced part is inside these quotes
};

// `typed`: the end of the line that bash replaces. It begins after a space, a quote, = or :.
BashLine read_bash_line(std::string_view line, std::string_view typed);

// The replacement of `typed` that makes `word` the last word. `word` begins with `kept`.
std::string bash_replacement(const BashLine&, std::string_view word);

}  // namespace msn::msnc

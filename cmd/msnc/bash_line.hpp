// SPDX-License-Identifier: MIT
// bash's quoting, for its completions: bash gives a line as it is typed, and takes what replaces
// the end of it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

// A simple command up to the cursor.
struct BashLine {
  // Without quotes, the first being the program, the last being typed (perhaps empty). Redirections
  // are left out.
  std::vector<std::string> words;
  bool redirects = false;  // the last one is the file of a redirection
  // Of the last word, without quotes: what stands before the part that bash replaces.
  std::string kept;
  char quote = 0;  // that part is in these quotes: ' or "
};

// `typed`: the end of the line that bash replaces. (Its word, which begins after a quote, and after
// an = or a : too.)
BashLine read_bash_line(std::string_view line, std::string_view typed);

// What to put in the place of `typed` for the last word to be `word`, which begins with `kept`.
std::string bash_replacement(const BashLine&, std::string_view word);

}  // namespace msn::msnc

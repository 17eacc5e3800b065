// SPDX-License-Identifier: MIT
// An answer's line as a client reads it (protocol 3): a run of SP counts as one, except inside the
// last free-text field. For this folder only.
#pragma once
#include <algorithm>
#include <string_view>

namespace msn::protocol {

class AnswerWords {
 public:
  explicit AnswerWords(std::string_view line) : rest_(line) {}

  // The next word; empty: no more.
  std::string_view next() {
    skip_spaces();
    const std::string_view word = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(word.size());
    return word;
  }
  // All that follows, as it stands behind the spaces.
  std::string_view text() {
    skip_spaces();
    return rest_;
  }
  // All that follows, as it stands behind the one SP that ends the last word.
  std::string_view verbatim() const { return rest_.substr(std::min<std::size_t>(1, rest_.size())); }

 private:
  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  std::string_view rest_;
};

}  // namespace msn::protocol

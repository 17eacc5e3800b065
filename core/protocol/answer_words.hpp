// SPDX-License-Identifier: MIT
// Splits a line of an answer into words (protocol 3): a run of SP counts as one, except inside the
// free text at the end. Internal to core/protocol.
#pragma once
#include <algorithm>
#include <string_view>

namespace msn::protocol {

class AnswerWords {
 public:
  explicit AnswerWords(std::string_view line) : rest_(line) {}

  // The next word; empty: there is none.
  std::string_view next() {
    skip_spaces();
    const std::string_view word = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(word.size());
    return word;
  }
  // The rest of the line after the spaces.
  std::string_view text() {
    skip_spaces();
    return rest_;
  }
  // The rest of the line after the single SP that ends the last word.
  std::string_view verbatim() const { return rest_.substr(std::min<std::size_t>(1, rest_.size())); }

 private:
  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  std::string_view rest_;
};

}  // namespace msn::protocol

// SPDX-License-Identifier: MIT
// Bytes of an MSN connection <-> commands: lines of words, some followed by a payload whose length
// is their last word. Incremental and pure; both directions, since the test server reads what we
// write.
#pragma once
#include "core/base/host_port.hpp"
#include "core/base/percent.hpp"
#include "core/base/result.hpp"
#include "core/network/msnp/limits.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

// One command as it came. All views die with the next call of the reader that made it.
class Command {
 public:
  // Cuts at single spaces; empty words at the end are dropped (a server's "11 " is "11").
  explicit Command(std::string_view line = {}, std::string_view payload = {});

  std::string_view line() const { return line_; }
  std::string_view payload() const { return payload_; }
  std::string_view verb() const { return word(0); }
  std::size_t size() const { return count_; }
  // Empty if there is no such word.
  std::string_view word(std::size_t i) const { return i < count_ ? words_[i] : std::string_view{}; }
  std::string_view last() const { return count_ == 0 ? std::string_view{} : words_[count_ - 1]; }
  // From word i to the end of the line.
  std::string_view rest(std::size_t i) const;

 private:
  std::string_view line_, payload_;
  std::array<std::string_view, 24> words_;  // surplus words are seen by rest() only
  std::size_t count_ = 0;
};

class CommandReader {
 public:
  enum class From { server, client };
  explicit CommandReader(From from, std::size_t longest_payload = limits::payload)
      : from_(from), longest_payload_(longest_payload) {}

  void feed(std::string_view octets);
  // The next whole command; nothing: more bytes are needed. Fails (network) when the stream cannot
  // be read on: a line or payload too long, or a payload command without its length.
  Result<std::optional<Command>> next();
  std::size_t pending() const { return buffer_.size() - begin_; }

 private:
  From from_;
  std::size_t longest_payload_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of what has not been handed out
  std::size_t scanned_ = 0;  // no line end before this
};

// "VERB a b\r\n", and with a payload "VERB a b 5\r\nhello". Spaces and controls in a word are left
// out.
std::string command(std::initializer_list<std::string_view> words);
std::string command(std::initializer_list<std::string_view> words, std::string_view payload);

// A display name as a word, and a word as a name: a % without two hex digits stays, + stays.
inline std::string encode_word(std::string_view utf8) {
  return percent_encode(utf8);
}
inline std::string decode_word(std::string_view word) {
  return percent_decode(word);
}
// What is shown to people: decoded, controls and invalid UTF-8 removed, no longer than a name.
std::string decode_name(std::string_view word);

// An id by its shape, 8-4-4-4-12 hex digits: servers differ in where they put it.
bool is_guid(std::string_view word);

}  // namespace msn::network::msnp

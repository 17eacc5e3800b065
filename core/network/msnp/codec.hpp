// SPDX-License-Identifier: MIT
// Splits the bytes of an MSNP connection into commands, and writes commands. A command is a line of
// words; some have a payload, whose length is the last word. No I/O. Reads both directions, because
// the test server uses it, too.
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

// One received command. Its views are valid until the next call of the CommandReader.
class Command {
 public:
  // Splits at single spaces; drops empty words at the end ("11 " has one word).
  explicit Command(std::string_view line = {}, std::string_view payload = {});

  std::string_view line() const { return line_; }
  std::string_view payload() const { return payload_; }
  std::string_view verb() const { return word(0); }
  std::size_t size() const { return count_; }
  // Empty beyond the last word.
  std::string_view word(std::size_t i) const { return i < count_ ? words_[i] : std::string_view{}; }
  std::string_view last() const { return count_ == 0 ? std::string_view{} : words_[count_ - 1]; }
  // From word i to the end of the line.
  std::string_view rest(std::size_t i) const;

 private:
  std::string_view line_, payload_;
  std::array<std::string_view, 24> words_;  // further words are in rest() only
  std::size_t count_ = 0;
};

class CommandReader {
 public:
  enum class From { server, client };
  explicit CommandReader(From from, std::size_t longest_payload = limits::payload)
      : from_(from), longest_payload_(longest_payload) {}

  void feed(std::string_view bytes);
  // The next complete command; nullopt: more bytes are needed. Fails (network) if the connection
  // cannot be used any more: a line or payload is too long, or a payload has no length.
  Result<std::optional<Command>> next();
  // Bytes that are not returned yet.
  std::size_t pending() const { return buffer_.size() - begin_; }

 private:
  From from_;
  std::size_t longest_payload_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the bytes that are not returned yet
  std::size_t scanned_ = 0;  // there is no line end before this
};

// "VERB a b\r\n", or with a payload "VERB a b 5\r\nhello". Spaces and control characters in words
// are dropped.
std::string command(std::initializer_list<std::string_view> words);
std::string command(std::initializer_list<std::string_view> words, std::string_view payload);

// Percent-encodes a display name as a word, and decodes it. Decoding keeps "+", and "%" without two
// hex digits after it.
inline std::string encode_word(std::string_view utf8) {
  return percent_encode(utf8);
}
inline std::string decode_word(std::string_view word) {
  return percent_decode(word);
}
// A display name for users: decoded, without control characters and invalid UTF-8, at most
// limits::name bytes.
std::string decode_name(std::string_view word);

// Whether the word has the form of a contact or group ID (8-4-4-4-12 hex digits). IDs are
// recognized by it, because their place differs by server.
bool is_guid(std::string_view word);

}  // namespace msn::network::msnp

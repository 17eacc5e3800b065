// SPDX-License-Identifier: MIT
// Encodes and decodes the fields that several requests share. Internal to core/protocol.
// Decoders fail with ErrorCode::params (empty word) or invalid.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::protocol::fields {

// An error without a message, for the requests of protocol 6.
tl::unexpected<Error> refuse(ErrorCode code);

// Not empty, and without SP, CR, LF, NUL?
bool is_word(std::string_view text);

// An address unchanged, a nick percent-encoded (protocol 6.14).
std::string encode_who(std::string_view who);
struct Who {
  std::string who, nick;  // as ContactRequest::who and ContactRequest::nick
};
Result<Who> decode_who(std::string_view word);
// A new nick: UTF-8, at most 387 bytes as sent. Removes control characters; invalid if nothing is
// left.
Result<std::string> decode_nick(std::string_view word);

// The value if the word is "KEY=value".
std::optional<std::string_view> option_value(std::string_view word, std::string_view key);
Result<std::chrono::seconds> decode_wait(std::string_view value);  // 0 to 3600
// 1 to 100 000.
Result<std::uint64_t> decode_event_count(std::string_view key, std::string_view value);
// RFC 3339, years 1970 to 9999.
Result<Time> decode_time(std::string_view key, std::string_view value);
Result<std::uint64_t> decode_cursor(std::string_view value);
Result<std::string> decode_queue(std::string_view value);
// A list of event keywords, separated by commas; invalid if one is not a keyword of an event.
std::string encode_keywords(const std::vector<std::string>& keywords);
Result<std::vector<std::string>> decode_keywords(std::string_view value);

}  // namespace msn::protocol::fields

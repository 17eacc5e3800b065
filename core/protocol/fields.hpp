// SPDX-License-Identifier: MIT
// The fields that several requests share, both directions. For this folder only.
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

// The error of a request of protocol 6: its code is all that is told.
tl::unexpected<Error> refuse(ErrorCode code);

// Can it stand as one word: no SP, CR, LF, NUL, not empty?
bool is_word(std::string_view text);

// An address as it is, a nick percent-encoded.
std::string encode_who(std::string_view who);
struct Who {
  std::string who, nick;  // both readings of the word (protocol 6.14)
};
Result<Who> decode_who(std::string_view word);
// A nick to be set: at most 387 bytes as sent, UTF-8; controls are removed, and it must not be
// empty then.
Result<std::string> decode_nick(std::string_view word);

// The value if the word is "KEY=value".
std::optional<std::string_view> option_value(std::string_view word, std::string_view key);
Result<std::chrono::seconds> decode_wait(std::string_view value);  // 0 to 3600
// 1 to 100 000.
Result<std::uint64_t> decode_event_count(std::string_view key, std::string_view value);
// RFC 3339, of the years 1970 to 9999.
Result<Time> decode_time(std::string_view key, std::string_view value);
Result<std::uint64_t> decode_cursor(std::string_view value);
Result<std::string> decode_queue(std::string_view value);
std::string encode_keywords(const std::vector<std::string>& keywords);
Result<std::vector<std::string>> decode_keywords(std::string_view value);

}  // namespace msn::protocol::fields

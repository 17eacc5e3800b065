// SPDX-License-Identifier: MIT
// Bytes as text: UTF-8, ASCII case, and making what strangers sent safe to show.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn {

bool is_utf8(std::string_view octets);

// protocol 3: a line that is valid UTF-8 as it is, any other one read as Windows-1252 (undefined
// bytes become U+FFFD). The result is always valid UTF-8.
std::string decode_charset(std::string_view line);

// The legacy daemon reads Latin-1 (protocol 10, row 13): Latin-1 if the text fits, else unchanged.
std::string encode_latin1_if_possible(std::string_view utf8);

std::string to_lower_ascii(std::string_view);
bool equal_ignoring_ascii_case(std::string_view, std::string_view);

// For terminals, pipes and logs (msnc(1)): C0 and DEL as "\x1b"; C1, bidirectional controls and
// Unicode's line ends as "\u{202e}"; bytes that are not UTF-8 as "\xff". LF and TAB too: split
// lines before.
std::string visible(std::string_view utf8);

// JSON with those of them that it may hold as they are (DEL, C1, bidirectional controls, line ends)
// as "\u202e": the same to every program that reads it, and nothing to a terminal.
std::string visible_in_json(std::string json);

// For one-line fields that go onto the pipe (protocol 12.4): removes C0, DEL, C1 and invalid UTF-8.
std::string without_controls(std::string_view);

// At most `size` bytes from the beginning, not cutting a UTF-8 character in two.
std::string_view cut_text(std::string_view text, std::size_t size);

// The decimal number a whole word is, of at most `digits` digits; anything else: nothing.
std::optional<std::uint64_t> parse_number(std::string_view word, int digits = 9);

// The parts between the separators, always one more than there are of them.
std::vector<std::string_view> split(std::string_view text, char separator);

// As a shell takes it for one word, in quotes if need be.
std::string shell_word(std::string_view text);

// RFC 4648, with padding.
std::string base64(std::string_view octets);

}  // namespace msn

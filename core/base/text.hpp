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

// Nothing but white space, format and default ignorable characters: nothing to see.
bool is_blank(std::string_view text);

// Its characters; bytes that are not UTF-8 count as one each.
std::u32string characters(std::string_view text);

// protocol 3: a line that is valid UTF-8 as it is, any other one read as Windows-1252 (undefined
// bytes become U+FFFD). The result is always valid UTF-8.
std::string decode_charset(std::string_view line);

// The legacy daemon reads Latin-1 (protocol 10, row 13): Latin-1 if the text fits, else unchanged.
std::string encode_latin1_if_possible(std::string_view utf8);

std::string to_lower_ascii(std::string_view);
bool equal_ignoring_ascii_case(std::string_view, std::string_view);

// For terminals, pipes and logs (msnc(1)): C0 and DEL as "\x1b"; C1, Unicode's line ends, and what
// cannot be seen (format characters, default ignorable ones) as "\u{202e}"; bytes that are not
// UTF-8 as "\xff". LF and TAB too: split lines before. Two names that look the same are the same
// then. An invisible character stays where writing needs it: ZWJ and variation selectors in emoji,
// ZWJ and ZWNJ after a virama, ZWNJ between Arabic letters.
std::string visible(std::string_view utf8);

// The same for a line of a message's text: TAB, ZWJ, ZWNJ and variation selectors stay everywhere,
// because many scripts need them.
std::string visible_text(std::string_view line);

// JSON in which those that it may hold as they are (visible(), but for C0) are "\u202e": the same
// to every program that reads it, and nothing to a terminal.
std::string visible_in_json(std::string json);

// For one-line fields that go onto the pipe (protocol 12.4): removes C0, DEL, C1 and invalid UTF-8.
std::string without_controls(std::string_view);

// At most `size` bytes from the beginning, not cutting a UTF-8 character in two.
std::string_view cut_text(std::string_view text, std::size_t size);

// The same, not cutting a grapheme cluster either: what people see as one character (a flag, a
// letter with its accents). A first cluster that is larger is cut between two characters.
std::string_view cut_clusters(std::string_view text, std::size_t size);

// Does the text begin with a character that forms one grapheme cluster with a blank before it?
bool continues_cluster(std::string_view text);

// The columns that a line takes on a terminal. For what visible() has passed.
std::size_t display_width(std::string_view line);

// A name for comparing with others (Unicode's NFKC_Casefold): without case, normal form,
// compatibility variants and invisible characters. As it is if it is not UTF-8.
std::string fold_name(std::string_view name);

// The decimal number a whole word is, of at most `digits` digits; anything else: nothing.
std::optional<std::uint64_t> parse_number(std::string_view word, int digits = 9);

// The parts between the separators, always one more than there are of them.
std::vector<std::string_view> split(std::string_view text, char separator);

// As a shell takes it for one word, in quotes if need be.
std::string shell_word(std::string_view text);

// RFC 4648, with padding.
std::string base64(std::string_view octets);

}  // namespace msn

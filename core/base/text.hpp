// SPDX-License-Identifier: MIT
// Text functions: UTF-8, ASCII case, and escaping untrusted text for display. All are pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn {

bool is_utf8(std::string_view bytes);

// Whether the text has only white space, format and default ignorable characters.
bool is_blank(std::string_view text);

// The code points of the text; each byte that is not UTF-8 gives one code point of its value.
std::u32string characters(std::string_view text);

// Decodes a line as msncd-protocol(7) 3 says: valid UTF-8 is unchanged, any other line is read as
// Windows-1252 (undefined bytes become U+FFFD). The result is valid UTF-8.
std::string decode_charset(std::string_view line);

// Latin-1 if the text can be encoded so, otherwise unchanged. The original daemon reads Latin-1
// (msncd-protocol(7) 10, row 13).
std::string encode_latin1_if_possible(std::string_view utf8);

std::string to_lower_ascii(std::string_view);
bool equal_ignoring_ascii_case(std::string_view, std::string_view);

// Escapes untrusted text for terminals and logs (msnc(1)): C0 controls (also LF and TAB) and DEL as
// "\x1b"; C1 controls, Unicode line separators and invisible characters (format and default
// ignorable ones) as "\u{202e}"; bytes that are not UTF-8 as "\xff". Two different names therefore
// never look the same because of invisible characters. An invisible character that the script
// needs is kept: ZWJ and variation selectors in emoji, ZWJ and ZWNJ after a virama, ZWNJ between
// Arabic letters.
std::string visible(std::string_view utf8);

// Like visible(), for a line of a message's text: keeps every TAB, ZWJ, ZWNJ and variation
// selector, because many scripts need them.
std::string visible_text(std::string_view line);

// Replaces the characters from DEL on that visible() escapes by JSON escapes ("\u202e"). `json`
// must be valid JSON; its value stays the same, and it can be shown on a terminal.
std::string visible_in_json(std::string json);

// Removes C0 controls, DEL, C1 controls and invalid UTF-8, for one-line fields on the pipe
// (msncd-protocol(7) 12.4).
std::string without_controls(std::string_view);

// The longest prefix of at most `size` bytes that does not split a UTF-8 character.
std::string_view cut_text(std::string_view text, std::size_t size);

// The longest prefix of at most `size` bytes that does not split a grapheme cluster (what a user
// sees as one character: a flag, a letter with its accents). If the first cluster is longer than
// `size`, it is split between two characters.
std::string_view cut_clusters(std::string_view text, std::size_t size);

// Whether the first character of the text would form one grapheme cluster with a space before it.
bool continues_cluster(std::string_view text);

// The number of terminal columns of a line that visible() has escaped.
std::size_t display_width(std::string_view line);

// The key for comparing names (Unicode's NFKC_Casefold): equal for names that differ only in case,
// normalization, compatibility variants or invisible characters. Unchanged if it is not UTF-8.
std::string fold_name(std::string_view name);

// The value of a word of 1 to `digits` decimal digits; nullopt for any other word.
std::optional<std::uint64_t> parse_number(std::string_view word, int digits = 9);

// The parts between the separators; n separators give n + 1 parts, which may be empty.
std::vector<std::string_view> split(std::string_view text, char separator);

// The text as one word of a shell command, quoted where necessary.
std::string shell_word(std::string_view text);

// Base64 of RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace msn

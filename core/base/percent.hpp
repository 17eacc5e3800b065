// SPDX-License-Identifier: MIT
// Percent-encoding (RFC 3986), and its inverse.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace msn {

// A-Z a-z 0-9 - . _ ~
constexpr bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// Encodes every byte that is neither unreserved nor in `also_plain`, with upper-case digits. The
// result is allocated only once, because it may be a password.
std::string percent_encode(std::string_view bytes, std::string_view also_plain = {});
// Decodes any text: accepts lower-case digits, keeps a % without two hexadecimal digits after it.
std::string percent_decode(std::string_view text);
// Appends the decoded text to `out`, with at most one allocation, because it may be a password.
void percent_decode(std::string_view text, std::string& out);
// Whether text[at] is a % followed by two hexadecimal digits.
bool is_percent_encoded(std::string_view text, std::size_t at);

}  // namespace msn

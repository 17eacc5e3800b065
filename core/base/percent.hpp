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

// Encodes every byte that is not unreserved and not in `also_plain`, with upper-case digits. The
// result is allocated once and not moved: it may be a password.
std::string percent_encode(std::string_view bytes, std::string_view also_plain = {});
// Accepts anything: unencoded bytes, lower-case digits; a % without two digits stays.
std::string percent_decode(std::string_view text);
// The same, appended to `out`, which is allocated at most once: it may be a password.
void percent_decode(std::string_view text, std::string& out);
// Whether text[at] is a % with two hex digits after it.
bool is_percent_encoded(std::string_view text, std::size_t at);

}  // namespace msn

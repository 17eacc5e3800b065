// SPDX-License-Identifier: MIT
#include "core/base/percent.hpp"

#include "core/base/hex.hpp"

#include <algorithm>

namespace msn {

std::string percent_encode(std::string_view bytes, std::string_view also_plain) {
  const auto plain = [&](char c) {
    return is_unreserved(c) || also_plain.find(c) != std::string_view::npos;
  };
  if (std::all_of(bytes.begin(), bytes.end(), plain)) return std::string(bytes);
  std::string out;
  out.reserve(3 * bytes.size());
  for (const char c : bytes) {
    if (plain(c)) {
      out += c;
    } else {
      out += '%';
      append_hex(out, static_cast<std::uint8_t>(c), upper_hex_digits);
    }
  }
  return out;
}

bool is_percent_encoded(std::string_view text, std::size_t at) {
  return text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
         hex_value(text[at + 2]) >= 0;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  percent_decode(text, out);
  return out;
}

void percent_decode(std::string_view text, std::string& out) {
  out.reserve(out.size() + text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_percent_encoded(text, at)) {
      out += static_cast<char>(hex_value(text[at + 1]) << 4 | hex_value(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  }
}

}  // namespace msn

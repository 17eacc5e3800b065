// SPDX-License-Identifier: MIT
// Hexadecimal encoding.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace msn {

inline constexpr std::string_view hex_digits = "0123456789abcdef";
inline constexpr std::string_view upper_hex_digits = "0123456789ABCDEF";

inline void append_hex(std::string& out, std::uint8_t byte, std::string_view digits = hex_digits) {
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

inline std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const auto byte : bytes) append_hex(out, byte);
  return out;
}

// The value of a hexadecimal digit in either case; -1 for any other character.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace msn

// SPDX-License-Identifier: MIT
#include "core/protocol/percent.hpp"

#include <algorithm>

namespace msn::protocol {
namespace {

constexpr bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}
constexpr bool is_value_character(char c) {
  return is_unreserved(c) || c == ':' || c == ',';
}

// -1: no hex digit.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

constexpr bool is_encoded_octet(std::string_view text, std::size_t at) {
  return text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
         hex_value(text[at + 2]) >= 0;
}

template <class Keep>
std::string encode(std::string_view octets, Keep keep) {
  if (std::all_of(octets.begin(), octets.end(), keep)) return std::string(octets);
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(octets.size() * 3);
  for (const char c : octets) {
    if (keep(c)) {
      out += c;
    } else {
      const auto octet = static_cast<unsigned char>(c);
      out += '%';
      out += digits[octet >> 4];
      out += digits[octet & 15];
    }
  }
  return out;
}

}  // namespace

std::string percent_encode(std::string_view octets) {
  return encode(octets, is_unreserved);
}

std::string percent_encode_value(std::string_view octets) {
  return encode(octets, is_value_character);
}

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_encoded_octet(text, at)) {
      out += static_cast<char>(hex_value(text[at + 1]) << 4 | hex_value(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

bool is_literal_nick(std::string_view nick) {
  for (std::size_t at = 0; at < nick.size(); ++at)
    if (nick[at] == ' ' || (nick[at] == '%' && !is_encoded_octet(nick, at))) return true;
  return false;
}

}  // namespace msn::protocol

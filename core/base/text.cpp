// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"

#include "core/base/hex.hpp"

#include <utf8/core.h>
#include <utf8/unchecked.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>

namespace msn {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// Windows-1252 from 0x80 to 0x9F; 0: undefined.
constexpr std::array<char32_t, 32> windows_1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

constexpr unsigned char octet(char c) {
  return static_cast<unsigned char>(c);
}
constexpr bool is_ascii(char c) {
  return octet(c) < 0x80;
}

void append_utf8(std::string& out, char32_t c) {
  utf8::unchecked::append(static_cast<std::uint32_t>(c), std::back_inserter(out));
}

// Reads one character at `at` and moves behind it; nothing: `at` is not the start of one, and moves
// by one byte.
std::optional<char32_t> read_character(std::string_view text, std::size_t& at) {
  const unsigned char lead = octet(text[at]);
  if (lead < 0x80) return octet(text[at++]);
  const std::string_view sequence = text.substr(at, lead >= 0xF0   ? 4
                                                    : lead >= 0xE0 ? 3
                                                    : lead >= 0xC0 ? 2
                                                                   : 1);
  if (!utf8::is_valid(sequence.begin(), sequence.end())) {
    ++at;
    return std::nullopt;
  }
  at += sequence.size();
  auto p = sequence.begin();
  return static_cast<char32_t>(utf8::unchecked::next(p));
}

constexpr bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

// Controls of direction, and the line ends of Unicode, which some viewers obey.
constexpr bool is_deceptive(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

constexpr bool is_plain(char c) {
  return octet(c) >= 0x20 && octet(c) < 0x7F;
}

void append_hex_octet(std::string& out, unsigned char value) {
  out += "\\x";
  append_hex(out, value);
}

void append_hex_character(std::string& out, char32_t c) {
  std::string reversed;
  for (; c != 0; c >>= 4) reversed += hex_digits[c & 15];
  out += "\\u{";
  out.append(reversed.rbegin(), reversed.rend());
  out += '}';
}

void append_json_escape(std::string& out, char32_t c) {
  out += "\\u";
  for (const unsigned shift : {12u, 8u, 4u, 0u}) out += hex_digits[c >> shift & 15];
}

// DEL, or the first byte of C1 and of what is_deceptive().
constexpr bool may_begin_unsafe(char c) {
  return octet(c) == 0x7F || octet(c) == 0xC2 || octet(c) == 0xD8 || octet(c) == 0xE2;
}

// Near the first byte from DEL on: at it, or at most 7 before it. Nearly every text has none.
std::size_t first_not_ascii(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    // Adding one lifts 0x7F over the border, too.
    if (((eight | (eight + 0x0101010101010101)) & 0x8080808080808080) != 0) break;
  }
  return at;
}

}  // namespace

bool is_utf8(std::string_view octets) {
  // Nearly everything is ASCII: look for the first byte that is not, then ask the library.
  const auto first = std::find_if_not(octets.begin(), octets.end(), is_ascii);
  return utf8::is_valid(first, octets.end());
}

std::string decode_charset(std::string_view line) {
  if (is_utf8(line)) return std::string(line);
  std::string out;
  out.reserve(line.size() * 2);
  for (const char c : line) {
    if (octet(c) < 0x80 || octet(c) >= 0xA0) {
      append_utf8(out, octet(c));
    } else if (const char32_t known = windows_1252[octet(c) - 0x80u]; known != 0) {
      append_utf8(out, known);
    } else {
      out += replacement;
    }
  }
  return out;
}

std::string encode_latin1_if_possible(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const auto c = read_character(utf8, at);
    if (!c || *c > 0xFF) return std::string(utf8);
    out += static_cast<char>(*c);
  }
  return out;
}

std::string to_lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool equal_ignoring_ascii_case(std::string_view a, std::string_view b) {
  constexpr auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::string visible(std::string_view utf8) {
  if (std::all_of(utf8.begin(), utf8.end(), is_plain)) return std::string(utf8);
  std::string out;
  out.reserve(utf8.size() + 16);
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t begin = at;
    const auto c = read_character(utf8, at);
    if (!c) {
      append_hex_octet(out, octet(utf8[begin]));
    } else if (*c < 0x80 && is_control(*c)) {
      append_hex_octet(out, static_cast<unsigned char>(*c));
    } else if (is_control(*c) || is_deceptive(*c)) {
      append_hex_character(out, *c);
    } else {
      out += utf8.substr(begin, at - begin);
    }
  }
  return out;
}

std::string visible_in_json(std::string json) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = first_not_ascii(json); at < json.size();) {
    if (!may_begin_unsafe(json[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    const auto c = read_character(json, end);
    if (c && ((*c >= 0x7F && is_control(*c)) || is_deceptive(*c))) {
      out.append(json, copied, at - copied);
      append_json_escape(out, *c);
      copied = end;
    }
    at = end;
  }
  if (copied == 0) return json;
  out.append(json, copied);
  return out;
}

std::string without_controls(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const auto c = read_character(text, at);
    if (c && !is_control(*c)) out += text.substr(begin, at - begin);
  }
  return out;
}

std::string_view cut_text(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  // At most three bytes of a character can stand before the cut.
  std::size_t cut = size;
  for (int back = 0; back < 3 && cut > 0 && (octet(text[cut]) & 0xC0) == 0x80; ++back) --cut;
  // What begins with more continuation bytes is no UTF-8: then any place is as good.
  return text.substr(0, (octet(text[cut]) & 0xC0) == 0x80 ? size : cut);
}

std::optional<std::uint64_t> parse_number(std::string_view word, int digits) {
  if (word.empty() || word.size() > static_cast<std::size_t>(digits)) return std::nullopt;
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (most - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find(separator, at);
    parts.push_back(text.substr(at, end - at));
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view harmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,@+=[]";
  if (!text.empty() && text.find_first_not_of(harmless) == text.npos) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + '\'';
}

std::string base64(std::string_view octets) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, octets.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < have ? octet(octets[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= have ? alphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

}  // namespace msn

// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"

#include "core/base/hex.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace msn {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// The characters of Windows-1252 from 0x80 to 0x9F; 0 where undefined.
constexpr std::array<char32_t, 32> windows_1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

constexpr unsigned char to_byte(char c) {
  return static_cast<unsigned char>(c);
}
constexpr bool is_ascii(char c) {
  return to_byte(c) < 0x80;
}

void append_utf8(std::string& out, char32_t c) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
}

// Reads the character at `at` and advances `at` past it. nullopt if no valid character begins
// there; then `at` advances by one byte.
std::optional<char32_t> read_character(std::string_view text, std::size_t& at) {
  if (is_ascii(text[at])) return to_byte(text[at++]);
  utf8proc_int32_t c = 0;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                                     static_cast<utf8proc_ssize_t>(text.size() - at), &c);
  if (size <= 0) {
    ++at;
    return std::nullopt;
  }
  at += static_cast<std::size_t>(size);
  return static_cast<char32_t>(c);
}

// The character at `at`; 0 at the end of the text, or if no valid character begins there.
char32_t character_at(std::string_view text, std::size_t at) {
  return at < text.size() ? read_character(text, at).value_or(0) : 0;
}

const utf8proc_property_t& property(char32_t c) {
  return *utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
}

constexpr bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

bool is_pictograph(char32_t c) {
  return property(c).boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

// Whether it is a control or an invisible character. Format characters that precede a number
// (U+0600) are visible.
bool is_hidden(char32_t c) {
  if (c < 0x7F) return c < 0x20;
  const auto& known = property(c);
  switch (known.category) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    case UTF8PROC_CATEGORY_CF:
      return known.boundclass != UTF8PROC_BOUNDCLASS_PREPEND;
    default:
      return known.ignorable;
  }
}

bool is_white_space(char32_t c) {
  return (c >= '\t' && c <= '\r') || c == 0x85 || property(c).category == UTF8PROC_CATEGORY_ZS;
}

constexpr char32_t zwnj = 0x200C, zwj = 0x200D;

// Decides for each character in turn: whether it is hidden, and the script needs it at this place.
class Writing {
 public:
  bool needs(char32_t c, char32_t after) const {
    const auto arabic = [](char32_t one) { return one >= 0x0620 && one <= 0x06FF; };
    const bool after_virama = before_ != 0 && property(before_).combining_class == 9;
    if (c == zwj) return after_virama || (is_pictograph(base_) && is_pictograph(after));
    if (c == zwnj) return after_virama || (arabic(before_) && arabic(after));
    // Variation selectors of emoji, also in a keycap (U+20E3).
    if (c == 0xFE0E || c == 0xFE0F) return is_pictograph(before_) || after == 0x20E3;
    return false;
  }
  void pass(char32_t c) {
    before_ = c;
    if (c < 0x300 || property(c).boundclass != UTF8PROC_BOUNDCLASS_EXTEND) base_ = c;
  }

 private:
  char32_t before_ = 0, base_ = 0;  // base_: the last one that is not a selector or skin tone
};

// Hidden characters that are kept everywhere in the text of a message.
constexpr bool is_for_texts(char32_t c) {
  return c == '\t' || c == zwnj || c == zwj || (c >= 0xFE00 && c <= 0xFE0F) ||
         (c >= 0x180B && c <= 0x180F) || (c >= 0xE0100 && c <= 0xE01EF);
}

constexpr bool is_plain(char c) {
  return to_byte(c) >= 0x20 && to_byte(c) < 0x7F;
}

void append_hex_byte(std::string& out, unsigned char value) {
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

void append_json_unit(std::string& out, char32_t unit) {
  out += "\\u";
  for (const unsigned shift : {12u, 8u, 4u, 0u}) out += hex_digits[unit >> shift & 15];
}

void append_json_escape(std::string& out, char32_t c) {
  if (c < 0x10000) return append_json_unit(out, c);
  append_json_unit(out, 0xD800 + ((c - 0x10000) >> 10));
  append_json_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
}

std::string shown(std::string_view utf8, bool (*is_kept)(char32_t)) {
  if (std::all_of(utf8.begin(), utf8.end(), is_plain)) return std::string(utf8);
  std::string out;
  out.reserve(utf8.size() + 16);
  Writing writing;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t begin = at;
    const auto c = read_character(utf8, at);
    if (!c) {
      append_hex_byte(out, to_byte(utf8[begin]));
    } else if (!is_hidden(*c) || is_kept(*c) || writing.needs(*c, character_at(utf8, at))) {
      out += utf8.substr(begin, at - begin);
    } else if (*c < 0x80) {
      append_hex_byte(out, static_cast<unsigned char>(*c));
    } else {
      append_hex_character(out, *c);
    }
    writing.pass(c.value_or(0));
  }
  return out;
}

// The end of the grapheme cluster that begins at `at`; `at` must be before the end of the text. A
// byte that is not UTF-8 is a cluster.
std::size_t cluster_end(std::string_view text, std::size_t at) {
  auto last = read_character(text, at);
  utf8proc_int32_t state = 0;
  while (last && at < text.size()) {
    if (*last < 0x80 && *last != '\r' && is_ascii(text[at])) break;
    std::size_t end = at;
    const auto next = read_character(text, end);
    if (!next || utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(*last),
                                                  static_cast<utf8proc_int32_t>(*next), &state))
      break;
    last = next;
    at = end;
  }
  return at;
}

// Terminals draw a grapheme cluster in one or two cells.
std::size_t cluster_width(std::string_view cluster) {
  constexpr char32_t emoji_style = 0xFE0F;
  std::size_t width = 0;
  for (std::size_t at = 0; at < cluster.size();) {
    const auto c = read_character(cluster, at);
    if (c == emoji_style) return 2;
    width += c ? static_cast<std::size_t>(
                     std::max(0, utf8proc_charwidth(static_cast<utf8proc_int32_t>(*c))))
               : 1;
  }
  return std::min<std::size_t>(width, 2);
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();)
    if (!read_character(bytes, at)) return false;
  return true;
}

bool is_blank(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = read_character(text, at);
    if (!c || (!is_white_space(*c) && (is_control(*c) || !is_hidden(*c)))) return false;
  }
  return true;
}

std::u32string characters(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    out += read_character(text, at).value_or(to_byte(text[begin]));
  }
  return out;
}

std::string decode_charset(std::string_view line) {
  if (is_utf8(line)) return std::string(line);
  std::string out;
  out.reserve(line.size() * 2);
  for (const char c : line) {
    if (to_byte(c) < 0x80 || to_byte(c) >= 0xA0) {
      append_utf8(out, to_byte(c));
    } else if (const char32_t known = windows_1252[to_byte(c) - 0x80u]; known != 0) {
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
  return shown(utf8, [](char32_t) { return false; });
}

std::string visible_text(std::string_view line) {
  return shown(line, [](char32_t c) { return is_for_texts(c); });
}

std::string visible_in_json(std::string json) {
  std::string out;
  std::size_t copied = 0;
  Writing writing;
  // Fast path: nearly every text is ASCII only.
  const auto first =
      std::find_if(json.begin(), json.end(), [](char c) { return to_byte(c) >= 0x7F; });
  for (auto at = static_cast<std::size_t>(first - json.begin()); at < json.size();) {
    std::size_t end = at;
    const auto c = read_character(json, end);
    if (c && *c >= 0x7F && is_hidden(*c) && !writing.needs(*c, character_at(json, end))) {
      out.append(json, copied, at - copied);
      append_json_escape(out, *c);
      copied = end;
    }
    writing.pass(c.value_or(0));
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
  // At most three bytes of a split character are before the cut.
  std::size_t cut = size;
  for (int back = 0; back < 3 && cut > 0 && (to_byte(text[cut]) & 0xC0) == 0x80; ++back) --cut;
  // More continuation bytes than that are not UTF-8, and can be cut anywhere.
  return text.substr(0, (to_byte(text[cut]) & 0xC0) == 0x80 ? size : cut);
}

std::string_view cut_clusters(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  // The character after `size` decides whether a cluster ends there, so include it.
  const auto window = text.substr(0, size + 4);
  std::size_t cut = 0;
  while (cut < size) {
    const auto end = cluster_end(window, cut);
    if (end > size) break;
    cut = end;
  }
  return cut > 0 ? text.substr(0, cut) : cut_text(text, size);
}

bool continues_cluster(std::string_view text) {
  const char32_t first = character_at(text, 0);
  return first >= 0x80 && !utf8proc_grapheme_break(' ', static_cast<utf8proc_int32_t>(first));
}

std::size_t display_width(std::string_view line) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < line.size();) {
    const auto end = cluster_end(line, at);
    width += cluster_width(line.substr(at, end - at));
    at = end;
  }
  return width;
}

std::string fold_name(std::string_view name) {
  if (std::all_of(name.begin(), name.end(), is_ascii)) return to_lower_ascii(name);
  utf8proc_uint8_t* folded = nullptr;
  const auto size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
      static_cast<utf8proc_ssize_t>(name.size()), &folded,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                     UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
  if (size < 0) return std::string(name);
  std::string out(reinterpret_cast<const char*>(folded), static_cast<std::size_t>(size));
  std::free(folded);
  return out;
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

std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < have ? to_byte(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= have ? alphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

}  // namespace msn

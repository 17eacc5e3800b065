// SPDX-License-Identifier: MIT
#include "core/base/hex.hpp"
#include "core/store/event_log.hpp"

namespace msn::store {
namespace {

constexpr std::size_t longest = 160;  // bytes; of 255, to leave room for dates and suffixes

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '+' ||
         c == '@' || c == '.';
}

std::string encode(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return {'%', hex_digits[byte >> 4], hex_digits[byte & 15]};
}

// A hash that distinguishes long addresses. It must not change: names of existing files contain it.
std::uint64_t sum_of(std::string_view text) {
  std::uint64_t sum = 0x6d736e632d6c6f67u;
  const auto add = [&sum](std::uint64_t number) {
    sum = (sum ^ number) * 0x9e3779b97f4a7c15u;
    sum ^= sum >> 29;
  };
  add(text.size());
  for (std::size_t at = 0; at < text.size(); at += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8 && at + i < text.size(); ++i)
      word |= std::uint64_t{static_cast<unsigned char>(text[at + i])} << (8 * i);
    add(word);
  }
  return sum ^ (sum >> 32);
}

std::string hexadecimal(std::uint64_t number) {
  std::string result(16, '0');
  for (std::size_t i = 16; i > 0; --i, number >>= 4) result[i - 1] = hex_digits[number & 15];
  return result;
}

}  // namespace

std::string log_file_name(std::string_view email) {
  std::string name;
  std::string folded;
  for (char c : email) {
    // Addresses are compared without ASCII case (msncd-protocol(7) 3).
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    folded += c;
    // A leading dot would hide the file, or give "." or "..".
    name += is_plain(c) && !(c == '.' && name.empty()) ? std::string(1, c) : encode(c);
  }
  if (name.empty()) name.push_back('%');
  if (name.size() > longest) {
    // A readable prefix and a hash; '~' occurs in no short name.
    name = name.substr(0, longest - 17) + "~" + hexadecimal(sum_of(folded));
  }
  return name + ".db";
}

std::optional<Durability> durability_from_name(std::string_view name) {
  if (name == "full") return Durability::full;
  if (name == "normal") return Durability::normal;
  if (name == "memory") return Durability::memory;
  return std::nullopt;
}

}  // namespace msn::store

// SPDX-License-Identifier: MIT
#include "core/store/event_log.hpp"
#include "core/store/sum.hpp"

namespace msn::store {
namespace {

constexpr std::size_t longest = 160;  // of 255: dated names and SQLite's suffixes come behind it
constexpr std::string_view digits = "0123456789abcdef";

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '+' ||
         c == '@' || c == '.';
}

std::string encode(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return {'%', digits[octet >> 4], digits[octet & 15]};
}

std::string hexadecimal(std::uint64_t number) {
  std::string result(16, '0');
  for (std::size_t i = 16; i > 0; --i, number >>= 4) result[i - 1] = digits[number & 15];
  return result;
}

}  // namespace

std::string log_file_name(std::string_view email) {
  std::string name;
  Sum whole;
  std::string folded;
  for (char c : email) {
    // Addresses are compared without regard to ASCII case (protocol 3).
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    folded += c;
    // A dot in front would hide the file or be a folder's name.
    name += is_plain(c) && !(c == '.' && name.empty()) ? std::string(1, c) : encode(c);
  }
  if (name.empty()) name.push_back('%');
  if (name.size() > longest) {
    // Readable in front, told apart by the sum; '~' never comes out of encode() or is_plain().
    whole.add(folded);
    name = name.substr(0, longest - 17) + "~" + hexadecimal(whole.value());
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

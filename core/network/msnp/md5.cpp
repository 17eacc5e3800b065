// SPDX-License-Identifier: MIT
#include "core/network/msnp/md5.hpp"

#include <bit>
#include <cmath>

namespace msn::network::msnp {
namespace {

constexpr std::array<int, 16> shifts{7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};

std::array<std::uint32_t, 64> sines() {  // RFC 1321 3.4: floor(2^32 * |sin(i + 1)|)
  std::array<std::uint32_t, 64> table{};
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] =
        static_cast<std::uint32_t>(std::floor(4294967296.0 * std::fabs(std::sin(double(i) + 1))));
  return table;
}

void add_block(std::array<std::uint32_t, 4>& state, const std::uint8_t* block) {
  static const auto table = sines();
  std::array<std::uint32_t, 16> x{};
  for (std::size_t i = 0; i < 16; ++i)
    x[i] = std::uint32_t{block[4 * i]} | std::uint32_t{block[4 * i + 1]} << 8 |
           std::uint32_t{block[4 * i + 2]} << 16 | std::uint32_t{block[4 * i + 3]} << 24;
  auto [a, b, c, d] = state;
  for (std::size_t i = 0; i < 64; ++i) {
    std::uint32_t mix = 0;
    std::size_t word = 0;
    switch (i / 16) {
      case 0:
        mix = (b & c) | (~b & d);
        word = i;
        break;
      case 1:
        mix = (d & b) | (~d & c);
        word = (5 * i + 1) % 16;
        break;
      case 2:
        mix = b ^ c ^ d;
        word = (3 * i + 5) % 16;
        break;
      default:
        mix = c ^ (b | ~d);
        word = (7 * i) % 16;
        break;
    }
    const std::uint32_t turned =
        std::rotl(a + mix + x[word] + table[i], shifts[i / 16 * 4 + i % 4]);
    a = d;
    d = c;
    c = b;
    b += turned;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

}  // namespace

std::array<std::uint8_t, 16> md5(std::string_view octets) {
  std::string padded(octets);
  padded += '\x80';
  padded.resize((padded.size() + 8 + 63) / 64 * 64 - 8, '\0');
  std::uint64_t bits = std::uint64_t{octets.size()} * 8;
  for (int i = 0; i < 8; ++i, bits >>= 8) padded += static_cast<char>(bits & 0xff);
  std::array<std::uint32_t, 4> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t at = 0; at < padded.size(); at += 64)
    add_block(state, reinterpret_cast<const std::uint8_t*>(padded.data()) + at);
  std::array<std::uint8_t, 16> digest{};
  for (std::size_t i = 0; i < 16; ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (8 * (i % 4)) & 0xff);
  return digest;
}

std::string md5_hex(std::string_view octets) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const auto octet : md5(octets)) {
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

}  // namespace msn::network::msnp

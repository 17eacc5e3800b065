// SPDX-License-Identifier: MIT
#include "core/network/msnp/challenge.hpp"

#include "core/base/hex.hpp"
#include "core/network/msnp/md5.hpp"

#include <array>
#include <cstdint>

namespace msn::network::msnp {
namespace {

template <class Bytes>
std::uint64_t little_endian_word(const Bytes& bytes, std::size_t i) {
  std::uint64_t word = 0;
  for (std::size_t k = 0; k < 4; ++k)
    word |= std::uint64_t{static_cast<std::uint8_t>(bytes[4 * i + k])} << (8 * k);
  return word;
}

}  // namespace

std::string answer_md5(std::string_view challenge, const Product& product) {
  return md5_hex(std::string(challenge).append(product.key));
}

std::string answer_long(std::string_view challenge, const Product& product) {
  constexpr std::uint64_t modulus = 0x7fffffff;
  const auto digest = md5(std::string(challenge).append(product.key));
  std::array<std::uint64_t, 4> hash{};
  std::array<std::uint64_t, 4> key{};
  for (std::size_t i = 0; i < 4; ++i) {
    hash[i] = little_endian_word(digest, i);
    key[i] = hash[i] & modulus;
  }
  std::string text = std::string(challenge).append(product.id);
  while (text.size() % 8 != 0) text += '0';
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (std::size_t i = 0; i < text.size() / 4; i += 2) {
    std::uint64_t t = 0x0e79a9c1 * little_endian_word(text, i) % modulus;
    t = ((t + high) * key[0] + key[1]) % modulus;
    high = ((little_endian_word(text, i + 1) + t) % modulus * key[2] + key[3]) % modulus;
    low += high + t;
  }
  high = (high + key[1]) % modulus;
  low = (low + key[3]) % modulus;
  std::string out;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint64_t word = hash[i] ^ (i % 2 == 0 ? high : low);
    for (std::size_t k = 0; k < 4; ++k) append_hex(out, static_cast<std::uint8_t>(word >> (8 * k)));
  }
  return out;
}

}  // namespace msn::network::msnp

// SPDX-License-Identifier: MIT
#include "core/network/msnp/md5.hpp"

#include "core/base/hex.hpp"

#include <openssl/evp.h>

namespace msn::network::msnp {

std::array<std::uint8_t, 16> md5(std::string_view octets) {
  std::array<std::uint8_t, 16> digest{};
  unsigned int size = 0;
  EVP_Digest(octets.data(), octets.size(), digest.data(), &size, EVP_md5(), nullptr);
  return digest;
}

std::string md5_hex(std::string_view octets) {
  return to_hex(md5(octets));
}

}  // namespace msn::network::msnp

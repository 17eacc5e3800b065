// SPDX-License-Identifier: MIT
#include "core/network/msnp/md5.hpp"

#include "core/base/hex.hpp"

#include <openssl/evp.h>

namespace msn::network::msnp {

std::array<std::uint8_t, 16> md5(std::string_view bytes) {
  std::array<std::uint8_t, 16> digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr);
  return digest;
}

std::string md5_hex(std::string_view bytes) {
  return to_hex(md5(bytes));
}

}  // namespace msn::network::msnp

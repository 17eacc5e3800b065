// SPDX-License-Identifier: MIT
#include "core/network/local/password.hpp"

#include <sodium.h>

#include <array>

namespace msn::network::local {

HashCost HashCost::interactive() {
  return {crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE};
}
HashCost HashCost::least() {
  return {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
}

Result<std::string> hash_password(const Secret& password, HashCost cost) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  const auto& text = password.text();
  if (crypto_pwhash_str(hash.data(), text.data(), text.size(), cost.operations, cost.memory) != 0)
    return fail(ErrorCode::network, "not enough memory to hash the password");
  return std::string(hash.data());
}

bool password_matches(const Secret& password, const std::string& hash, HashCost cost) {
  // libsodium reads a field of fixed size; a longer hash is not its own.
  if (hash.size() >= crypto_pwhash_STRBYTES) return false;
  if (crypto_pwhash_str_needs_rehash(hash.c_str(), cost.operations, cost.memory) != 0) return false;
  const auto& text = password.text();
  return crypto_pwhash_str_verify(hash.c_str(), text.data(), text.size()) == 0;
}

}  // namespace msn::network::local

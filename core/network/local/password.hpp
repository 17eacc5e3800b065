// SPDX-License-Identifier: MIT
// Password hashes: memory-hard, by libsodium (msncd(8)). Slow on purpose, so never called on the
// loop's thread.
#pragma once
#include "core/base/result.hpp"
#include "core/network/network.hpp"

#include <cstddef>
#include <string>

namespace msn::network::local {

// The cost of a hash: libsodium's operations limit, and memory in bytes.
struct HashCost {
  unsigned long long operations = 0;
  std::size_t memory = 0;
  static HashCost interactive();  // for accounts
  static HashCost least();        // for tests
};

// Error: network, if there is not enough memory.
Result<std::string> hash_password(const Secret& password, HashCost cost);
// Returns false at once for a hash of another cost or form: an empty hash locks the account, and a
// hash written by another program cannot make the daemon spend more time or memory.
bool password_matches(const Secret& password, const std::string& hash, HashCost cost);

}  // namespace msn::network::local

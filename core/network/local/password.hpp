// SPDX-License-Identifier: MIT
// Passwords are kept as a memory-hard hash only (msncd(8)).
#pragma once
#include "core/base/result.hpp"
#include "core/network/network.hpp"

#include <cstddef>
#include <string>

namespace msn::network::local {

// What one hash costs: libsodium's operations and bytes of memory. Slow on purpose: never on the
// loop's thread.
struct HashCost {
  unsigned long long operations = 0;
  std::size_t memory = 0;
  static HashCost interactive();  // what accounts get
  static HashCost least();        // for tests
};

Result<std::string> hash_password(const Secret& password, HashCost cost);
// False without any work for what hash_password() does not make with this cost: an empty hash locks
// an account, and who may write the database cannot make a daemon spend more time or memory.
bool password_matches(const Secret& password, const std::string& hash, HashCost cost);

}  // namespace msn::network::local

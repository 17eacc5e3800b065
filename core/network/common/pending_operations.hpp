// SPDX-License-Identifier: MIT
// Operations that wait for the server's answer, each with a deadline. The caller reports expired
// ones as accepted; events report their results later.
#pragma once
#include "core/network/common/deadlines.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace msn::network {

// Identifies an operation until its Done is called; 0: an internal operation without a Done.
using Token = std::uint64_t;
using Tokens = std::deque<Token>;

class PendingOperations {
 public:
  // `about` names the answer that completes the operation. Both tokens and deadlines must increase
  // from call to call. No effect for token 0.
  void add(Token, const std::string& about, SteadyTime until);
  bool waits(const std::string& about) const { return about_.contains(about); }
  // Each of these removes operations and returns their tokens in order: those that wait for
  // `about`, those whose deadline has passed, all.
  Tokens settle(const std::string& about);
  Tokens expire(SteadyTime now);
  Tokens abandon();
  std::optional<SteadyTime> deadline() const;

 private:
  struct Operation {
    std::string about;
    SteadyTime until;
  };
  Token take_first();

  std::map<Token, Operation> waiting_;
  std::map<std::string, Tokens> about_;  // no value is empty
};

}  // namespace msn::network

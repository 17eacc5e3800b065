// SPDX-License-Identifier: MIT
// Verbs that wait for the network's answer, but not for ever: after a time they are answered as
// accepted, and events report what comes of them.
#pragma once
#include "core/network/common/deadlines.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace msn::network {

// Identifies a verb until it is answered; 0: internal, not to be answered.
using Token = std::uint64_t;
using Tokens = std::deque<Token>;

class Promises {
 public:
  // Tokens rise, and so do their times. `about`: what settles it.
  void make(Token, const std::string& about, SteadyTime until);
  bool waits(const std::string& about) const { return about_.contains(about); }
  // Those that wait for it, in order; they wait no more.
  Tokens settle(const std::string& about);
  // Those whose time is over, in order; they wait no more.
  Tokens expire(SteadyTime now);
  // All that still wait, in order; none does after it.
  Tokens abandon();
  std::optional<SteadyTime> deadline() const;

 private:
  struct Promise {
    std::string about;
    SteadyTime until;
  };
  Token take_first();

  std::map<Token, Promise> waiting_;
  std::map<std::string, Tokens> about_;  // none of them empty
};

}  // namespace msn::network

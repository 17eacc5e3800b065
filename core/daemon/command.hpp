// SPDX-License-Identifier: MIT
// What the daemon's table knows of a request: its keyword, what it needs, and its handler.
//
// Arity and "is there a session" are checked from the descriptor before the handler runs
// (protocol 5.1 precedence). A handler returns what happened; it never sees a socket.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.hpp"
#include "core/protocol/request.hpp"

namespace msn::daemon {

class Context;

// The answer's octets, complete.
using Answer = std::string;
// The answer comes later: dispatch calls it once; it calls `done` once, now or later.
using Later = std::function<void(std::function<void(Result<Answer>)> done)>;
using Outcome = std::variant<Answer, Later>;

struct Command {
  std::string_view keyword;
  std::string_view arguments;  // for the manual's consistency test: "nick email"
  int min_words = 0;
  int max_words = 0;           // -1: any number
  enum class Needs { nothing, session, log } needs = Needs::nothing;
  // May the next request of the same connection begin before this one is answered? Answers stay in
  // order all the same.
  bool overlaps = false;
  Result<Outcome> (*run)(Context&, const protocol::Request&) = nullptr;
};

}  // namespace msn::daemon

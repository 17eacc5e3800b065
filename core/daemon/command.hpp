// SPDX-License-Identifier: MIT
// What the daemon's table knows of a request: what it needs, and its handler. The keyword itself
// stands in commands.cpp alone.
//
// Arity and "is there a session" are checked from the descriptor before the handler runs
// (protocol 5.1 precedence). A handler returns what happened; it never sees a socket.
#pragma once
#include "core/base/result.hpp"
#include "core/protocol/request.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>

namespace msn::daemon {

struct Context;

// The answer's octets, complete.
using Answer = std::string;
using Done = std::function<void(Result<Answer>)>;
// The answer comes later: dispatch calls it once, at once; it calls `done` once, now or later (not
// any more when the client has gone).
using Later = std::function<void(Done done)>;
using Outcome = std::variant<Answer, Later>;

struct Command {
  std::string_view arguments = {};  // for the manual's consistency test: "nick email"
  int min_words = 0;
  int max_words = 0;  // any_number: the rest are options, or ignored
  // session: ERR ENOTCONN without one; online: while reconnecting, too (protocol 13.9);
  // log: ERR ENOTCONN while nobody has logged in, so that there are no queues.
  enum class Needs { nothing, session, online, log } needs = Needs::nothing;
  // May the next request of the same connection begin before this one is answered? Answers stay in
  // order all the same.
  bool overlaps = false;
  // Its answer hands out events: not for a client that has gone.
  bool hands_out = false;
  Result<Outcome> (*run)(Context&, const protocol::Request&) = nullptr;
};

inline constexpr int any_number = -1;

}  // namespace msn::daemon

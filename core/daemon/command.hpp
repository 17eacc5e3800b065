// SPDX-License-Identifier: MIT
// One row of the daemon's table of requests: what a request needs, and its handler. The keyword
// itself stands only in commands.cpp.
//
// The number of words and the need for a session are checked from the row before the handler runs
// (protocol 5.1 precedence). A handler answers through its Reply; it never sees a socket.
#pragma once
#include "core/daemon/reply.hpp"
#include "core/protocol/request.hpp"

#include <string_view>

namespace msn::daemon {

struct Context;

struct Command {
  std::string_view arguments = {};  // for the manual's consistency test: "nick email"
  int min_words = 0;
  int max_words = 0;  // any_number: the rest are options, or ignored
  // session: ERR ENOTCONN without one, a session that reconnects being one; log: ERR ENOTCONN until
  // the first login, because there are no queues before it.
  enum class Needs { nothing, session, log } needs = Needs::nothing;
  // May the next request of the same connection begin before this one is answered? Answers stay in
  // order all the same.
  bool overlaps = false;
  // Its answer hands out events: it is not run for a client that has disconnected.
  bool hands_out = false;
  // The Context and the Request are valid only during the call.
  void (*run)(Context&, const protocol::Request&, Reply) = nullptr;
};

inline constexpr int any_number = -1;

}  // namespace msn::daemon

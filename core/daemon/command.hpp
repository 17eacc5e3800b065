// SPDX-License-Identifier: MIT
// One request: its preconditions and its handler. Its keyword is in the table of commands.cpp.
//
// dispatch() checks the preconditions (session, number of words) before it calls the handler, in
// the order of protocol 5.1. A handler answers through its Reply; it never sees a socket.
#pragma once
#include "core/daemon/reply.hpp"
#include "core/protocol/request.hpp"

#include <string_view>

namespace msn::daemon {

struct Context;

struct Command {
  std::string_view arguments = {};  // "nick email"; a test compares it with the manual
  int min_words = 0;
  int max_words = 0;  // any_number: further words are options, or are ignored
  // session: ERR ENOTCONN unless online or reconnecting. log: ERR ENOTCONN before the first login,
  // because there is no event log yet.
  enum class Needs { nothing, session, log } needs = Needs::nothing;
  // True: the next request of the same connection may begin before this one is answered. The
  // answers are sent in order in any case.
  bool overlaps = false;
  // True: the request hands out events, so it is not run for a client that has disconnected.
  bool hands_out = false;
  // The Context and the Request are valid only during the call.
  void (*run)(Context&, const protocol::Request&, Reply) = nullptr;
};

inline constexpr int any_number = -1;

}  // namespace msn::daemon

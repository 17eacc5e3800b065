// SPDX-License-Identifier: MIT
// `watch --exec`: runs a program for one event, without a shell.
#pragma once
#include "core/base/result.hpp"
#include "core/model/event.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

// The input of the program: the environment variables MSNC_EVENT, MSNC_EMAIL, MSNC_TEXT, MSNC_NICK,
// MSNC_TIME and MSNC_CURSOR, empty where the event has no such value, and the event as JSON on
// standard input.
struct EventInput {
  std::string kind, email, text, json;
  std::string nick = {}, time = {}, cursor = {};
};
EventInput event_input(const model::StampedEvent&, std::string_view account);

// Runs the program and waits for its exit. The result is empty if it exited with 0, otherwise how
// it ended ("exit 3"). Error: usage, if it could not be started. SIGINT and SIGTERM are forwarded
// to the program and then end this process. The caller must ignore SIGPIPE, because the program
// need not read its input, and must not ignore SIGCHLD.
Result<std::string> run_for_event(const std::vector<std::string>& words, const EventInput&);

}  // namespace msn::msnc

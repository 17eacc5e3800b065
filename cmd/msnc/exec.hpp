// SPDX-License-Identifier: MIT
// `watch --exec`: a program run for one event, without a shell.
#pragma once
#include "core/base/result.hpp"
#include "core/model/event.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

// What an event brings to the program: MSNC_EVENT, MSNC_EMAIL, MSNC_TEXT, MSNC_NICK, MSNC_TIME and
// MSNC_CURSOR, empty where the event has none, and JSON on its standard input.
struct EventInput {
  std::string kind, email, text, json;
  std::string nick = {}, time = {}, cursor = {};
};
EventInput event_input(const model::StampedEvent&, std::string_view account);

// Runs it to its end. The result is nothing if it exited 0, else how it ended ("exit 3"); an error
// if it could not be started (usage). INT and TERM meanwhile are passed on to it, and then end us.
// SIGPIPE must be ignored: the program need not read all of its input. SIGCHLD must not be.
Result<std::string> run_for_event(const std::vector<std::string>& words, const EventInput&);

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
// An error as it is told: what went wrong, what the daemon said, and what to do next.
#pragma once
#include "core/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace msn::msnc {

struct Failure {
  ErrorCode code{};
  std::string message;                // "not logged in"
  std::optional<std::string> reply;   // the daemon's line, if it was an ERR: "ERR ENOTCONN"
  std::string command;                // empty: none was named
  std::optional<std::string> socket;  // the address tried; nothing if none was
  int number = 0;                     // of a refused login: the network's
  std::optional<std::string> hint;    // what to do next, where the code alone cannot tell
  // What the command was about, for what is to be run next; empty: not known.
  std::string email = {};  // the address to log in with
  std::string queue = {};

  int exit() const { return exit_status(code); }
};

// A client's error is either a sentence of ours or the daemon's ERR line (client/calls.hpp).
Failure make_failure(Error, std::string_view command, std::optional<std::string> socket);

// What to do next, in one line or several; empty where the message has said it all. `program` is
// what a command for the same daemon begins with: "msnc -a work".
std::string advice(const Failure&, const std::string& program = "msnc");

}  // namespace msn::msnc

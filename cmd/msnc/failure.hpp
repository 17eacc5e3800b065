// SPDX-License-Identifier: MIT
// An error as it is reported to the user: what went wrong, the daemon's answer, and what to do
// next.
#pragma once
#include "core/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace msn::msnc {

struct Failure {
  ErrorCode code{};
  std::string message;                // "not logged in"
  std::optional<std::string> reply;   // the daemon's answer, if it was an ERR: "ERR ENOTCONN"
  std::string command;                // empty: none was given
  std::optional<std::string> socket;  // the address that was tried, if any
  int number = 0;                     // the network's error number of a refused login
  std::optional<std::string> hint;    // what to do next, if it does not follow from the code
  // Arguments for the commands in the advice; empty: not known.
  std::string email = {};  // the address to log in with
  std::string queue = {};

  int exit() const { return exit_status(code); }
};

// The message of an error from core/client is either a sentence or the daemon's ERR line
// (core/client/calls.hpp); an ERR line becomes `reply`, and a sentence is added.
Failure make_failure(Error, std::string_view command, std::optional<std::string> socket);

// What the user should do next, in one or more lines; empty if the message is enough. `program`:
// how a command for the same daemon begins, such as "msnc -a work".
std::string advice(const Failure&, const std::string& program = "msnc");

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
// The command line: finds the command's word, declares to CLI11 the options that the line names (a
// one-shot command lives for a millisecond, and declaring all of them costs as much as the rest of
// it), and says what was asked for.
#pragma once
#include "cmd/msnc/arguments.hpp"
#include "cmd/msnc/command.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

struct CommandLine {
  std::string word;                  // the command as typed; empty: none
  const Command* command = nullptr;  // nothing: not one of ours
  Arguments arguments;               // globals and the command's
  std::vector<std::string> rest;     // what follows a word that is not ours, or --exec
  std::optional<Error> error;        // usage

  // Known even if there is an error, so that the error is told in the right form.
  bool json = false;
};

CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace msn::msnc

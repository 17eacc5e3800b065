// SPDX-License-Identifier: MIT
// Parses the command line in two steps with CLI11: the global options up to the command's name,
// then the global options and those of that command. To declare the options of all commands would
// take longer than a command runs (about a millisecond).
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
  std::string word;                  // the command as typed; empty: none was given
  const Command* command = nullptr;  // null if `word` is not a command of msnc
  Arguments arguments;               // global options, and options and words of the command
  std::vector<std::string> rest;     // the words after --exec, or after an external command
  std::optional<Error> error;        // always usage
  bool json = false;                 // set even if there is an error, which is printed as JSON then
};

CommandLine parse_command_line(int argc, const char* const* argv);

// Parses the words after "msnc" of a line that is still being typed (completion.cpp). Missing and
// surplus arguments are no error.
CommandLine parse_unfinished(std::vector<std::string> words);

}  // namespace msn::msnc

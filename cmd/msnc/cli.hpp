// SPDX-License-Identifier: MIT
// The command line: CLI11 takes the global options up to the command's word, then that command's
// options as well. A one-shot command lives for a millisecond, and declaring the options of all
// commands would cost more than the rest of it.
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

// The words after "msnc" of a line that is still being typed (completion.cpp): what is missing or
// too much is no error.
CommandLine parse_unfinished(std::vector<std::string> words);

}  // namespace msn::msnc

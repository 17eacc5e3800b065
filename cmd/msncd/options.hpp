// SPDX-License-Identifier: MIT
// The command line of msncd(8): the daemon's options, and those of every network compiled in.
#pragma once
#include "cmd/msncd/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace msn::msncd {

struct Options {
  std::string account = "default";
  std::optional<std::string> config;
  std::optional<std::string> state_directory;
  std::optional<std::string> pid_file;
  bool detach = false;
  bool check_config = false;
  bool stop = false;
  Layer flags;
  // --help, --version: the text to print on standard output instead of running.
  std::optional<std::string> output;
};

// The shell command that stops the daemon of this account and state directory.
std::string stop_command(const Options&);

// `arguments` without the program name. Errors: usage, and the message names the option.
Result<Options> parse_options(std::vector<std::string> arguments, Networks);

}  // namespace msn::msncd

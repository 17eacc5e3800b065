// SPDX-License-Identifier: MIT
// The command line (msncd(8)): the daemon's own options, and those of every network compiled in.
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
  // --help, --version: this, on standard output, is all there is to do.
  std::optional<std::string> say;
};

// How to end the daemon that serves this account.
std::string stop_command(const Options&);

// The arguments without the program's name. usage: names the option.
Result<Options> parse_options(std::vector<std::string> arguments, Networks);

}  // namespace msn::msncd

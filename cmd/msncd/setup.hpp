// SPDX-License-Identifier: MIT
// What the program shall do: options over configuration over defaults, checked, paths absolute.
#pragma once
#include "cmd/msncd/config.hpp"
#include "cmd/msncd/options.hpp"
#include "cmd/msncd/settings.hpp"
#include "core/base/paths.hpp"
#include "core/base/result.hpp"

#include <string>
#include <vector>

namespace msn::msncd {

struct Setup {
  Options options;                           // as given; kept to read the file again
  std::string state_directory;               // $XDG_STATE_HOME/msncd or --state-dir
  const network::Driver* network = nullptr;  // never null
  Layer chosen;                              // everything else

  LogLevel log_level() const { return chosen.log_level.value_or(LogLevel::info); }
  store::Durability durability() const {
    return chosen.durability.value_or(store::Durability::full);
  }
};

// $XDG_STATE_HOME/msncd or --state-dir.
std::string state_directory_of(const Options&, const Environment&);
// Held by the daemon that serves the account.
std::string lock_of(const std::string& state_directory, const std::string& account);

// Reads the file and puts the options on it. usage: names option, or file, line and key.
Result<Setup> make_setup(Options, Networks, const Environment&);

// What differs in `fresh` and can be changed only by a restart: the keys' names.
std::vector<std::string> needing_restart(const Setup& running, const Setup& fresh);

}  // namespace msn::msncd

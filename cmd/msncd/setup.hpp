// SPDX-License-Identifier: MIT
// The complete setup: options override the configuration, which overrides the defaults. Checked,
// with absolute paths.
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
  Options options;                           // as given; needed to reload the configuration
  std::string state_directory;               // $XDG_STATE_HOME/msncd or --state-dir
  const network::Driver* network = nullptr;  // never null
  Layer chosen;                              // all other settings

  LogLevel log_level() const { return chosen.log_level.value_or(LogLevel::info); }
  store::Durability durability() const {
    return chosen.durability.value_or(store::Durability::full);
  }
};

// --state-dir, or $XDG_STATE_HOME/msncd.
std::string state_directory_of(const Options&, const Environment&);
// The lock file of the daemon that serves the account.
std::string lock_of(const std::string& state_directory, const std::string& account);

// Reads the configuration and applies the options. usage: the message names the option, or file,
// line and key.
Result<Setup> make_setup(Options, Networks, const Environment&);

// The keys that differ in `fresh` and whose change needs a restart.
std::vector<std::string> needing_restart(const Setup& running, const Setup& fresh);

}  // namespace msn::msncd

// SPDX-License-Identifier: MIT
// The configuration file (msnc(5)), INI as base/ini.hpp reads it.
#pragma once
#include "cmd/msncd/settings.hpp"

#include <map>
#include <string>
#include <string_view>

namespace msn::msncd {

struct Config {
  Layer common;                           // keys before the first section, and [network.NAME]
  std::map<std::string, Layer> accounts;  // [account.NAME]
  // What it says for an account: its section on the common keys.
  Layer layer_for(const std::string& account) const;
};

// `file` is its name for messages. Errors are usage: "FILE:LINE: KEY: what is wrong".
Result<Config> parse_config(std::string_view text, const std::string& file, Networks);
// usage if it cannot be read.
Result<Config> read_config(const std::string& file, Networks);

}  // namespace msn::msncd

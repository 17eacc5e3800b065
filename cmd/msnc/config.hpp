// SPDX-License-Identifier: MIT
// The settings of msnc in the configuration (msnc(5)).
#pragma once
#include "cmd/config.hpp"
#include "cmd/msnc/output.hpp"
#include "core/pipe/pipe.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

struct AccountConfig {
  std::string account = "default";  // the account that these settings are for
  std::optional<std::string> email, password_command, password_file;
  std::optional<std::string> socket;  // default: the first address of `listen` a client can use
  std::optional<OutputOptions::Color> color;
  std::optional<pipe::Patience> timeout;
  std::optional<bool> autostart;
};

// The settings for the account; default: the account that the configuration names, or "default".
// Error usage, with file, line and key: a key of msnc has an invalid value, for any account.
// Sections and keys of networks are skipped.
Result<AccountConfig> config_for(const std::vector<ConfigFile>&,
                                 std::optional<std::string> account);

// Parses "auto", "always" or "never"; nullopt for anything else.
std::optional<OutputOptions::Color> parse_color(std::string_view);
// Parses seconds ("10", "0.5"; 0 means forever); nullopt if it is no such number.
std::optional<pipe::Patience> parse_timeout(std::string_view);

}  // namespace msn::msnc

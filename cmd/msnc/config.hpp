// SPDX-License-Identifier: MIT
// What the configuration (msnc(5)) says to msnc.
#pragma once
#include "cmd/config.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

struct AccountConfig {
  std::string account = "default";  // the one this is for
  std::optional<std::string> email, password_command, password_file;
  std::optional<std::string> socket;  // else the first address of `listen` that a client can use
  std::optional<std::string> color, timeout;
  std::string timeout_place;  // "FILE:3: timeout"
  std::optional<bool> autostart;
};

// What holds for the account; for the one that the configuration names, or `default`, if none is
// given. A value of msnc's that cannot be, also one for another account, is
// usage and names file, line and key.
Result<AccountConfig> config_for(const std::vector<ConfigFile>&,
                                 std::optional<std::string> account);

}  // namespace msn::msnc

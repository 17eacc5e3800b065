// SPDX-License-Identifier: MIT
// What the configuration (msnc(5)) says to msnc.
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
  std::string account = "default";  // the one this is for
  std::optional<std::string> email, password_command, password_file;
  std::optional<std::string> socket;  // else the first address of `listen` that a client can use
  std::optional<OutputOptions::Color> color;
  std::optional<pipe::Patience> timeout;
  std::optional<bool> autostart;
};

// What holds for the account; for the one that the configuration names, or `default`, if none is
// given. A value of a key of msnc that cannot be, also one for another account, is usage and names
// file, line and key. Networks and their keys are passed over: msnc knows none.
Result<AccountConfig> config_for(const std::vector<ConfigFile>&,
                                 std::optional<std::string> account);

// "auto", "always" or "never"; nothing: it is none of them.
std::optional<OutputOptions::Color> parse_color(std::string_view);
// Seconds, "10" or "0.5"; 0 is for ever. Nothing: it is no such number.
std::optional<pipe::Patience> parse_timeout(std::string_view);

}  // namespace msn::msnc

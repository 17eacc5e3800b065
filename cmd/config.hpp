// SPDX-License-Identifier: MIT
// The configuration files of both programs (msnc(5)): finds and parses them, and checks sections
// and keys. Each program checks the values of its own keys.
#pragma once
#include "core/base/paths.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn {

struct ConfigItem {
  std::optional<std::string> account;  // no value: applies to every account
  std::string network;                 // of [network.NAME]; empty: a key of msnc or msncd
  std::string key, value;              // paths are absolute, except those of network settings
  std::string place;                   // "FILE:3: key"
};

// The items of one file, in order. An item for one account overrides one for every account.
using ConfigFile = std::vector<ConfigItem>;

// Errors: usage, with the message "FILE:LINE: ...", for an unknown section or key, a key given
// twice, two password sources in one section, and a relative path.
Result<ConfigFile> parse_config(std::string_view text, std::string_view file, const Environment&);

// Expands `~/` to the home directory. usage: the path is relative; the message does not name the
// key. An empty path stays empty.
Result<std::string> config_path(std::string value, const Environment&);

// /etc/msnc/config and the user's file, which overrides it; or only the file `named` (--config,
// MSNC_CONFIG), which must exist. usage: a file is invalid, too large, not trusted
// (base/trusted_file.hpp) or unreadable. An unreadable default file in another user's home counts
// as missing.
Result<std::vector<ConfigFile>> read_config(const Environment&,
                                            std::optional<std::string_view> named,
                                            const std::string& system_file = "/etc/msnc/config");

// "a, b or c"
std::string one_of(const std::vector<std::string>& words);

}  // namespace msn

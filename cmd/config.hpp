// SPDX-License-Identifier: MIT
// The configuration of both programs (msnc(5)): which files there are, which sections and keys they
// may have, and what each says. The values of a program's own keys are that program's business.
#pragma once
#include "core/base/paths.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn {

struct ConfigItem {
  std::optional<std::string> account;  // nothing: it is for every account
  std::string network;                 // of [network.NAME]; empty: a key of the programs
  std::string key, value;              // paths of the programs' keys are absolute
  std::string place;                   // "FILE:3: key"
};

// One file's items, in its order. An item for one account counts more than one for every account.
using ConfigFile = std::vector<ConfigItem>;

// usage, "FILE:LINE: what is wrong": an unknown section, a key that neither program has, a key
// given twice, both sources of a password in one place, a relative path.
Result<ConfigFile> parse_config(std::string_view text, std::string_view file, const Environment&);

// A path of the configuration, absolute; `~/` is the home directory. usage, without the key: it is
// relative. An empty one stays empty.
Result<std::string> config_path(std::string value, const Environment&);

// /etc/msnc/config and the user's file, of which the later counts more; or only the one that was
// named (--config, MSNC_CONFIG), which must exist. usage: wrong, too long, unreadable (but for a
// default one in another user's home, which counts as missing), or not to be trusted
// (base/trusted_file.hpp).
Result<std::vector<ConfigFile>> read_config(const Environment&,
                                            std::optional<std::string_view> named,
                                            const std::string& system_file = "/etc/msnc/config");

// "a, b or c"
std::string one_of(const std::vector<std::string>& words);

}  // namespace msn

// SPDX-License-Identifier: MIT
// The daemon's settings from the configuration files (msnc(5)).
#pragma once
#include "cmd/config.hpp"
#include "cmd/msncd/settings.hpp"

#include <string>
#include <vector>

namespace msn::msncd {

// The settings that apply to the account. usage, with file, line and key: an invalid value of a key
// of msncd (in the section of another account, too), an unknown network, an unknown setting of a
// network, a relative path.
Result<Layer> config_for(const std::vector<ConfigFile>&, const std::string& account, Networks,
                         const Environment&);

}  // namespace msn::msncd

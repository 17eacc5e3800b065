// SPDX-License-Identifier: MIT
// What the configuration (msnc(5)) says to msncd.
#pragma once
#include "cmd/config.hpp"
#include "cmd/msncd/settings.hpp"

#include <string>
#include <vector>

namespace msn::msncd {

// What holds for the account. A value of msncd's that cannot be, also one for another account, and
// an unknown network or setting of one, or a relative path in one, are usage and name file, line
// and key.
Result<Layer> config_for(const std::vector<ConfigFile>&, const std::string& account, Networks,
                         const Environment&);

}  // namespace msn::msncd

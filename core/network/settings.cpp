// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/network/network.hpp"

#include <algorithm>

namespace msn::network {

Result<void> check_settings(const Driver& driver, const Settings& settings) {
  for (const auto& given : settings) {
    const std::string& name = given.first;  // clang 14 cannot capture a structured binding
    const auto known =
        std::find_if(driver.settings.begin(), driver.settings.end(),
                     [&](const Driver::Setting& setting) { return setting.name == name; });
    if (known == driver.settings.end())
      return fail(ErrorCode::usage, visible(name) + ": not a setting of the network '" +
                                        std::string(driver.name) + "'");
    if (auto good = known->check(given.second); !good)
      return fail(good.error().code, name + ": " + good.error().message);
  }
  return {};
}

}  // namespace msn::network

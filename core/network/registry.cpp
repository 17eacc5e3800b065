// SPDX-License-Identifier: MIT
#include "core/network/registry.hpp"

#include "core/network/local/driver.hpp"
#include "core/network/msnp/driver.hpp"

#include <algorithm>
#include <array>

namespace msn::network {
namespace {
const std::array all{&local::driver(), &msnp::driver()};
}

std::span<const Driver* const> drivers() {
  return all;
}

const Driver* find_driver(std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](auto* d) { return d->name == name; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace msn::network

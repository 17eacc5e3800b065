// SPDX-License-Identifier: MIT
// The embedded network of this machine, in one SQLite database (msncd(8)).
#pragma once
#include "core/network/network.hpp"

namespace msn::network::local {

const Driver& driver();

}  // namespace msn::network::local

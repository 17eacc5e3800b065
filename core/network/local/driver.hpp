// SPDX-License-Identifier: MIT
// The driver of the network "local", which is embedded in msncd: one SQLite database (msncd(8)).
#pragma once
#include "core/network/network.hpp"

namespace msn::network::local {

const Driver& driver();

}  // namespace msn::network::local

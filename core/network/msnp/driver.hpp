// SPDX-License-Identifier: MIT
// MSN-compatible servers: Escargot, CrossTalk, self-hosted ones; see msncd(8).
#pragma once
#include "core/network/msnp/msnp_network.hpp"
#include "core/network/network.hpp"

namespace msn::network::msnp {

const Driver& driver();
// Checks and converts the settings; fails (usage) as Driver::create does.
Result<Options> read_settings(const Settings&);

}  // namespace msn::network::msnp

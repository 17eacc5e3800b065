// SPDX-License-Identifier: MIT
// The compiled-in networks. Used only by cmd/msncd and tests.
#pragma once
#include "core/network/network.hpp"

#include <span>

namespace msn::network {

// All drivers; the first is the default.
std::span<const Driver* const> drivers();
const Driver* find_driver(std::string_view name);  // nullptr: no driver has this name

}  // namespace msn::network

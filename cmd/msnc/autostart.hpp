// SPDX-License-Identifier: MIT
// --autostart: brings msncd up where nobody listens. Silent, and one starter at a time.
#pragma once
#include "core/base/result.hpp"
#include "core/pipe/address.hpp"

#include <string>
#include <string_view>

namespace msn::msnc {

// Returns when somebody listens at `address`, started by us or by another who was faster.
// `explicit_address`: it was named, so msncd has to be told of it. no_daemon: it did not come up.
Result<void> autostart(const pipe::Address& address, std::string_view account,
                       bool explicit_address);

}  // namespace msn::msnc

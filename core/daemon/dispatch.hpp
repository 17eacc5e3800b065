// SPDX-License-Identifier: MIT
// Calls the handler of a request, after the checks of protocol 5.1. Catches exceptions.
#pragma once
#include "core/base/log.hpp"
#include "core/daemon/commands.hpp"
#include "core/daemon/context.hpp"

namespace msn::daemon {

// The request may be answered after the return. `row` is null for an unknown keyword. An exception
// of the handler is logged, and the request is answered "internal error" if it has no answer yet.
void dispatch(Context&, const Row* row, const protocol::Request&, Log&, Reply);

}  // namespace msn::daemon

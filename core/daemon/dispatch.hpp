// SPDX-License-Identifier: MIT
// From a request to its handler: the precedence of errors (protocol 5.1), and the safety net for
// exceptions.
#pragma once
#include "core/base/log.hpp"
#include "core/daemon/commands.hpp"
#include "core/daemon/context.hpp"

namespace msn::daemon {

// Answers the request now or later. `row` is null for an unknown keyword. An exception of the
// handler is logged, and answered with "internal error" if it has not answered before.
void dispatch(Context&, const Row* row, const protocol::Request&, Log&, Reply);

}  // namespace msn::daemon

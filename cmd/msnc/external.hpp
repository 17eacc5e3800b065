// SPDX-License-Identifier: MIT
// `msnc NAME ...` for a NAME that is not ours: the program msnc-NAME of the PATH.
#pragma once
#include "cmd/msnc/context.hpp"

namespace msn::msnc {

// Becomes that program; returns only if there is none, or it cannot be run (the error).
Result<void> run_external(Context&);

// What programs that msnc starts find in their environment: MSNC, MSNC_SOCKET, MSNC_ACCOUNT.
Result<void> export_environment(Context&);

}  // namespace msn::msnc

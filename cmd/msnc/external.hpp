// SPDX-License-Identifier: MIT
// External commands: `msnc NAME ...` runs the program msnc-NAME in PATH if msnc has no command
// NAME.
#pragma once
#include "cmd/msnc/context.hpp"

namespace msn::msnc {

// Replaces this process by the program. Returns without an error if there is no such program.
// Error: usage, if the program cannot be run.
Result<void> run_external(Context&);

// Sets the environment variables MSNC, MSNC_SOCKET and MSNC_ACCOUNT for programs that msnc starts.
Result<void> export_environment(Context&);

}  // namespace msn::msnc

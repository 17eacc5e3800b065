// SPDX-License-Identifier: MIT
// Runs what the command line asks for, and tells how it ended.
#pragma once
#include "cmd/msnc/cli.hpp"
#include "core/base/paths.hpp"

namespace msn::msnc {

// msnc's exit status. Prints on `out` and `err`.
int run_program(int argc, const char* const* argv, const Environment&, int out, int err);

}  // namespace msn::msnc

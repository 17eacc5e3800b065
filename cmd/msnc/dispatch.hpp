// SPDX-License-Identifier: MIT
// Runs the command of a command line and reports its errors.
#pragma once
#include "cmd/msnc/cli.hpp"
#include "core/base/paths.hpp"

namespace msn::msnc {

// Runs msnc, which prints on the descriptors `out` and `err`. Returns its exit status.
int run_program(int argc, const char* const* argv, const Environment&, int out, int err);

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
// msnc: one exchange with msncd, and out.
#include "cmd/msnc/dispatch.hpp"
#include "core/base/startup.hpp"

#include <csignal>
#include <unistd.h>

int main(int argc, char** argv) {
  msn::hold_standard_descriptors();
  msn::reset_signals();
  // A reader that went away shows as an error of write(), and nothing is acknowledged.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // so does a file that has become too large
  return msn::msnc::run_program(argc, argv, msn::process_environment(), STDOUT_FILENO,
                                STDERR_FILENO);
}

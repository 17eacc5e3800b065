// SPDX-License-Identifier: MIT
// msnc: the command-line client of msncd.
#include "cmd/msnc/dispatch.hpp"
#include "core/base/startup.hpp"

#include <csignal>
#include <unistd.h>

int main(int argc, char** argv) {
  msn::hold_standard_descriptors();
  msn::reset_signals();
  // A closed pipe and a file that is too large become errors of write(), after which events are not
  // acknowledged.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  return msn::msnc::run_program(argc, argv, msn::process_environment(), STDOUT_FILENO,
                                STDERR_FILENO);
}

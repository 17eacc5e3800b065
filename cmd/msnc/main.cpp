// SPDX-License-Identifier: MIT
// msnc: one exchange with msncd, and out.
#include "cmd/msnc/dispatch.hpp"

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace {

// A descriptor of ours must not become 0, 1 or 2, or what we print would go to the daemon. What
// was closed is held by one that can neither be read (0) nor written (1, 2).
void hold_standard_descriptors() {
  pollfd standard[3]{{0, 0, 0}, {1, 0, 0}, {2, 0, 0}};
  if (::poll(standard, 3, 0) <= 0) return;
  for (const auto& it : standard)
    if ((it.revents & POLLNVAL) != 0) (void)::open("/dev/null", it.fd == 0 ? O_WRONLY : O_RDONLY);
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_descriptors();
  // A reader that went away shows as an error of write(), and nothing is acknowledged.
  std::signal(SIGPIPE, SIG_IGN);
  // Whoever started us may ignore it, and then the system would not tell how our children ended.
  std::signal(SIGCHLD, SIG_DFL);
  return msn::msnc::run_program(argc, argv, msn::process_environment(), STDOUT_FILENO,
                                STDERR_FILENO);
}

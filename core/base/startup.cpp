// SPDX-License-Identifier: MIT
#include "core/base/startup.hpp"

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace msn {

void hold_standard_descriptors() {
  pollfd standard[3]{{0, 0, 0}, {1, 0, 0}, {2, 0, 0}};
  if (::poll(standard, 3, 0) <= 0) return;
  // open() returns the lowest free number, so each closed one is opened in turn.
  for (const auto& it : standard)
    if ((it.revents & POLLNVAL) != 0) (void)::open("/dev/null", it.fd == 0 ? O_WRONLY : O_RDONLY);
}

void reset_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGCHLD, SIG_DFL);
}

void close_inherited_descriptors(int first) {
  ::closefrom(first);
}

void guard_memory() {
  ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace msn

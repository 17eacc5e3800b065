// SPDX-License-Identifier: MIT
// To be preloaded into a program: a machine with a slow disk and a busy processor, on which writes
// and turns of the event loop are delayed at random. A test that depends on speed fails there
// sooner or later.
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace {

constexpr long ms = 1'000'000;

long random_number() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_nsec / 64;
}

void wait_up_to(long nanoseconds) {
  const timespec delay{0, random_number() * 64 % nanoseconds};
  ::nanosleep(&delay, nullptr);
}

}  // namespace

extern "C" int fsync(int fd) {
  wait_up_to(200 * ms);
  return static_cast<int>(::syscall(SYS_fsync, fd));
}
extern "C" int fdatasync(int fd) {
  wait_up_to(200 * ms);
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}
extern "C" int epoll_wait(int fd, epoll_event* events, int most, int timeout) {
  if (random_number() % 4 == 0) wait_up_to(50 * ms);
  return ::epoll_pwait(fd, events, most, timeout, nullptr);
}

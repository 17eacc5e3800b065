// SPDX-License-Identifier: MIT
#include "core/base/thread.hpp"

#include <catch2/catch.hpp>

using namespace msn;

namespace {

bool is_blocked(int signal) {
  sigset_t mask;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return ::sigismember(&mask, signal) == 1;
}

}  // namespace

TEST_CASE("a thread gets no signals and its creator gets them as before") {
  bool blocked = false;
  start_thread([&] { blocked = is_blocked(SIGTERM) && is_blocked(SIGHUP); }).join();
  CHECK(blocked);
  CHECK_FALSE(is_blocked(SIGTERM));
}

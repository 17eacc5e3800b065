// SPDX-License-Identifier: MIT
// Waiting with an end: what all bindings need of poll(2) and the monotonic clock.
#pragma once
#include "core/base/result.hpp"
#include "core/pipe/pipe.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace msn::pipe {

// The end of one silence.
class Deadline {
 public:
  explicit Deadline(Patience patience) {
    if (patience) end_ = std::chrono::steady_clock::now() + *patience;
  }
  // As poll(2) takes it: milliseconds, rounded up so that it never spins; 0 when over, -1: never.
  int left() const;

 private:
  std::optional<std::chrono::steady_clock::time_point> end_;
};

// Waits for one of poll(2)'s `events` on `fd`, signals notwithstanding. False: the deadline came.
bool wait_for(int fd, short events, const Deadline&);

// For what the kernel has no event for (a full backlog, a file lock): waits 1 ms, then twice as
// long each time up to 50 ms, so that a long wait costs nothing and a short one stays short.
class BackOff {
 public:
  // False: the deadline came.
  bool wait(const Deadline&);

 private:
  int pause_ = 1;
};

// "10 s", "0.25 s"
std::string patience_text(Patience);

// An errno of connecting to `address`: no_daemon, no_access, or protocol.
Error connect_error(int error, const Address&);

}  // namespace msn::pipe

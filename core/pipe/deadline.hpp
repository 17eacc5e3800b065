// SPDX-License-Identifier: MIT
// Waiting up to a deadline: poll(2) and the monotonic clock, for all bindings.
#pragma once
#include "core/base/result.hpp"
#include "core/pipe/pipe.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace msn::pipe {

// The time at which the patience for one operation ends.
class Deadline {
 public:
  explicit Deadline(Patience patience) {
    if (patience) end_ = std::chrono::steady_clock::now() + *patience;
  }
  // The time left as a timeout for poll(2): milliseconds, rounded up to avoid a busy loop; 0: over,
  // -1: no deadline.
  int left() const;

 private:
  std::optional<std::chrono::steady_clock::time_point> end_;
};

// Waits for one of poll(2)'s `events` on `fd` and continues after signals. False: timeout.
bool wait_for(int fd, short events, const Deadline&);

// Retry pauses for conditions without a kernel event (a full backlog, a file lock): 1 ms, doubled
// each time up to 50 ms.
class BackOff {
 public:
  // False: timeout.
  bool wait(const Deadline&);

 private:
  int pause_ = 1;
};

// "10 s", "0.25 s"
std::string patience_text(Patience);

// The error for an errno of connecting to `address`: no_daemon or no_access.
Error connect_error(int error, const Address&);

}  // namespace msn::pipe

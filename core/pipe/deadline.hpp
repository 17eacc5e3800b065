// SPDX-License-Identifier: MIT
// Waiting up to a deadline: poll(2) and the monotonic clock, for all bindings.
#pragma once
#include "core/base/result.hpp"
#include "core/pipe/pipe.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace msn::pipe {

// The time at which one operation times out.
class Deadline {
 public:
  explicit Deadline(Patience patience) {
    if (patience) end_ = std::chrono::steady_clock::now() + *patience;
  }
  // The time left, as poll(2)'s timeout: milliseconds, rounded up to avoid a busy loop; 0: the time
  // is over, -1: no deadline.
  int left() const;

 private:
  std::optional<std::chrono::steady_clock::time_point> end_;
};

// Waits for one of poll(2)'s `events` on `fd`, also across signals. True also for an error or a
// hang-up, which the next read or write reports. False: timeout.
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

// "10 s", "0.25 s", for the message "no answer within …". nullopt: "ever".
std::string patience_text(Patience);

// The error for an errno of connecting to `address`: no_daemon or no_access.
Error connect_error(int error, const Address&);

}  // namespace msn::pipe

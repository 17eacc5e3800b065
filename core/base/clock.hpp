// SPDX-License-Identifier: MIT
// The clocks, behind an interface so that tests can set the time.
#pragma once
#include <chrono>

namespace msn {

using Milliseconds = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Milliseconds>;  // UTC

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;                                      // the wall clock; it may jump
  virtual std::chrono::steady_clock::time_point steady() const = 0;  // monotonic, for deadlines
};

class SystemClock final : public Clock {
 public:
  Time now() const override {
    return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
  }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace msn

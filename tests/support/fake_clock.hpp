// SPDX-License-Identifier: MIT
// A clock that moves only when a test says so. Wall clock and deadlines move together.
#pragma once
#include "core/base/clock.hpp"

#include <chrono>

namespace msn::test {

class FakeClock final : public Clock {
 public:
  Time now() const override { return now_; }
  std::chrono::steady_clock::time_point steady() const override { return steady_; }

  void advance(Milliseconds by) {
    now_ += by;
    steady_ += by;
  }
  void set(Time now) { now_ = now; }

 private:
  Time now_{std::chrono::sys_days{std::chrono::year{2024} / 5 / 17} + std::chrono::hours{12}};
  std::chrono::steady_clock::time_point steady_{std::chrono::hours{1}};
};

}  // namespace msn::test

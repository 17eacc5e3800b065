// SPDX-License-Identifier: MIT
// A loop and a clock that tests drive by hand.
#pragma once
#include "core/base/clock.hpp"
#include "core/daemon/daemon.hpp"
#include "tests/support/remembering_log.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace msn::test {

class FakeClock final : public Clock {
 public:
  Time now() const override { return now_; }
  std::chrono::steady_clock::time_point steady() const override { return steady_; }
  void advance(Milliseconds by) {
    now_ += by;
    steady_ += by;
  }

 private:
  Time now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours(15)};
  std::chrono::steady_clock::time_point steady_{std::chrono::hours(1)};
};

class FakeLoop final : public daemon::Loop {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  void post(std::function<void()> action) override { actions_.push_back(std::move(action)); }
  // The earliest of all daemons that use it: a daemon may be woken too early.
  void wake_at(Moment moment) override { wake_ = wake_ ? std::min(*wake_, moment) : moment; }

  // One turn; what is posted during it runs in the next.
  void turn() {
    for (std::size_t count = actions_.size(); count > 0; --count) {
      const auto action = std::move(actions_.front());
      actions_.pop_front();
      action();
    }
  }
  void run() {
    while (!actions_.empty()) turn();
  }
  bool empty() const { return actions_.empty(); }
  const std::optional<Moment>& wake() const { return wake_; }
  void woken() { wake_.reset(); }

 private:
  std::deque<std::function<void()>> actions_;
  std::optional<Moment> wake_;
};

}  // namespace msn::test

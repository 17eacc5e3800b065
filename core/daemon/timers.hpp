// SPDX-License-Identifier: MIT
// Any number of deadlines on the loop's only timer. Actions run inside run(), on the loop thread.
#pragma once
#include "core/base/clock.hpp"
#include "core/daemon/loop.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace msn::daemon {

class Timers {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  // Identifies one action. Cancelling the default Id, or one that has run, does nothing.
  using Id = std::pair<Moment, std::uint64_t>;

  Timers(Loop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}

  // Runs the action once, after the delay.
  Id in(std::chrono::milliseconds delay, std::function<void()> action);
  void cancel(const Id& id) { actions_.erase(id); }
  // Runs all due actions, then requests the next wake-up.
  void run();

 private:
  Loop& loop_;
  const Clock& clock_;
  std::map<Id, std::function<void()>> actions_;
  std::uint64_t last_ = 0;
};

}  // namespace msn::daemon

// SPDX-License-Identifier: MIT
// Many deadlines on the loop's one timer. Actions run on the loop, from run().
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
  // Names one action; the default names none, and cancelling it does nothing.
  using Id = std::pair<Moment, std::uint64_t>;

  Timers(Loop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}

  Id in(std::chrono::milliseconds delay, std::function<void()> action);
  void cancel(const Id& id) { actions_.erase(id); }
  // Runs everything that is due, then asks for the next wake-up.
  void run();

 private:
  Loop& loop_;
  const Clock& clock_;
  std::map<Id, std::function<void()>> actions_;
  std::uint64_t last_ = 0;
};

}  // namespace msn::daemon

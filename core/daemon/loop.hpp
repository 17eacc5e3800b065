// SPDX-License-Identifier: MIT
// The event loop as the daemon's core sees it, so that tests can move time by hand.
#pragma once
#include <chrono>
#include <functional>

namespace msn::daemon {

class Loop {
 public:
  virtual ~Loop() = default;
  // Runs the action later, in the same thread, after all actions posted before it.
  virtual void post(std::function<void()> action) = 0;
  // One timer serves all: calls Daemon::on_time() at or after that moment; replaces the last one.
  virtual void wake_at(std::chrono::steady_clock::time_point) = 0;
};

}  // namespace msn::daemon

// SPDX-License-Identifier: MIT
// The event loop that the daemon's core runs on; tests replace it. One thread.
#pragma once
#include <chrono>
#include <functional>

namespace msn::daemon {

class Loop {
 public:
  virtual ~Loop() = default;
  // Runs the action later on the loop thread, after all actions posted earlier.
  virtual void post(std::function<void()> action) = 0;
  // Arms the loop's only timer, replacing the previous time: calls Daemon::on_time() then or later.
  virtual void wake_at(std::chrono::steady_clock::time_point) = 0;
};

}  // namespace msn::daemon

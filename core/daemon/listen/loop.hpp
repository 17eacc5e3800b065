// SPDX-License-Identifier: MIT
// daemon::Loop on an asio::io_context.
#pragma once
#include "core/daemon/daemon.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <functional>

namespace msn::daemon::listen {

class AsioLoop final : public Loop {
 public:
  explicit AsioLoop(asio::io_context& loop) : loop_(loop), timer_(loop) {}

  // Sets the function that the timer calls: Daemon::on_time(). Call it before the first wake_at().
  void on_time(std::function<void()> call) { call_ = std::move(call); }

  void post(std::function<void()> action) override;
  void wake_at(std::chrono::steady_clock::time_point) override;

 private:
  using Moment = std::chrono::steady_clock::time_point;
  void arm(Moment);

  asio::io_context& loop_;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>,
                             asio::io_context::executor_type>
      timer_;
  std::function<void()> call_;
  Moment wanted_ = Moment::max();
  Moment armed_ = Moment::max();  // never later than wanted_
};

}  // namespace msn::daemon::listen

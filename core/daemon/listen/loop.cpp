// SPDX-License-Identifier: MIT
#include "core/daemon/listen/loop.hpp"

#include <asio/post.hpp>

#include <utility>

namespace msn::daemon::listen {

void AsioLoop::post(std::function<void()> action) {
  asio::post(loop_, std::move(action));
}

void AsioLoop::wake_at(Moment moment) {
  wanted_ = moment;
  // A later time does not re-arm the timer, to save system calls: it fires early and is re-armed
  // then.
  if (moment < armed_) arm(moment);
}

void AsioLoop::arm(Moment moment) {
  armed_ = moment;
  timer_.expires_at(moment);
  timer_.async_wait([this](const asio::error_code& error) {
    if (error) return;  // re-armed, or the loop is being destroyed
    armed_ = Moment::max();
    if (wanted_ > std::chrono::steady_clock::now()) {
      if (wanted_ != Moment::max()) arm(wanted_);
      return;
    }
    wanted_ = Moment::max();
    if (call_) call_();
  });
}

}  // namespace msn::daemon::listen

// SPDX-License-Identifier: MIT
#include "core/network/common/callback_queue.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <utility>

namespace msn::network {

CallbackQueue::CallbackQueue(const Dependencies& dependencies)
    : loop_(dependencies.loop),
      listener_(dependencies.listener),
      clock_(dependencies.clock),
      timer_(dependencies.loop) {}

Token CallbackQueue::token(Network::Done done) {
  waiting_.emplace(++last_token_, std::move(done));
  return last_token_;
}

void CallbackQueue::finish(Token token, Result<void> result) {
  auto node = waiting_.extract(token);
  if (node.empty()) return;
  post([done = std::move(node.mapped()), result = std::move(result)]() mutable {
    if (done) done(std::move(result));
  });
}

void CallbackQueue::emit(Batch batch) {
  post([this, batch = std::move(batch)]() mutable { listener_.on_batch(std::move(batch)); });
}

void CallbackQueue::report(State state) {
  post([this, state] { listener_.on_state(state); });
}

void CallbackQueue::post(std::function<void()> call) {
  calls_.push_back(std::move(call));
  if (std::exchange(delivering_, true)) return;
  asio::post(loop_, [this, still = alive_] {
    if (*still) deliver();
  });
}

void CallbackQueue::deliver() {
  delivering_ = false;
  const auto still = alive_;
  auto calls = std::exchange(calls_, {});
  // A call may destroy this object, so it must own itself while it runs.
  while (!calls.empty()) {
    auto call = std::move(calls.front());
    calls.pop_front();
    call();
    if (!*still) return;
  }
}

void CallbackQueue::set_timer(std::optional<SteadyTime> time, std::function<void()> on_time) {
  if (!time) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::max<SteadyTime::duration>(*time - now(), std::chrono::milliseconds(1)));
  timer_.async_wait([call = std::move(on_time), still = alive_](const std::error_code& error) {
    if (!error && *still) call();
  });
}

}  // namespace msn::network

// SPDX-License-Identifier: MIT
// Calls the daemon as network.hpp promises: each operation's Done once, results and events in
// order, nothing from inside an operation or after the network is destroyed. Loop thread only.
#pragma once
#include "core/network/common/pending_operations.hpp"
#include "core/network/network.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace msn::network {

class CallbackQueue {
 public:
  explicit CallbackQueue(const Dependencies&);
  ~CallbackQueue() { *alive_ = false; }
  CallbackQueue(const CallbackQueue&) = delete;
  CallbackQueue& operator=(const CallbackQueue&) = delete;

  SteadyTime now() const { return clock_.steady(); }
  // Stores the Done of an operation until finish(), and returns its token. Tokens increase.
  Token token(Network::Done);

  // Each posts a call to the loop. The calls are made in the order in which they were posted.
  void finish(Token, Result<void>);  // no effect on a token that is already finished
  void emit(Batch);                  // Listener::on_batch
  void report(State);                // Listener::on_state
  void post(std::function<void()> call);

  // Calls `on_time` at that time. Replaces the previous timer; nullopt only cancels it.
  void set_timer(std::optional<SteadyTime>, std::function<void()> on_time);

 private:
  void deliver();

  asio::io_context& loop_;
  Listener& listener_;
  Clock& clock_;
  asio::steady_timer timer_;
  std::map<Token, Network::Done> waiting_;
  Token last_token_ = 0;
  std::deque<std::function<void()>> calls_;
  bool delivering_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace msn::network

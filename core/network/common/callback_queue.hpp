// SPDX-License-Identifier: MIT
// What every network owes the daemon, whatever it speaks: a verb's Done is called once, events and
// answers come in order, nothing is called from inside a verb or after the network's end.
#pragma once
#include "core/network/common/promises.hpp"
#include "core/network/network.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace msn::network {

class Stage {
 public:
  explicit Stage(const Surroundings&);
  ~Stage() { *alive_ = false; }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  SteadyTime now() const { return clock_.steady(); }
  // Tokens rise.
  Token token(Network::Done);

  // To the daemon: later, in the order of these calls.
  void finish(Token, Result<void>);  // nothing for a token that is finished
  void emit(Batch);
  void report(State);
  void post(std::function<void()> call);

  // `on_time` is called at that time, unless this is called again before. Nothing: no more.
  void at(std::optional<SteadyTime>, std::function<void()> on_time);

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

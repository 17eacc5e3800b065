// SPDX-License-Identifier: MIT
// The daemon's core: one session on one network, its event log, and what all clients share.
// No sockets here: bindings make a Conversation for each client. One loop thread; two daemons fit
// in one test.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/base/result.hpp"
#include "core/daemon/auto_login.hpp"
#include "core/daemon/context.hpp"
#include "core/daemon/loop.hpp"
#include "core/daemon/settings.hpp"
#include "core/daemon/timers.hpp"
#include "core/network/network.hpp"

#include <functional>
#include <memory>
#include <string>

namespace msn::daemon {

class Daemon {
 public:
  using MakeNetwork = std::function<Result<std::unique_ptr<network::Network>>(network::Listener&)>;
  // Everything given outlives the daemon; every Conversation ends before it.
  static Result<std::unique_ptr<Daemon>> create(Settings, const MakeNetwork&, Loop&, const Clock&,
                                                Log&);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Read again at SIGHUP: durability and retention.
  void change(const Settings&);
  // auto_login: as if a client had sent LOGIN and STATUS online. Tried again while the network
  // cannot be reached, until a client logs in or off; failures go to the log.
  void login(network::Credentials);
  // Logs off and stores; calls `done` once, on the loop, after 1.5 s even if the network is silent.
  void stop(std::function<void()> done);
  // The moment asked for with Loop::wake_at has come.
  void on_time();
  // One line about the session for systemd's STATUS=, on every change.
  void on_status(std::function<void(std::string)> tell);

  // For conversations.
  Context context(Client& client) {
    return {settings_, session_, queues_, journal_, sends_, client};
  }
  Log& log() { return log_; }
  const Clock& clock() const { return clock_; }

 private:
  Daemon(Settings, Loop&, const Clock&, Log&);
  void end();

  Settings settings_;
  Loop& loop_;
  const Clock& clock_;
  Log& log_;
  std::function<void()> stopped_;  // stop()'s, until it is called
  Timers::Id stop_deadline_{};
  Timers timers_;
  Journal journal_;
  Queues queues_;
  Sends sends_;
  Session session_;
  AutoLogin auto_login_;
};

}  // namespace msn::daemon

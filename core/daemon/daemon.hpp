// SPDX-License-Identifier: MIT
// The daemon's core: one session on one network, its event log and its queues. It has no sockets;
// the bindings (core/daemon/listen) create a Conversation for each client. All calls and callbacks
// are on the one loop thread. No globals: a test may run several daemons.
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
  // The references must outlive the daemon; the daemon must outlive every Conversation. Fails if
  // the network cannot be created.
  static Result<std::unique_ptr<Daemon>> create(Settings, const MakeNetwork&, Loop&, const Clock&,
                                                Log&);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Applies new settings (SIGHUP): durability and retention only.
  void change(const Settings&);
  // auto_login: as if a client had sent LOGIN and STATUS online, but retried while the network
  // cannot be reached, until a client logs in or off. Failures are logged.
  void login(network::Credentials);
  // Logs off and writes the event log. Calls `done` once, on the loop, after at most 1.5 s if the
  // network does not answer.
  void stop(std::function<void()> done);
  // Call at the time that Loop::wake_at() was given.
  void on_time();
  // Sets the listener for the session's state: one line for systemd's STATUS=, now and on every
  // change.
  void on_status(std::function<void(std::string)> listener);

  // For Conversation.
  Context context(QueueClient& client) {
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
  std::function<void()> stopped_;  // the callback of stop()
  Timers::Id stop_deadline_{};
  Timers timers_;
  Journal journal_;
  Queues queues_;
  Sends sends_;
  Session session_;
  AutoLogin auto_login_;
};

}  // namespace msn::daemon

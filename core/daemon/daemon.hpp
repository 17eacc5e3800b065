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
  // Creates the network, which reports its events to the listener.
  using MakeNetwork = std::function<Result<std::unique_ptr<network::Network>>(network::Listener&)>;
  // The references must outlive the daemon; the daemon must outlive every Conversation. Fails if
  // the network cannot be created.
  static Result<std::unique_ptr<Daemon>> create(Settings, const MakeNetwork&, Loop&, const Clock&,
                                                Log&);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Applies changed settings (SIGHUP). Only durability and retention can change.
  void change(const Settings&);
  // Starts auto_login: logs in and sets the status to online. Retries while the network cannot be
  // reached, until a client logs in or off. Logs failures.
  void login(network::Credentials);
  // Logs off, which may take up to 1.5 s, and commits the pending events. Then calls `done` once,
  // on the loop.
  void stop(std::function<void()> done);
  // Runs the due timers. Call it at the time that was passed to Loop::wake_at().
  void on_time();
  // Sets a listener that gets the session's state as one line (for systemd's STATUS=), now and at
  // every change.
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

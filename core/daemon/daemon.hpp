// SPDX-License-Identifier: MIT
// The daemon's core: one session on one network, its event log, and what all clients share.
// No sockets here: bindings make a Conversation for each client. One loop thread; two daemons fit
// in one test.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/base/result.hpp"
#include "core/network/network.hpp"
#include "core/store/event_log.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace msn::daemon {

// Timers and "later on this loop", behind an interface so that tests move time by hand.
class Loop {
 public:
  virtual ~Loop() = default;
  virtual void post(std::function<void()> action) = 0;
  // One timer serves all: calls Daemon::on_time() at or after that moment; replaces the last one.
  virtual void wake_at(std::chrono::steady_clock::time_point) = 0;
};

struct Settings {
  std::string account = "default";
  std::string network;        // its name, for STATE
  std::string version;        // the program's, for STATE
  std::string log_directory;  // <state>/<account>: one event log per address
  store::Durability durability = store::Durability::full;
  store::Retention retention;
};

class Daemon {
 public:
  using MakeNetwork = std::function<Result<std::unique_ptr<network::Network>>(network::Listener&)>;
  // How an address's event log is opened; tests give one that fails.
  using OpenLog = std::function<Result<std::unique_ptr<store::EventLog>>(const std::string& email,
                                                                         const Settings&)>;
  // Everything given outlives the daemon; every Conversation ends before it.
  static Result<std::unique_ptr<Daemon>> create(Settings, MakeNetwork, Loop&, const Clock&, Log&,
                                                OpenLog open_log = {});
  virtual ~Daemon() = default;

  // Read again at SIGHUP: durability and retention.
  virtual void change(const Settings&) = 0;
  // auto_login: as if a client had sent LOGIN and STATUS online. Tried again while the network
  // cannot be reached, until a client logs in or off; failures go to the log.
  virtual void login(network::Credentials) = 0;
  // Logs off and stores; calls `done` once, on the loop, after 1.5 s even if the network is silent.
  virtual void stop(std::function<void()> done) = 0;
  // The moment asked for with Loop::wake_at has come.
  virtual void on_time() = 0;
  // One line about the session for systemd's STATUS=, told on every change.
  virtual void on_status(std::function<void(std::string)> tell) = 0;
};

}  // namespace msn::daemon

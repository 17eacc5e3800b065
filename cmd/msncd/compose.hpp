// SPDX-License-Identifier: MIT
// Builds the daemon from its parts: loop, log, network, core and listeners.
#pragma once
#include "cmd/msncd/logging.hpp"
#include "cmd/msncd/own_files.hpp"
#include "cmd/msncd/password.hpp"
#include "cmd/msncd/process.hpp"
#include "cmd/msncd/setup.hpp"
#include "core/base/clock.hpp"
#include "core/base/paths.hpp"
#include "core/base/result.hpp"
#include "core/daemon/daemon.hpp"
#include "core/daemon/listen/loop.hpp"
#include "core/daemon/listen/server.hpp"

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace msn::msncd {

class Program {
 public:
  // Takes the lock, opens the state and listens. usage: an invalid setting; busy: another daemon
  // has the account or the address; no_access: a directory or an address cannot be used.
  static Result<std::unique_ptr<Program>> make(Setup, Networks, const Environment&, Logger&);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Serves until SIGTERM or SIGINT or, with the address stdio, until the end of standard input.
  void run();

 private:
  Program(Setup, Networks, const Environment&, Logger&);
  Result<void> start();
  Result<void> listen();
  void log_in();
  void log_in_with(Result<network::Secret>);
  void await_signal();
  void reload();
  void run_checks();
  void schedule_checks();
  void stop();
  daemon::Settings daemon_settings() const;

  Setup setup_;
  Networks networks_;
  Environment environment_;
  Logger& log_;
  SystemClock clock_;
  std::optional<PidFile> pid_file_;  // destroyed last: scripts wait for its removal
  std::optional<LockFile> lock_;
  asio::io_context loop_{1};
  daemon::listen::AsioLoop core_loop_{loop_};
  std::unique_ptr<daemon::Daemon> daemon_;
  std::unique_ptr<daemon::listen::Server> server_;
  std::unique_ptr<PasswordCommand> password_command_;
  int password_command_checks_ = 0;
  asio::signal_set signals_{loop_};
  asio::steady_timer check_timer_{loop_};
  std::optional<OwnFiles> own_files_;
  bool stopping_ = false;
};

// Checks every setting of every network (usage: the message names the option, or file, line and
// key), and whether the chosen network can be created (usage: the message names the setting).
Result<void> check_network_settings(const Setup&, Networks, Log&);

}  // namespace msn::msncd

// SPDX-License-Identifier: MIT
// The one place where the daemon's parts meet: loop, log, network, core, listeners.
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
  // Takes the lock, opens the state, listens. usage: a setting cannot be; busy: another daemon has
  // the account or the address; no_access: a directory or an address cannot be used.
  static Result<std::unique_ptr<Program>> make(Setup, Networks, const Environment&, Logger&);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Serves until a signal, or until standard input ends.
  void run();

 private:
  Program(Setup, Networks, const Environment&, Logger&);
  Result<void> start();
  Result<void> listen();
  void log_in();
  void log_in_with(Result<network::Secret>);
  void await_signal();
  void reload();
  void look_after();
  void await_look();
  void stop();
  daemon::Settings daemon_settings() const;

  Setup setup_;
  Networks networks_;
  Environment environment_;
  Logger& log_;
  SystemClock clock_;
  std::optional<PidFile> pid_file_;  // goes last: whoever waits for it may start another daemon
  std::optional<LockFile> lock_;
  asio::io_context loop_{1};
  daemon::listen::AsioLoop core_loop_{loop_};
  std::unique_ptr<daemon::Daemon> daemon_;
  std::unique_ptr<daemon::listen::Server> server_;
  std::unique_ptr<PasswordCommand> password_command_;
  int looks_at_password_command_ = 0;
  asio::signal_set signals_{loop_};
  asio::steady_timer look_{loop_};
  std::optional<OwnFiles> own_files_;
  bool stopping_ = false;
};

// Can each setting of a network have its value (usage: names option, or file, line and key), and
// can the chosen network begin with its settings (usage: names the setting)?
Result<void> check_network_settings(const Setup&, Networks, Log&);

}  // namespace msn::msncd

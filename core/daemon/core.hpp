// SPDX-License-Identifier: MIT
// The daemon's parts together. Seen by daemon.cpp and conversation.cpp only.
#pragma once
#include "core/daemon/auto_login.hpp"
#include "core/daemon/context.hpp"
#include "core/daemon/daemon.hpp"
#include "core/daemon/timers.hpp"

#include <memory>
#include <optional>
#include <string>

namespace msn::daemon {

class Core final : public Daemon {
 public:
  Core(Settings, OpenLog, Loop&, const Clock&, Log&);
  Result<void> connect(const MakeNetwork&);

  void change(const Settings&) override;
  void login(network::Credentials) override;
  void stop(std::function<void()> done) override;
  void on_time() override;
  void on_status(std::function<void(std::string)> tell) override;

  Context context(Client& client) { return {settings_, session, queues, journal, sends, client}; }
  Log& log() { return log_; }
  // The daemon's own announcements go to whoever asked for them.
  static Core& of(Daemon& daemon) { return static_cast<Core&>(daemon); }

 private:
  void end();

  Settings settings_;
  Loop& loop_;
  const Clock& clock_;
  Log& log_;
  std::function<void()> stopped_;  // stop()'s, until it is called
  Timers::Id stop_deadline_{};

 public:
  Timers timers;
  Journal journal;
  Queues queues;
  Sends sends;
  Session session;
  AutoLogin auto_login;
  // Where a conversation gathers the answers of one feed: one for all, kept for its memory.
  std::string scratch;
};

}  // namespace msn::daemon

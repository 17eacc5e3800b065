// SPDX-License-Identifier: MIT
// auto_login: logs in and sets the status to online at start. Retries with a backoff while the
// network cannot be reached. Stops after a success, after a permanent refusal, or when a client
// sends LOGIN or LOGOFF; the password is wiped then.
#pragma once
#include "core/base/backoff.hpp"
#include "core/base/log.hpp"
#include "core/daemon/session.hpp"
#include "core/daemon/timers.hpp"
#include "core/network/network.hpp"

#include <optional>
#include <random>
#include <string>

namespace msn::daemon {

class AutoLogin {
 public:
  // `account`: the daemon's account (msncd -a), for the log message.
  AutoLogin(std::string account, Session&, Timers&, Log&);
  ~AutoLogin() { end(); }

  // Begins the first attempt. Ends an auto_login that has begun earlier.
  void begin(network::Credentials);
  // Stops because a client logs in or off, and logs this reason.
  void cancel();
  // Stops silently.
  void end();

 private:
  void attempt();
  void on_login(Result<void>);

  std::string account_;
  Session& session_;
  Timers& timers_;
  Log& log_;
  std::optional<network::Credentials> credentials_;  // empty: stopped
  bool logging_in_ = false;                          // inside session_.login()
  Backoff backoff_;
  Timers::Id retry_{};
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace msn::daemon

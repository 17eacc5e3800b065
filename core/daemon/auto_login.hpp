// SPDX-License-Identifier: MIT
// auto_login: logs in and goes online without being asked, again and again while the network cannot
// be reached or is too busy. Ends with the first success, with a refusal that is meant, or when
// somebody logs in or off; then the password is wiped.
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
  // `account`: whose daemon this is.
  AutoLogin(std::string account, Session&, Timers&, Log&);
  ~AutoLogin() { end(); }

  void begin(network::Credentials);
  // Somebody logs in or off.
  void give_way();
  void end();

 private:
  void attempt();
  void answered(Result<void>);

  std::string account_;
  Session& session_;
  Timers& timers_;
  Log& log_;
  std::optional<network::Credentials> credentials_;  // nothing: it has ended
  bool asking_ = false;                              // it is ourselves who log in
  Backoff backoff_;
  Timers::Id again_{};
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace msn::daemon

// SPDX-License-Identifier: MIT
#include "core/daemon/auto_login.hpp"

#include "core/base/text.hpp"
#include "core/daemon/settings.hpp"

#include <string>
#include <utility>

namespace msn::daemon {

AutoLogin::AutoLogin(std::string account, Session& session, Timers& timers, Log& log)
    : account_(std::move(account)), session_(session), timers_(timers), log_(log) {}

void AutoLogin::begin(network::Credentials credentials) {
  end();
  credentials_ = std::move(credentials);
  backoff_.reset();
  attempt();
}

void AutoLogin::end() {
  timers_.cancel(retry_);
  credentials_.reset();
}

void AutoLogin::cancel() {
  if (!credentials_ || logging_in_) return;
  log_.info("daemon",
            "auto_login of " + visible(credentials_->email) + " stopped: a client logs in or off");
  end();
}

void AutoLogin::attempt() {
  logging_in_ = true;
  session_.login({credentials_->email, credentials_->password.copy()},
                 [this](Result<void> result) { on_login(std::move(result)); });
  logging_in_ = false;
}

void AutoLogin::on_login(Result<void> result) {
  if (!credentials_) return;
  const std::string who = visible(credentials_->email);
  if (result) {
    end();
    if (!session_.is_usable()) return;
    session_.network().set_status(model::Status::online, [this](Result<void> shown) {
      if (!shown)
        log_.error("daemon", "cannot set the status to online: " + visible(shown.error().message));
    });
    return;
  }
  // The session has logged the reason.
  if (result.error().code != ErrorCode::network) {
    const bool makes = result.error().number == 205 && session_.network().abilities().registers;
    std::string login = "msnc ";
    if (account_ != Settings{}.account) login += "-a " + shell_word(account_) + ' ';
    login += makes ? "login --register " : "login ";
    log_.error("daemon", "auto_login of " + who + " stopped; log in with: " + login +
                             visible(shell_word(credentials_->email)));
    end();
    return;
  }
  const auto delay = backoff_.next(std::uniform_real_distribution<double>(0, 1)(random_));
  log_.warn("daemon", "auto_login of " + who + ": retrying in " +
                          std::to_string(std::chrono::round<std::chrono::seconds>(delay).count()) +
                          " s");
  retry_ = timers_.in(delay, [this] { attempt(); });
}

}  // namespace msn::daemon

// SPDX-License-Identifier: MIT
#include "core/daemon/daemon.hpp"

#include <utility>

namespace msn::daemon {
namespace {

// Less than the 2 s within which msncd(8) promises to exit.
constexpr auto time_to_stop = std::chrono::milliseconds(1500);

}  // namespace

Daemon::Daemon(Settings settings, Loop& loop, const Clock& clock, Log& log)
    : settings_(std::move(settings)),
      loop_(loop),
      clock_(clock),
      log_(log),
      timers_(loop, clock),
      journal_(settings_, loop, timers_, clock, log),
      queues_(
          journal_, timers_, clock,
          [this] { return session_.expects_events() || journal_.has_unstored(); },
          [this](const std::string& email) { return session_.name_of(email); }),
      sends_(journal_, timers_, clock),
      session_(journal_, sends_, clock, log),
      auto_login_(settings_.account, session_, timers_, log) {
  journal_.observe(queues_);
  session_.on_login_or_logoff([this] { auto_login_.cancel(); });
}

Result<std::unique_ptr<Daemon>> Daemon::create(Settings settings, const MakeNetwork& make_network,
                                               Loop& loop, const Clock& clock, Log& log) {
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(settings), loop, clock, log));
  auto network = make_network(daemon->session_);
  if (!network) return fail(std::move(network.error()));
  daemon->session_.connect(std::move(*network));
  return daemon;
}

void Daemon::change(const Settings& settings) {
  settings_.durability = settings.durability;
  settings_.retention = settings.retention;
  journal_.change();
}

void Daemon::login(network::Credentials credentials) {
  auto_login_.begin(std::move(credentials));
}

void Daemon::stop(std::function<void()> done) {
  stopped_ = std::move(done);
  auto_login_.end();
  // Waiting clients see their connection end; ERR ENOTCONN would give the wrong reason.
  queues_.stop();
  stop_deadline_ = timers_.in(time_to_stop, [this] {
    log_.warn("daemon", "the network did not log off in time; stopping anyway");
    end();
  });
  session_.logoff([this](const Result<void>&) { end(); });
}

void Daemon::end() {
  if (!stopped_) return;
  timers_.cancel(stop_deadline_);
  if (auto flushed = journal_.flush(); !flushed)
    log_.error("daemon", "the last events could not be stored: " + flushed.error().message);
  // Posted, because it may destroy this object, and end() may be called by the network.
  loop_.post(std::exchange(stopped_, {}));
}

void Daemon::on_time() {
  timers_.run();
}

void Daemon::on_status(std::function<void(std::string)> listener) {
  session_.on_status(std::move(listener));
}

}  // namespace msn::daemon

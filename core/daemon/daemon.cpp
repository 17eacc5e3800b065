// SPDX-License-Identifier: MIT
#include "core/daemon/daemon.hpp"

#include "core/base/text.hpp"
#include "core/daemon/core.hpp"

#include <utility>

namespace msn::daemon {
namespace {

// Of the two seconds a daemon has to end (msncd(8)).
constexpr auto time_to_stop = std::chrono::milliseconds(1500);

Result<std::unique_ptr<store::EventLog>> open_on_disk(const std::string& email,
                                                      const Settings& settings, const Clock& clock,
                                                      Log& log) {
  return store::EventLog::open(settings.log_directory + "/" + store::log_file_name(email),
                               settings.durability, settings.retention, clock, log);
}

}  // namespace

Core::Core(Settings settings, OpenLog open_log, Loop& loop, const Clock& clock, Log& log)
    : settings_(std::move(settings)),
      loop_(loop),
      clock_(clock),
      log_(log),
      timers(loop, clock),
      journal(settings_, std::move(open_log), loop, timers, clock, log),
      queues(journal, timers, clock, [this] { return session.alive() || journal.has_untold(); }),
      sends(timers),
      session(journal, sends, clock, log),
      auto_login(session, timers, log) {
  journal.observe(queues);
  session.on_asked([this] { auto_login.give_way(); });
}

Result<void> Core::connect(const MakeNetwork& make_network) {
  auto network = make_network(session);
  if (!network) return fail(std::move(network.error()));
  session.connect(std::move(*network));
  return {};
}

void Core::change(const Settings& settings) {
  settings_.durability = settings.durability;
  settings_.retention = settings.retention;
  journal.change();
}

void Core::login(network::Credentials credentials) {
  auto_login.begin(std::move(credentials));
}

void Core::stop(std::function<void()> done) {
  stopped_ = std::move(done);
  auto_login.end();
  stop_deadline_ = timers.in(time_to_stop, [this] {
    log_.warn("daemon", "the network does not answer; ending without it");
    end();
  });
  session.logoff([this](const Result<void>&) { end(); });
}

void Core::end() {
  if (!stopped_) return;
  timers.cancel(stop_deadline_);
  if (auto flushed = journal.flush(); !flushed)
    log_.error("daemon", "the last events could not be stored: " + flushed.error().message);
  // It may end us, so it is the last thing on the loop, not in the middle of a network's call.
  loop_.post(std::exchange(stopped_, {}));
}

void Core::on_time() {
  timers.run();
}

void Core::on_status(std::function<void(std::string)> tell) {
  session.on_status(std::move(tell));
}

Result<std::unique_ptr<Daemon>> Daemon::create(Settings settings, MakeNetwork make_network,
                                               Loop& loop, const Clock& clock, Log& log,
                                               OpenLog open_log) {
  if (!open_log)
    open_log = [&clock, &log](const std::string& email, const Settings& now) {
      return open_on_disk(email, now, clock, log);
    };
  auto core = std::make_unique<Core>(std::move(settings), std::move(open_log), loop, clock, log);
  if (auto made = core->connect(make_network); !made) return fail(std::move(made.error()));
  return std::unique_ptr<Daemon>(std::move(core));
}

}  // namespace msn::daemon

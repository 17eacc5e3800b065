// SPDX-License-Identifier: MIT
#include "cmd/msncd/compose.hpp"

#include "core/base/text.hpp"
#include "core/pipe/locate.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <sys/wait.h>
#include <utility>

namespace msn::msncd {
namespace {

// One for each client, and 240 for the daemon itself: files, sockets of the network, a spare one.
constexpr std::size_t descriptors = daemon::listen::Limits{}.clients + 240;

constexpr std::chrono::seconds check_interval{4};

// The files that the network's settings name.
std::vector<std::string> network_files(const Setup& setup) {
  std::vector<std::string> files;
  for (const auto& [name, value] : setup.chosen.settings_of(setup.network->name))
    if (const auto* known = find_setting(*setup.network, name);
        known != nullptr && known->value == network::Driver::Setting::Value::path)
      files.push_back(value);
  return files;
}

struct IgnoringListener final : network::Listener {
  void on_batch(network::Batch) override {}
  std::string mark(std::string_view) override { return {}; }
  void on_state(network::State) override {}
};

}  // namespace

Result<void> check_network_settings(const Setup& setup, Networks networks, Log& log) {
  for (const auto& given : setup.chosen.network_settings) {
    const auto* known = find_setting(*find_network(networks, given.network), given.name);
    if (auto good = known->check(given.value); !good)
      return fail(ErrorCode::usage, given.origin + ": " + given.name + ": " + good.error().message);
  }
  // create() reports missing and conflicting settings.
  asio::io_context loop{1};
  IgnoringListener listener;
  SystemClock clock;
  auto made = setup.network->create(setup.chosen.settings_of(setup.network->name),
                                    {loop, listener, clock, log, setup.state_directory});
  return made ? Result<void>{} : fail(std::move(made.error()));
}

Program::Program(Setup setup, Networks networks, const Environment& environment, Logger& log)
    : setup_(std::move(setup)), networks_(networks), environment_(environment), log_(log) {}

Program::~Program() {
  // Destroy the clients before the daemon, and the daemon before the lock.
  password_command_.reset();
  server_.reset();
  daemon_.reset();
}

Result<std::unique_ptr<Program>> Program::make(Setup setup, Networks networks,
                                               const Environment& environment, Logger& log) {
  std::unique_ptr<Program> program(new Program(std::move(setup), networks, environment, log));
  if (auto good = program->start(); !good) return fail(good.error());
  return program;
}

Result<void> Program::start() {
  const auto directory = setup_.state_directory + '/' + setup_.options.account;
  if (auto made = make_private_directory(directory); !made) return made;
  auto lock = LockFile::take(lock_of(setup_.state_directory, setup_.options.account));
  if (!lock) {
    auto message = "account '" + setup_.options.account + "': " + lock.error().message;
    if (lock.error().code == ErrorCode::busy)
      message += "; to stop it, run: " + stop_command(setup_.options);
    return fail(lock.error().code, std::move(message));
  }
  lock_.emplace(std::move(*lock));
  if (setup_.options.pid_file) {
    auto file = PidFile::write(*setup_.options.pid_file);
    if (!file) return fail(file.error());
    pid_file_.emplace(std::move(*file));
  }
  prepare_descriptors(descriptors);
  auto made = daemon::Daemon::create(
      daemon_settings(),
      [this](network::Listener& listener) {
        return setup_.network->create(setup_.chosen.settings_of(setup_.network->name),
                                      {loop_, listener, clock_, log_, setup_.state_directory});
      },
      core_loop_, clock_, log_);
  if (!made) return fail(made.error());
  daemon_ = std::move(*made);
  core_loop_.on_time([this] { daemon_->on_time(); });
  own_files_.emplace(setup_.state_directory, network_files(setup_));
  own_files_->note_open();
  daemon_->on_status([this](const std::string& line) {
    notify("STATUS=" + visible(line));
    own_files_->note_open();  // a login opens databases
  });
  server_ = std::make_unique<daemon::listen::Server>(loop_, *daemon_, clock_, log_);
  server_->on_input_end([this] { stop(); });
  if (auto good = listen(); !good) return good;
  await_signal();
  schedule_checks();
  if (setup_.chosen.auto_login.value_or(false)) log_in();
  return {};
}

Result<void> Program::listen() {
  auto passed = passed_sockets();
  const bool any_passed = !passed.empty();
  for (auto& socket : passed)
    if (auto good = server_->adopt(std::move(socket)); !good) return good;
  for (const auto& address : setup_.chosen.listen)
    if (auto good = server_->open(address); !good) return good;
  if (any_passed || !setup_.chosen.listen.empty()) return {};
  if (const auto foreign = pipe::foreign_runtime_directory(environment_))
    log_.warn("msncd",
              "XDG_RUNTIME_DIR is ignored: " + visible(*foreign) + " belongs to another user");
  const auto address = pipe::choose_socket(environment_, setup_.options.account);
  if (!address) return fail(address.error());
  return server_->open(*address);
}

daemon::Settings Program::daemon_settings() const {
  daemon::Settings settings;
  settings.account = setup_.options.account;
  settings.network = setup_.network->name;
  settings.version = MSNC_VERSION;
  settings.log_directory = setup_.state_directory + '/' + setup_.options.account;
  settings.durability = setup_.durability();
  settings.retention = setup_.chosen.retention();
  return settings;
}

void Program::log_in() {
  if (setup_.chosen.password_file)
    return log_in_with(read_password_file(*setup_.chosen.password_file));
  password_command_checks_ = 0;
  password_command_ = std::make_unique<PasswordCommand>(loop_, *setup_.chosen.password_command,
                                                        [this](Result<network::Secret> password) {
                                                          log_in_with(std::move(password));
                                                          password_command_.reset();
                                                        });
}

void Program::log_in_with(Result<network::Secret> password) {
  if (!password) return log_.error("msncd", "auto_login: " + password.error().message);
  daemon_->login({*setup_.chosen.email, std::move(*password)});
}

void Program::await_signal() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    asio::error_code ignored;
    signals_.add(signal, ignored);
  }
  signals_.async_wait([this](const asio::error_code& error, int signal) {
    if (error) return;
    if (signal == SIGHUP)
      reload();
    else if (stopping_)
      loop_.stop();  // the second signal
    else
      stop();
    await_signal();
  });
}

// Checks for changes that no event reports.
void Program::run_checks() {
  server_->restore();
  if (const auto lost = own_files_->lost(); !lost.empty()) {
    std::string names;
    for (const auto& path : lost) names += (names.empty() ? "" : ", ") + visible(path);
    log_.error("msncd", "removed or replaced while in use: " + names +
                            "; everything stored there from now on is lost when msncd stops; to "
                            "use the current files, run: " +
                            stop_command(setup_.options) + ", and start msncd again");
  }
  log_.flush_repeated();
  if (password_command_ && ++password_command_checks_ == 2)
    log_.warn("msncd", "auto_login is still waiting for password_command to print the password");
  // As process 1 (in a container), reap the orphans of other processes.
  if (!password_command_)
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
}

void Program::schedule_checks() {
  check_timer_.expires_after(check_interval);
  check_timer_.async_wait([this](const asio::error_code& error) {
    if (error || stopping_) return;
    run_checks();
    schedule_checks();
  });
}

void Program::reload() {
  if (auto good = log_.reopen(); !good)
    log_.error("msncd", "the log file was not reopened, logging continues to the old one: " +
                            good.error().message);
  run_checks();
  auto fresh = make_setup(setup_.options, networks_, environment_);
  if (!fresh)
    return log_.error("msncd", "the configuration was not reloaded, the old one stays in effect: " +
                                   fresh.error().message);
  for (const auto& name : needing_restart(setup_, *fresh))
    log_.warn("msncd", name + " has changed; restart msncd to apply it");
  setup_.chosen.log_level = fresh->chosen.log_level;
  setup_.chosen.durability = fresh->chosen.durability;
  setup_.chosen.retention_age = fresh->chosen.retention_age;
  setup_.chosen.retention_events = fresh->chosen.retention_events;
  setup_.chosen.retention_bytes = fresh->chosen.retention_bytes;
  setup_.chosen.pending_events = fresh->chosen.pending_events;
  setup_.chosen.pending_bytes = fresh->chosen.pending_bytes;
  log_.set_level(setup_.log_level());
  daemon_->change(daemon_settings());
  log_.info("msncd", "reloaded the configuration");
}

void Program::stop() {
  if (stopping_) return;
  stopping_ = true;
  notify("STOPPING=1");
  log_.info("msncd", "stopping");
  password_command_.reset();
  check_timer_.cancel();
  server_->stop_listening();
  daemon_->stop([this] { loop_.stop(); });
}

void Program::run() {
  notify("READY=1");
  for (;;) {
    try {
      loop_.run();
      return;
    } catch (const std::exception& error) {
      // An exception in a handler must not stop the daemon.
      log_.error("msncd", std::string("internal error: ") + error.what());
    }
  }
}

}  // namespace msn::msncd

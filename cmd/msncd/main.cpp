// SPDX-License-Identifier: MIT
// msncd: reads options and configuration, then runs the daemon until a signal stops it.
#include "cmd/msncd/compose.hpp"
#include "core/base/startup.hpp"
#include "core/base/text.hpp"
#include "core/network/registry.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <unistd.h>
#include <variant>

namespace {

using namespace msn;
using namespace msn::msncd;

// Prints the error and returns the exit status (msncd(8), EXIT STATUS).
int report(const Error& error) {
  std::fprintf(stderr, "msncd: %s\n", error.message.c_str());
  switch (error.code) {
    case ErrorCode::usage:
      return 2;
    case ErrorCode::internal:
    case ErrorCode::daemon_timeout:
      return 1;
    default:
      return 3;
  }
}

int stop(const Options& options, const Environment& environment) {
  // Longer than the daemon may take to log off, and longer than TimeoutStopSec= of the unit.
  constexpr std::chrono::seconds patience{10};
  const auto lock = lock_of(state_directory_of(options, environment), options.account);
  const auto stopped = stop_holder(lock, patience);
  if (stopped) return 0;
  return report(
      {stopped.error().code, "account '" + options.account + "': " + stopped.error().message});
}

int serve(Setup setup, const Environment& environment, std::optional<Background> background) {
  Logger log(setup.log_level(), choose_target(environment));
  const bool has_file = setup.chosen.log_file.has_value();
  const auto opened = has_file ? log.open_file(*setup.chosen.log_file) : Result<void>{};
  auto program = opened ? Program::make(std::move(setup), network::drivers(), environment, log)
                        : fail(opened.error());
  if (!program) {
    const int status = report(program.error());
    if (background) background->failed(status);
    return status;
  }
  if (background && !background->ready() && !has_file) log.set_target(Logger::Target::syslog);
  (*program)->run();
  return 0;
}

int run(int argc, char** argv) {
  guard_memory();
  limit_heap();
  auto options = parse_options({argv + 1, argv + argc}, network::drivers());
  if (!options) return report(options.error());
  if (options->output)
    return std::fputs(options->output->c_str(), stdout) < 0 || std::fflush(stdout) != 0 ? 1 : 0;
  const auto environment = process_environment();
  if (options->stop) return stop(*options, environment);
  auto setup = make_setup(std::move(*options), network::drivers(), environment);
  if (!setup) return report(setup.error());
  // Close them after reading the configuration, which may be /dev/fd/63 (bash: --config <(...)).
  close_inherited_descriptors(first_unpassed_descriptor());
  NullLog quiet;
  if (auto good = check_network_settings(*setup, network::drivers(), quiet); !good)
    return report(good.error());
  if (const auto old = config_directory(environment) + "/msncd/config";
      !setup->options.config && ::access(old.c_str(), F_OK) == 0)
    std::fprintf(
        stderr,
        "msncd: note: %s is no longer read; move its settings to %s/msnc/config, which both "
        "programs read\n",
        visible(old).c_str(), visible(config_directory(environment)).c_str());
  if (setup->options.check_config) {
    if (!setup->chosen.auto_login.value_or(false) || !setup->chosen.password_file) return 0;
    const auto password = read_password_file(*setup->chosen.password_file);
    return password ? 0 : report(password.error());
  }
  if (!setup->options.detach) return serve(std::move(*setup), environment, std::nullopt);
  auto side = Background::enter();
  if (!side) return report(side.error());
  if (const int* status = std::get_if<int>(&*side)) return *status;
  return serve(std::move(*setup), environment, std::get<Background>(std::move(*side)));
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_descriptors();
  reset_signals();
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "msncd: internal error: %s\n", error.what());
    return 1;
  }
}

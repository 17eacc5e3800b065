// SPDX-License-Identifier: MIT
// msncd: options and configuration, then the program until it is told to end.
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

// msncd(8), EXIT STATUS.
int say(const Error& error) {
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
  // Longer than the daemon gives its network to log off, and systemd gives the daemon.
  constexpr std::chrono::seconds patience{10};
  const auto lock = lock_of(state_directory_of(options, environment), options.account);
  const auto stopped = stop_holder(lock, patience);
  if (stopped) return 0;
  return say(
      {stopped.error().code, "account '" + options.account + "': " + stopped.error().message});
}

int serve(Setup setup, const Environment& environment, std::optional<Background> background) {
  Logger log(setup.log_level(), choose_target(environment));
  const bool has_file = setup.chosen.log_file.has_value();
  const auto opened = has_file ? log.open_file(*setup.chosen.log_file) : Result<void>{};
  auto program = opened ? Program::make(std::move(setup), network::drivers(), environment, log)
                        : fail(opened.error());
  if (!program) {
    const int status = say(program.error());
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
  if (!options) return say(options.error());
  if (options->say)
    return std::fputs(options->say->c_str(), stdout) < 0 || std::fflush(stdout) != 0 ? 1 : 0;
  const auto environment = process_environment();
  if (options->stop) return stop(*options, environment);
  auto setup = make_setup(std::move(*options), network::drivers(), environment);
  if (!setup) return say(setup.error());
  // Not before: the configuration may be given as /dev/fd/63 (bash: --config <(...)).
  close_inherited_descriptors(first_descriptor_of_ours());
  NullLog quiet;
  if (auto good = check_network_settings(*setup, network::drivers(), quiet); !good)
    return say(good.error());
  if (const auto old = config_directory(environment) + "/msncd/config";
      !setup->options.config && ::access(old.c_str(), F_OK) == 0)
    std::fprintf(stderr,
                 "msncd: note: %s is no longer read; move what it says to %s/msnc/config, which is "
                 "for both programs\n",
                 visible(old).c_str(), visible(config_directory(environment)).c_str());
  if (setup->options.check_config) {
    if (!setup->chosen.auto_login.value_or(false) || !setup->chosen.password_file) return 0;
    const auto password = read_password_file(*setup->chosen.password_file);
    return password ? 0 : say(password.error());
  }
  if (!setup->options.detach) return serve(std::move(*setup), environment, std::nullopt);
  auto side = Background::enter();
  if (!side) return say(side.error());
  if (const int* told = std::get_if<int>(&*side)) return *told;
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

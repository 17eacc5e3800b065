// SPDX-License-Identifier: MIT
#include "cmd/msncd/setup.hpp"

#include "core/base/text.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace msn::msncd {
namespace {

// Makes a path absolute, because with --detach the daemon changes its directory.
std::string absolute(const std::string& path, const Environment& environment) {
  std::error_code error;
  const auto expanded = expand_home(path, environment);
  const auto whole = std::filesystem::absolute(expanded, error);
  return error ? expanded : whole.string();
}

void make_absolute(Setup& setup, Networks networks, const Environment& environment) {
  if (setup.options.pid_file)
    setup.options.pid_file = absolute(*setup.options.pid_file, environment);
  auto& chosen = setup.chosen;
  if (chosen.log_file) chosen.log_file = absolute(*chosen.log_file, environment);
  if (chosen.password_file) chosen.password_file = absolute(*chosen.password_file, environment);
  for (auto& setting : chosen.network_settings) {
    const auto* driver = find_network(networks, setting.network);
    const auto* known = driver == nullptr ? nullptr : find_setting(*driver, setting.name);
    if (known != nullptr && known->value == network::Driver::Setting::Value::path &&
        !setting.value.empty())
      setting.value = absolute(setting.value, environment);
  }
  for (auto& address : chosen.listen)
    if (!address.path.empty()) address.path = absolute(address.path, environment);
}

Result<void> check_auto_login(const Setup& setup) {
  if (!setup.chosen.auto_login.value_or(false)) return {};
  const auto missing = [&](const char* what) {
    return fail(ErrorCode::usage, setup.chosen.auto_login_origin + ": account '" +
                                      visible(setup.options.account) + "' has no " + what);
  };
  if (!setup.chosen.email) return missing("email; add: email = ADDRESS");
  if (!setup.chosen.password_command && !setup.chosen.password_file)
    return missing("password; add: password_command = COMMAND, or: password_file = FILE");
  return {};
}

}  // namespace

std::string state_directory_of(const Options& options, const Environment& environment) {
  return options.state_directory ? absolute(*options.state_directory, environment)
                                 : state_directory(environment) + "/msncd";
}

std::string lock_of(const std::string& state_directory, const std::string& account) {
  return state_directory + '/' + account + "/lock";
}

Result<Setup> make_setup(Options options, Networks networks, const Environment& environment) {
  Setup setup;
  if (options.config) options.config = absolute(*options.config, environment);
  setup.state_directory = state_directory_of(options, environment);
  auto files = read_config(environment, options.config);
  if (!files) return fail(std::move(files.error()));
  auto configured = config_for(*files, options.account, networks, environment);
  if (!configured) return fail(std::move(configured.error()));
  setup.chosen = std::move(*configured);
  setup.chosen.override_with(options.flags);
  setup.network =
      setup.chosen.network ? find_network(networks, *setup.chosen.network) : networks.front();
  setup.options = std::move(options);
  make_absolute(setup, networks, environment);
  if (auto good = check_auto_login(setup); !good) return fail(good.error());
  return setup;
}

std::vector<std::string> needing_restart(const Setup& running, const Setup& fresh) {
  std::vector<std::string> names;
  const auto& old = running.chosen;
  const auto& now = fresh.chosen;
  if (old.log_file != now.log_file) names.emplace_back("log_file");
  if (old.listen != now.listen) names.emplace_back("listen");
  if (running.network != fresh.network) names.emplace_back("network");
  if (old.settings_of(running.network->name) != now.settings_of(running.network->name))
    names.push_back("[network." + std::string(running.network->name) + ']');
  if (old.auto_login.value_or(false) != now.auto_login.value_or(false))
    names.emplace_back("auto_login");
  if (old.email != now.email) names.emplace_back("email");
  if (old.password_command != now.password_command) names.emplace_back("password_command");
  if (old.password_file != now.password_file) names.emplace_back("password_file");
  return names;
}

}  // namespace msn::msncd

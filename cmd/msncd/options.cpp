// SPDX-License-Identifier: MIT
#include "cmd/msncd/options.hpp"

#include "cmd/option_errors.hpp"
#include "core/base/text.hpp"
#include "core/pipe/locate.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

namespace msn::msncd {
namespace {

constexpr const char* about =
    "msncd holds a messaging session and serves it to msnc. Without options it listens on the\n"
    "account's socket and uses the local network of this machine. Manual: man msncd";

// The options that are a key of the file, too.
struct Both {
  const char* option;
  std::string_view key;
  const char* argument;
  const char* help;
};
constexpr Both both[] = {
    {"--network", "network", "NAME", "the messaging network; default local"},
    {"--listen", "listen", "ADDR",
     "where to listen: unix:PATH, fifo:DIR, udp:HOST:PORT (loopback) or stdio; may be repeated"},
    {"--log-file", "log_file", "FILE", "write the log there; opened again on SIGHUP"},
    {"--log-level", "log_level", "LEVEL", "error, warn, info, debug or trace; default info"},
};

}  // namespace

std::string stop_command(const Options& options) {
  std::string command = "msncd --stop --account " + shell_word(options.account);
  if (options.state_directory) command += " --state-dir " + shell_word(*options.state_directory);
  return command;
}

Result<Options> parse_options(std::vector<std::string> arguments, Networks networks) {
  Options options;
  CLI::App app(about, "msncd");
  app.allow_extras();
  app.set_version_flag("--version", "msncd " MSNC_VERSION);
  app.set_help_flag("--help,-h", "this text");
  app.add_option("--account", options.account, "the account to serve; default default")
      ->type_name("NAME");
  // A single value goes to a string, so that CLI11 itself refuses a second one.
  struct Value {
    std::optional<std::string> one;
    std::vector<std::string> many;
  };
  std::map<std::string_view, Value> given;
  const auto add = [&app](const std::string& option, Value& value, bool repeats,
                          const std::string& help) {
    return repeats ? app.add_option(option, value.many, help)->allow_extra_args(false)
                   : app.add_option(option, value.one, help);
  };
  for (const auto& [option, key, argument, help] : both)
    add(option, given[key], find_key(key)->repeats, help)->type_name(argument);
  app.add_option("--config", options.config, "read this file, not $XDG_CONFIG_HOME/msnc/config")
      ->type_name("FILE");
  app.add_option("--state-dir", options.state_directory,
                 "where events and the lock live; default $XDG_STATE_HOME/msncd")
      ->type_name("DIR");
  struct Own {
    const network::Driver* driver;
    const network::Driver::Setting* setting;
    Value value;
  };
  std::deque<Own> owns;
  for (const auto* driver : networks)
    for (const auto& setting : driver->settings)
      if (!setting.option.empty()) owns.push_back({driver, &setting, {}});
  for (auto& [driver, setting, value] : owns)
    add(std::string(setting->option), value, false, std::string(setting->help))
        ->type_name(std::string(setting->argument))
        ->group("Network " + std::string(driver->name));
  auto* detach = app.add_flag("--detach", options.detach, "go into the background once it listens")
                     ->disable_flag_override();
  app.add_option("--pid-file", options.pid_file, "write the process ID there")->type_name("FILE");
  auto* check = app.add_flag("--check-config", options.check_config,
                             "read options and configuration, say what is wrong, and exit")
                    ->disable_flag_override();
  app.add_flag("--stop", options.stop,
               "end the running daemon of the account, and wait until it has")
      ->disable_flag_override()
      ->excludes(detach)
      ->excludes(check);

  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    options.say = app.help();
    return options;
  } catch (const CLI::CallForVersion&) {
    options.say = app.version() + '\n';
    return options;
  } catch (const CLI::ParseError& error) {
    return fail(ErrorCode::usage, option_error(error));
  }
  if (const auto strays = app.remaining(); !strays.empty())
    return fail(ErrorCode::usage, stray_word(strays.front()) + "; see: msncd --help");

  if (auto good = pipe::check_account_name(options.account); !good)
    return fail(ErrorCode::usage, "--account: " + good.error().message);
  for (const auto& [option, key, argument, help] : both) {
    auto& value = given[key];
    if (value.one) value.many.push_back(*value.one);
    for (const auto& word : value.many)
      if (auto good = find_key(key)->set(options.flags, word, networks); !good)
        return fail(ErrorCode::usage, std::string(option) + ": " + good.error().message);
  }
  for (const auto& [driver, setting, value] : owns)
    if (value.one)
      options.flags.network_settings.push_back({std::string(driver->name),
                                                std::string(setting->name), *value.one,
                                                std::string(setting->option)});
  const auto stdio = [](auto& address) { return address.kind == pipe::Address::Kind::stdio; };
  if (options.detach &&
      std::any_of(options.flags.listen.begin(), options.flags.listen.end(), stdio))
    return fail(ErrorCode::usage, "--detach: not together with --listen stdio");
  return options;
}

}  // namespace msn::msncd

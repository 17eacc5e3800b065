// SPDX-License-Identifier: MIT
#include "cmd/msncd/options.hpp"

#include "cmd/option_errors.hpp"
#include "core/base/text.hpp"
#include "core/pipe/locate.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <sstream>
#include <utility>

namespace msn::msncd {
namespace {

constexpr const char* about =
    "msncd is the daemon of msnc: it keeps one account logged in to a messaging\n"
    "network, stores the events that arrive, and serves them to msnc on a local\n"
    "socket. No option is needed: the default is the account \"default\" on the local\n"
    "network.\n";

constexpr const char* examples =
    "Examples:\n"
    "  msncd --detach                  start it in the background\n"
    "  msncd --stop                    stop it (in the foreground: Ctrl-C)\n"
    "  msncd --account work --detach   a second account; use it with msnc -a work\n"
    "\n"
    "With systemd, which starts it at the first msnc command:\n"
    "  systemctl --user enable --now msncd.socket\n"
    "  systemctl --user disable --now msncd.socket msncd.service    to stop it\n"
    "\n"
    "Log in for the first time with: msnc login --register ADDRESS\n"
    "Manual: man msncd. Configuration file: man 5 msnc.";

// Writes each option with its description, wrapped to 80 columns.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    constexpr std::size_t indent = 25, width = 80;
    std::string text, line = "  " + make_option_name(option, is_positional);
    if (const auto type = option->get_type_name(); !type.empty()) line += ' ' + type;
    std::istringstream words(make_option_desc(option));
    if (line.size() > indent - 2) {
      text = std::move(line) + '\n';
      line.clear();
    }
    line.resize(indent - 1, ' ');
    for (std::string word; words >> word;) {
      if (line.size() >= indent && line.size() + 1 + word.size() > width)
        text += std::exchange(line, std::string(indent - 1, ' ')) + '\n';
      line += ' ' + word;
    }
    return text + line + '\n';
  }
};

// Options that are also keys of the configuration file.
struct SharedOption {
  const char* option;
  std::string_view key;
  const char* argument;
  const char* help;
};
constexpr SharedOption shared_options[] = {
    {"--network", "network", "NAME", "messaging network: local or msnp (default: local)"},
    {"--listen", "listen", "ADDR",
     "listen here: unix:PATH, fifo:DIR, udp:127.0.0.1:PORT or stdio; may be given several times "
     "(default: unix:$XDG_RUNTIME_DIR/msncd/ACCOUNT.sock)"},
    {"--log-file", "log_file", "FILE",
     "append the log to FILE, reopened on SIGHUP (default: standard error; syslog with --detach)"},
    {"--log-level", "log_level", "LEVEL", "error, warn, info, debug or trace (default: info)"},
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
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_version_flag("--version", "msncd " MSNC_VERSION, "print the version");
  app.footer(examples);
  app.set_help_flag("--help,-h", "print this help");
  app.add_option("--account", options.account, "account to serve (default: \"default\")")
      ->type_name("NAME");
  // A single value is stored in a string, so that CLI11 itself refuses a second one.
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
  for (const auto& [option, key, argument, help] : shared_options)
    add(option, given[key], find_key(key)->repeats, help)->type_name(argument);
  app.add_option("--config", options.config,
                 "read only this configuration (default: /etc/msnc/config, then "
                 "$XDG_CONFIG_HOME/msnc/config)")
      ->type_name("FILE");
  app.add_option("--state-dir", options.state_directory,
                 "directory of the events and the lock (default: $XDG_STATE_HOME/msncd)")
      ->type_name("DIR");
  struct NetworkOption {
    const network::Driver* driver;
    const network::Driver::Setting* setting;
    Value value;
  };
  std::deque<NetworkOption> network_options;
  for (const auto* driver : networks)
    for (const auto& setting : driver->settings)
      if (!setting.option.empty()) network_options.push_back({driver, &setting, {}});
  for (auto& [driver, setting, value] : network_options)
    add(std::string(setting->option), value, false, std::string(setting->help))
        ->type_name(std::string(setting->argument))
        ->group("Network " + std::string(driver->name));
  auto* detach = app.add_flag("--detach", options.detach,
                              "run in the background; returns once clients can connect")
                     ->disable_flag_override();
  app.add_option("--pid-file", options.pid_file, "write the process ID to FILE")->type_name("FILE");
  auto* check = app.add_flag("--check-config", options.check_config,
                             "check options and configuration, and exit")
                    ->disable_flag_override();
  app.add_flag("--stop", options.stop,
               "stop the running daemon of the account, and wait until it has ended")
      ->disable_flag_override()
      ->excludes(detach)
      ->excludes(check);

  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them last first
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    options.output = app.help();
    return options;
  } catch (const CLI::CallForVersion&) {
    options.output = app.version() + '\n';
    return options;
  } catch (const CLI::ParseError& error) {
    return fail(ErrorCode::usage, option_error(error));
  }
  if (const auto rest = app.remaining(); !rest.empty())
    return fail(ErrorCode::usage, unexpected_word(rest.front()) + "; see: msncd --help");

  if (auto good = pipe::check_account_name(options.account); !good)
    return fail(ErrorCode::usage, "--account: " + good.error().message);
  for (const auto& [option, key, argument, help] : shared_options) {
    auto& value = given[key];
    if (value.one) value.many.push_back(*value.one);
    for (const auto& word : value.many)
      if (auto good = find_key(key)->set(options.flags, word, networks); !good)
        return fail(ErrorCode::usage, std::string(option) + ": " + good.error().message);
  }
  for (const auto& [driver, setting, value] : network_options)
    if (value.one)
      options.flags.network_settings.push_back({std::string(driver->name),
                                                std::string(setting->name), *value.one,
                                                std::string(setting->option)});
  const auto stdio = [](auto& address) { return address.kind == pipe::Address::Kind::stdio; };
  if (options.detach &&
      std::any_of(options.flags.listen.begin(), options.flags.listen.end(), stdio))
    return fail(ErrorCode::usage, "--detach and --listen stdio cannot be used together");
  return options;
}

}  // namespace msn::msncd

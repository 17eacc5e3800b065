// SPDX-License-Identifier: MIT
#include "cmd/msncd/setup.hpp"

#include "cmd/msncd/compose.hpp"
#include "tests/cmd_msncd/networks.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <unistd.h>

using namespace msn;
using namespace msn::msncd;
using msn::test::networks;

namespace {

struct Home {
  Home() {
    variables["HOME"] = place.path();
    variables["XDG_CONFIG_HOME"] = place / "config";
    variables["XDG_STATE_HOME"] = place / "state";
    std::filesystem::create_directories(place / "config/msnc");
  }
  void config(std::string_view text) { std::ofstream(place / "config/msnc/config") << text; }
  Result<Setup> setup(std::vector<std::string> arguments = {}) {
    auto options = parse_options(std::move(arguments), networks());
    if (!options) return fail(options.error());
    return make_setup(std::move(*options), networks(), [this](std::string_view name) {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
  }

  test::TempDir place;
  std::map<std::string, std::string, std::less<>> variables;
};

}  // namespace

TEST_CASE("without options and configuration the defaults are used") {
  Home home;
  const auto setup = home.setup();
  REQUIRE(setup);
  CHECK(setup->state_directory == home.place / "state/msncd");
  CHECK(setup->network->name == "local");
  CHECK(setup->log_level() == LogLevel::info);
  CHECK(setup->durability() == store::Durability::full);
  CHECK(setup->chosen.listen.empty());
}

TEST_CASE("options override the section of the account and that overrides the common keys") {
  Home home;
  home.config(
      "log_level = error\nnetwork = msnp\nlisten = unix:/common\n[network.local]\ndb = /common.db\n"
      "[account.work]\nlog_level = warn\n[account.work.network.local]\ndb = /work.db\n");
  CHECK(home.setup()->log_level() == LogLevel::error);
  CHECK(home.setup({"--account", "work"})->log_level() == LogLevel::warn);
  const auto setup = home.setup({"--account", "work", "--log-level", "debug", "--network", "local",
                                 "--listen", "unix:/flag", "--local-db", "/flag.db"});
  REQUIRE(setup);
  CHECK(setup->log_level() == LogLevel::debug);
  CHECK(setup->network->name == "local");
  REQUIRE(setup->chosen.listen.size() == 1);
  CHECK(setup->chosen.listen[0].path == "/flag");
  CHECK(setup->chosen.settings_of("local") == network::Settings{{"db", "/flag.db"}});
  CHECK(home.setup()->network->name == "msnp");
}

TEST_CASE("a file given with --config must exist and the default one need not") {
  Home home;
  CHECK(home.setup());
  const auto missing = home.setup({"--config", home.place / "missing.conf"});
  REQUIRE(!missing);
  CHECK(missing.error().code == ErrorCode::usage);
  CHECK(missing.error().message.find("missing.conf") != std::string::npos);
}

TEST_CASE("an unknown key in the default file is an error") {
  Home home;
  home.config("colour = red\n");
  const auto wrong = home.setup();
  REQUIRE(!wrong);
  CHECK(wrong.error().message.starts_with((home.place / "config/msnc/config") +
                                          ":1: unknown key 'colour'"));
}

TEST_CASE("relative paths of options start at the current directory and ~ is the home directory") {
  Home home;
  const auto here = std::filesystem::current_path().string();
  home.config("password_file = ~/pw\n");
  const auto setup = home.setup({"--local-db", "l.db", "--listen", "unix:s.sock", "--pid-file", "p",
                                 "--state-dir", "st", "--server", "host"});
  REQUIRE(setup);
  CHECK(setup->chosen.password_file == home.place / "pw");
  CHECK(setup->chosen.settings_of("local")[0].second == here + "/l.db");
  CHECK(setup->chosen.settings_of("msnp")[0].second == "host");
  CHECK(setup->chosen.listen[0].path == here + "/s.sock");
  CHECK(setup->options.pid_file == here + "/p");
  CHECK(setup->state_directory == here + "/st");
}

TEST_CASE("auto_login needs an address and a password") {
  Home home;
  const auto file = home.place / "config/msnc/config";
  home.config("\nauto_login = yes\n");
  CHECK(home.setup().error().message ==
        file + ":2: auto_login: account 'default' has no email; add: email = ADDRESS");
  home.config("email = me@example.org\n[account.work]\nauto_login = yes\n");
  CHECK(home.setup());
  CHECK(home.setup({"--account", "work"}).error().message ==
        file +
            ":3: auto_login: account 'work' has no password; add: password_command = COMMAND, or: "
            "password_file = FILE");
  home.config("auto_login = yes\nemail = me@example.org\npassword_command = echo x\n");
  CHECK(home.setup());
}

TEST_CASE("an invalid value of a network setting names file and line and key") {
  Home home;
  home.config("\n[network.local]\nregister = perhaps\n");
  const auto setup = home.setup();
  REQUIRE(setup);
  NullLog log;
  const auto wrong = check_network_settings(*setup, networks(), log);
  REQUIRE(!wrong);
  CHECK(wrong.error().code == ErrorCode::usage);
  CHECK(wrong.error().message ==
        (home.place / "config/msnc/config") + ":3: register: 'perhaps' is neither yes nor no");
  home.config("[network.local]\nregister = no\n");
  CHECK(check_network_settings(*home.setup(), networks(), log));
  // Also if the value contains the name of another setting.
  home.config("[network.local]\ndb = /register/x\nregister = server\n");
  CHECK(check_network_settings(*home.setup({"--network", "msnp", "--server", "register"}),
                               networks(), log)
            .error()
            .message ==
        (home.place / "config/msnc/config") + ":3: register: 'server' is neither yes nor no");
}

TEST_CASE("missing and conflicting settings of the chosen network are reported before the start") {
  Home home;
  NullLog log;
  const auto check = [&](const std::vector<std::string>& arguments) {
    const auto setup = home.setup(arguments);
    REQUIRE(setup);
    const auto checked = check_network_settings(*setup, networks(), log);
    if (checked) return std::string("good");
    CHECK(checked.error().code == ErrorCode::usage);
    return checked.error().message;
  };
  CHECK(check({}) == "good");
  CHECK(check({"--network", "msnp"}) == "server: the network 'msnp' needs one");
  CHECK(check({"--network", "msnp", "--server", "a"}) == "good");
  home.config("network = msnp\n[network.msnp]\nca_file = /ca.pem\nserver = plain\n");
  CHECK(check({}) == "ca_file: 'plain' has no certificate");
  CHECK(check({"--server", "a"}) == "good");
  // Settings of another network are not checked for completeness.
  CHECK(check({"--network", "local"}) == "good");
}

TEST_CASE("keys that need a restart are listed") {
  Home home;
  home.config("listen = unix:/a\n");
  const auto before = home.setup();
  home.config(
      "listen = unix:/b\nnetwork = msnp\nlog_level = debug\nretention_days = 1\nauto_login = yes\n"
      "email = me@example.org\npassword_command = x\n[network.local]\ndb = /x.db\n");
  const auto after = home.setup();
  REQUIRE(before);
  REQUIRE(after);
  CHECK(needing_restart(*before, *after) ==
        std::vector<std::string>{"listen", "network", "[network.local]", "auto_login", "email",
                                 "password_command"});
  CHECK(needing_restart(*before, *before).empty());
}

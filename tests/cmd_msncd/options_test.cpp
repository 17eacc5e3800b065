// SPDX-License-Identifier: MIT
#include "cmd/msncd/options.hpp"

#include "tests/cmd_msncd/networks.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace msn;
using namespace msn::msncd;
using msn::test::networks;

namespace {

Options parse(std::vector<std::string> arguments) {
  auto options = parse_options(std::move(arguments), networks());
  if (!options) FAIL(options.error().message);
  return std::move(*options);
}

std::string refusal(std::vector<std::string> arguments) {
  const auto options = parse_options(std::move(arguments), networks());
  REQUIRE(!options);
  CHECK(options.error().code == ErrorCode::usage);
  return options.error().message;
}

}  // namespace

TEST_CASE("every option is parsed") {
  const auto options = parse({"--account",
                              "work",
                              "--network",
                              "msnp",
                              "--listen",
                              "unix:/a",
                              "--listen=fifo:/b",
                              "--config",
                              "c",
                              "--state-dir",
                              "s",
                              "--local-db",
                              "l.db",
                              "--server",
                              "h:1863",
                              "--ca-file",
                              "ca",
                              "--detach",
                              "--pid-file",
                              "p",
                              "--log-level",
                              "trace",
                              "--check-config"});
  CHECK(options.account == "work");
  CHECK(options.flags.network == "msnp");
  REQUIRE(options.flags.listen.size() == 2);
  CHECK(options.flags.listen[0].text() == "unix:/a");
  CHECK(options.flags.listen[1].text() == "fifo:/b");
  CHECK(options.config == "c");
  CHECK(options.state_directory == "s");
  CHECK(options.detach);
  CHECK(options.pid_file == "p");
  CHECK(options.flags.log_level == LogLevel::trace);
  CHECK(options.check_config);
  CHECK(options.flags.settings_of("local") == network::Settings{{"db", "l.db"}});
  CHECK(options.flags.settings_of("msnp") ==
        network::Settings{{"server", "h:1863"}, {"ca_file", "ca"}});
}

TEST_CASE("without options the account is default and nothing else is set") {
  const auto options = parse({});
  CHECK(options.account == "default");
  CHECK(!options.config);
  CHECK(!options.detach);
  CHECK(options.flags.listen.empty());
  CHECK(options.flags.network_settings.empty());
  CHECK(!options.output);
}

TEST_CASE("the help lists every option and the version names the program") {
  const auto help = *parse({"--help"}).output;
  for (const auto* option :
       {"--account", "--network", "--listen", "--config", "--state-dir", "--local-db", "--server",
        "--ca-file", "--detach", "--pid-file", "--log-level", "--log-file", "--stop",
        "--check-config", "--version", "--help"})
    CHECK(help.find(option) != std::string::npos);
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 80);
  CHECK(parse({"--version"}).output == "msncd " MSNC_VERSION "\n");
}

TEST_CASE("an error names the wrong option and its value") {
  CHECK(refusal({"--colour"}) == "unknown option '--colour'; see: msncd --help");
  CHECK(refusal({"--colour=red"}) == "unknown option '--colour'; see: msncd --help");
  CHECK(refusal({"-x"}) == "unknown option '-x'; see: msncd --help");
  CHECK(refusal({"word"}) == "unexpected argument 'word'; see: msncd --help");
  CHECK(refusal({"--account", "a/b"}).starts_with("--account: "));
  CHECK(refusal({"--account", ".."}).starts_with("--account: "));
  CHECK(refusal({"--network", "icq"}) == "--network: 'icq' is not a network; use local or msnp");
  CHECK(refusal({"--log-level", "loud"}).starts_with("--log-level: 'loud'"));
  CHECK(refusal({"--listen", "udp:192.0.2.1:3030"}).starts_with("--listen: "));
  CHECK(refusal({"--listen", "udp:192.0.2.1:3030"}).find("loopback") != std::string::npos);
  CHECK(refusal({"--listen"}) == "--listen needs a value");
  CHECK(refusal({"--config="}) == "--config needs a value");
  CHECK(refusal({"--network", "local", "--network", "msnp"}) == "--network: given twice");
  CHECK(refusal({"--log-file="}) == "--log-file needs a value");
  CHECK(refusal({"--detach=3"}) == "--detach takes no value");
  CHECK(refusal({"--detach", "--listen", "stdio"}) ==
        "--detach and --listen stdio cannot be used together");
  CHECK(refusal({"--\x1b[31m"}).find('\x1b') == std::string::npos);
}

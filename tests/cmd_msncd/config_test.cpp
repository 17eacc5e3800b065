// SPDX-License-Identifier: MIT
#include "cmd/msncd/config.hpp"

#include "tests/cmd_msncd/networks.hpp"

#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::msncd;
using msn::test::networks;

namespace {

const Environment at_home = [](std::string_view name) {
  return name == "HOME" ? std::optional<std::string>("/home/me") : std::nullopt;
};

Result<Layer> layer(std::string_view text, const std::string& account = "default") {
  auto file = parse_config(text, "conf", at_home);
  INFO(text);
  if (!file) FAIL(file.error().message);
  return config_for({*file}, account, networks(), at_home);
}

Layer parse(std::string_view text, const std::string& account = "default") {
  auto found = layer(text, account);
  if (!found) FAIL(found.error().message);
  return std::move(*found);
}

std::string refusal(std::string_view text) {
  const auto found = layer(text);
  INFO(text);
  REQUIRE(!found);
  CHECK(found.error().code == ErrorCode::usage);
  return found.error().message;
}

std::string setting(const Layer& layer, std::string_view network, std::string_view name) {
  for (const auto& [key, value] : layer.settings_of(network))
    if (key == name) return value;
  return "<none>";
}

}  // namespace

TEST_CASE("every key of the file is parsed") {
  const auto layer = parse(R"(
# a comment
; another one
listen = unix:/run/x.sock
listen = fifo:/run/pipes
log_level = debug
durability = normal
retention_days = 7
retention_events = 1000
retention_bytes = 1048576
pending_events = 2000
pending_bytes = 2M
auto_login = yes
email = Me@Example.org
password_command = pass show msn
network = msnp

[network.local]
db = /var/lib/msn/local.db
register = no

[network.msnp]
server = example.org:1863
ca_file = /etc/ca.pem
)");
  REQUIRE(layer.listen.size() == 2);
  CHECK(layer.listen[0].text() == "unix:/run/x.sock");
  CHECK(layer.listen[1].text() == "fifo:/run/pipes");
  CHECK(layer.log_level == LogLevel::debug);
  CHECK(layer.durability == store::Durability::normal);
  CHECK(layer.retention().age == std::chrono::hours(7 * 24));
  CHECK(layer.retention().events == 1000);
  CHECK(layer.retention().bytes == 1048576);
  CHECK(layer.retention().pending_events == 2000);
  CHECK(layer.retention().pending_bytes == 2097152);
  CHECK(layer.auto_login == true);
  CHECK(layer.email == "me@example.org");
  CHECK(layer.password_command == "pass show msn");
  CHECK(layer.network == "msnp");
  CHECK(setting(layer, "local", "db") == "/var/lib/msn/local.db");
  CHECK(setting(layer, "local", "register") == "no");
  CHECK(setting(layer, "msnp", "server") == "example.org:1863");
  CHECK(setting(layer, "msnp", "ca_file") == "/etc/ca.pem");
  CHECK(parse("password_file = /home/me/pw\n").password_file == "/home/me/pw");
}

TEST_CASE("the default retention is 30 days and 100000 events and 256 MiB") {
  const auto retention = parse("").retention();
  CHECK(retention.age == std::chrono::hours(30 * 24));
  CHECK(retention.events == 100'000);
  CHECK(retention.bytes == 268'435'456);
}

TEST_CASE("a size may have a unit") {
  CHECK(parse("retention_bytes = 10K\n").retention_bytes == 10'240);
  CHECK(parse("retention_bytes = 256M\n").retention_bytes == 268'435'456);
  CHECK(parse("retention_bytes = 2G\n").retention_bytes == 2'147'483'648);
}

TEST_CASE("an address extends to the end of its line") {
  const auto several = parse("listen = unix:/a.sock\nlisten = udp:127.0.0.1:3030\n").listen;
  REQUIRE(several.size() == 2);
  CHECK(several[1].text() == "udp:127.0.0.1:3030");
  for (const char* line : {"listen = \"unix:/with space.sock\"\n", "listen = /with space.sock\n"}) {
    const auto spaced = parse(line).listen;
    REQUIRE(spaced.size() == 1);
    CHECK(spaced[0].path == "/with space.sock");
  }
}

TEST_CASE("the section of an account overrides the common keys") {
  const auto* const text = R"(
log_level = warn
email = me@example.org
password_command = pass show msn
listen = unix:/common.sock
[network.local]
db = /common.db
register = no
[account.work]
log_level = debug
email = me@work.example
password_file = /pw
listen = unix:/work.sock
[account.work.network.local]
db = /work.db
[account.my.home]
durability = memory
[account.work.network.msnp]
server = work.example
)";
  const auto plain = parse(text);
  CHECK(plain.log_level == LogLevel::warn);
  CHECK(plain.password_command == "pass show msn");
  CHECK(setting(plain, "local", "db") == "/common.db");
  const auto work = parse(text, "work");
  CHECK(work.log_level == LogLevel::debug);
  CHECK(work.email == "me@work.example");
  CHECK(work.password_file == "/pw");
  CHECK(!work.password_command);
  REQUIRE(work.listen.size() == 1);
  CHECK(work.listen[0].path == "/work.sock");
  CHECK(setting(work, "local", "db") == "/work.db");
  CHECK(setting(work, "local", "register") == "no");
  CHECK(setting(work, "msnp", "server") == "work.example");
  const auto home = parse(text, "my.home");
  CHECK(home.durability == store::Durability::memory);
  CHECK(home.log_level == LogLevel::warn);
}

TEST_CASE("an unknown network or network key is an error with file and line and key") {
  CHECK(refusal("\n\n[network.local]\n\ncolour = red\n") ==
        "conf:5: colour: the network local has no such key; use db or register");
  CHECK(refusal("[network.icq]\nserver = x\n") ==
        "conf:2: server: unknown network 'icq'; use local or msnp");
}

TEST_CASE("a path in a network setting begins with / or ~/") {
  const auto layer = parse("[network.local]\ndb = ~/l.db\n[network.msnp]\nca_file = /ca.pem\n");
  CHECK(setting(layer, "local", "db") == "/home/me/l.db");
  CHECK(setting(layer, "msnp", "ca_file") == "/ca.pem");
  const std::string why = "' is a relative path; in this file a path must begin with / or ~/";
  CHECK(refusal("[network.local]\ndb = rel.db\n") == "conf:2: db: 'rel.db" + why);
  CHECK(refusal("[account.other.network.msnp]\nca_file = ./rel.pem\n") ==
        "conf:2: ca_file: './rel.pem" + why);
  CHECK(setting(parse("[network.msnp]\nserver = host\n"), "msnp", "server") == "host");
}

TEST_CASE("msncd does not check the values of the keys of msnc") {
  CHECK(layer("account = x\ncolor = loud\ntimeout = many\nautostart = perhaps\nsocket = x:y\n"));
}

TEST_CASE("an invalid value is an error with file and line and key") {
  CHECK(refusal("\ndurability = perhaps\n") ==
        "conf:2: durability: 'perhaps' is not a durability; use full, normal or memory");
  CHECK(refusal("log_level = loud\n") ==
        "conf:1: log_level: 'loud' is not a log level; use error, warn, info, debug or trace");
  CHECK(refusal("network = icq\n") == "conf:1: network: 'icq' is not a network; use local or msnp");
  CHECK(refusal("retention_days = many\n").starts_with("conf:1: retention_days: 'many'"));
  CHECK(refusal("retention_days = -1\n").starts_with("conf:1: retention_days: '-1'"));
  CHECK(refusal("retention_events = 1e5\n").starts_with("conf:1: retention_events: '1e5'"));
  CHECK(refusal("retention_bytes = 12X\n").starts_with("conf:1: retention_bytes: '12X'"));
  CHECK(refusal("retention_bytes = 9999999G\n").starts_with("conf:1: retention_bytes: "));
  CHECK(refusal("auto_login = perhaps\n") == "conf:1: auto_login: 'perhaps' is neither yes nor no");
  CHECK(
      refusal("email = nobody\n").starts_with("conf:1: email: 'nobody' is not an e-mail address"));
  CHECK(refusal("listen = udp:192.0.2.1:3030\n").starts_with("conf:1: listen: "));
  CHECK(refusal("listen = tcp:1\n").starts_with("conf:1: listen: "));
  // The sections of other accounts are checked, too.
  CHECK(refusal("[account.other]\nlog_level = loud\n").starts_with("conf:2: log_level: "));
}

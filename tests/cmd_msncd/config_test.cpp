// SPDX-License-Identifier: MIT
#include "cmd/msncd/config.hpp"

#include "tests/cmd_msncd/networks.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace msn;
using namespace msn::msncd;
using msn::test::networks;

namespace {

Config parse(std::string_view text) {
  auto config = parse_config(text, "conf", networks());
  INFO(text);
  if (!config) FAIL(config.error().message);
  return std::move(*config);
}

std::string refusal(std::string_view text) {
  const auto config = parse_config(text, "conf", networks());
  INFO(text);
  REQUIRE(!config);
  CHECK(config.error().code == ErrorCode::usage);
  return config.error().message;
}

std::string setting(const Layer& layer, std::string_view network, std::string_view name) {
  for (const auto& [key, value] : layer.settings_of(network))
    if (key == name) return value;
  return "<none>";
}

}  // namespace

TEST_CASE("every key of the file is understood") {
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
)")
                         .common;
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
  CHECK(parse("password_file = /home/me/pw\n").common.password_file == "/home/me/pw");
}

TEST_CASE("an empty file and one without a last line break are fine") {
  CHECK(!parse("").common.log_level);
  CHECK(!parse("\n\n  \n# only a comment").common.log_level);
  CHECK(parse("log_level = warn").common.log_level == LogLevel::warn);
  CHECK(parse("  log_level=warn  \r\n").common.log_level == LogLevel::warn);
}

TEST_CASE("without any key retention is 30 days, 100000 events, 256 MiB") {
  const auto retention = parse("").common.retention();
  CHECK(retention.age == std::chrono::hours(30 * 24));
  CHECK(retention.events == 100'000);
  CHECK(retention.bytes == 268'435'456);
}

TEST_CASE("a size may have a unit") {
  CHECK(parse("retention_bytes = 10K\n").common.retention_bytes == 10'240);
  CHECK(parse("retention_bytes = 256M\n").common.retention_bytes == 268'435'456);
  CHECK(parse("retention_bytes = 2G\n").common.retention_bytes == 2'147'483'648);
}

TEST_CASE("an address is the whole of its line") {
  const auto several = parse("listen = unix:/a.sock\nlisten = udp:127.0.0.1:3030\n").common.listen;
  REQUIRE(several.size() == 2);
  CHECK(several[1].text() == "udp:127.0.0.1:3030");
  for (const char* line : {"listen = \"unix:/with space.sock\"\n", "listen = /with space.sock\n"}) {
    const auto spaced = parse(line).common.listen;
    REQUIRE(spaced.size() == 1);
    CHECK(spaced[0].path == "/with space.sock");
  }
}

TEST_CASE("a command stays as it is written") {
  const auto command = [](std::string_view text) {
    return *parse("password_command = " + std::string(text) + '\n').common.password_command;
  };
  CHECK(command("pass  show  msn, please") == "pass  show  msn, please");
  CHECK(command("sh -c 'a; b'") == "sh -c 'a; b'");
  CHECK(command("\"a; b\"") == "a; b");
  CHECK(command("a b ; c # d") == "a b ; c # d");
  CHECK(command("a=b c") == "a=b c");
}

TEST_CASE("yes and no have the usual words") {
  for (const auto* yes : {"yes", "true", "on", "1", "YES", "\"yes\""})
    CHECK(parse("auto_login = " + std::string(yes)).common.auto_login == true);
  for (const auto* no : {"no", "false", "off", "0", "No"})
    CHECK(parse("auto_login = " + std::string(no)).common.auto_login == false);
  CHECK(refusal("auto_login\n") == "conf:1: 'auto_login' is neither KEY = VALUE nor [SECTION]");
}

TEST_CASE("an account's section wins over the common keys") {
  const auto config = parse(R"(
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
network.local.db = /work.db
[account.my.home]
durability = memory
[account.work.network.msnp]
server = work.example
)");
  const auto plain = config.layer_for("default");
  CHECK(plain.log_level == LogLevel::warn);
  CHECK(plain.password_command == "pass show msn");
  CHECK(setting(plain, "local", "db") == "/common.db");
  const auto work = config.layer_for("work");
  CHECK(work.log_level == LogLevel::debug);
  CHECK(work.email == "me@work.example");
  CHECK(work.password_file == "/pw");
  CHECK(!work.password_command);
  REQUIRE(work.listen.size() == 1);
  CHECK(work.listen[0].path == "/work.sock");
  CHECK(setting(work, "local", "db") == "/work.db");
  CHECK(setting(work, "local", "register") == "no");
  CHECK(setting(work, "msnp", "server") == "work.example");
  const auto home = config.layer_for("my.home");
  CHECK(home.durability == store::Durability::memory);
  CHECK(home.log_level == LogLevel::warn);
}

TEST_CASE("a wrong key names file, line and key") {
  CHECK(refusal("durability = full\ncolour = red\n").starts_with("conf:2: unknown key 'colour'"));
  CHECK(refusal("\n\n[network.local]\n\ncolour = red\n") ==
        "conf:5: unknown key 'colour'; network.local has db or register");
  CHECK(refusal("[account.x]\ndb = 1\n").starts_with("conf:2: unknown key 'db'"));
  CHECK(refusal("Log_Level = info\n").starts_with("conf:1: unknown key 'Log_Level'"));
  CHECK(refusal("nonsense = 1\n").starts_with("conf:1: unknown key 'nonsense'"));
  CHECK(refusal("x.y = 1\n") == "conf:1: unknown key 'x.y'");
  CHECK(refusal("x\n") == "conf:1: 'x' is neither KEY = VALUE nor [SECTION]");
  CHECK(refusal("state_dir = /x\n").starts_with("conf:1: unknown key 'state_dir'"));
}

TEST_CASE("a wrong value names file, line and key") {
  CHECK(refusal("\ndurability = perhaps\n") ==
        "conf:2: durability: 'perhaps' is not a durability: full, normal or memory");
  CHECK(refusal("log_level = loud\n") ==
        "conf:1: log_level: 'loud' is not a log level: error, warn, info, debug or trace");
  CHECK(refusal("network = icq\n") == "conf:1: network: 'icq' is not a network: local or msnp");
  CHECK(refusal("retention_days = many\n").starts_with("conf:1: retention_days: 'many'"));
  CHECK(refusal("retention_days = -1\n").starts_with("conf:1: retention_days: '-1'"));
  CHECK(refusal("retention_events = 1e5\n").starts_with("conf:1: retention_events: '1e5'"));
  CHECK(refusal("retention_bytes = 12X\n").starts_with("conf:1: retention_bytes: '12X'"));
  CHECK(refusal("retention_bytes = 9999999G\n").starts_with("conf:1: retention_bytes: "));
  CHECK(refusal("auto_login = perhaps\n") == "conf:1: auto_login: 'perhaps' is neither yes nor no");
  CHECK(refusal("email = nobody\n").starts_with("conf:1: email: 'nobody' is not an address"));
  CHECK(refusal("listen = udp:192.0.2.1:3030\n").starts_with("conf:1: listen: "));
  CHECK(refusal("listen = tcp:1\n").starts_with("conf:1: listen: "));
  CHECK(refusal("password_command =\n").starts_with("conf:1: password_command: "));
  CHECK(refusal("password_file = \"\"\n").starts_with("conf:1: password_file: "));
  // An account that is not asked for is checked, too.
  CHECK(refusal("[account.other]\nlog_level = loud\n").starts_with("conf:2: log_level: "));
}

TEST_CASE("a wrong section names file and line") {
  CHECK(refusal("\n[colours]\n") == "conf:2: unknown section '[colours]'");
  CHECK(refusal("[network.icq]\n") == "conf:1: unknown section '[network.icq]'");
  CHECK(refusal("[network]\n") == "conf:1: unknown section '[network]'");
  CHECK(refusal("[account]\n") == "conf:1: unknown section '[account]'");
  CHECK(refusal("[account.a/b]\n").starts_with("conf:1: 'a/b' cannot be the name of an account"));
  CHECK(refusal("[]\n") == "conf:1: the section has no name");
  CHECK(refusal("[network.local\ndb = x\n") == "conf:1: '[network.local' lacks its ]");
}

TEST_CASE("a key given twice, and two sources of one password, are errors") {
  CHECK(refusal("log_level = info\nlog_level = warn\n") == "conf:2: log_level: given twice");
  CHECK(refusal("[network.local]\ndb = a\ndb = b\n") == "conf:3: db: given twice");
  CHECK(refusal("[account.a]\nemail = a@b\n[account.b]\nemail = a@b\n[account.a]\nemail = a@b\n") ==
        "conf:6: email: given twice");
  CHECK(refusal("password_file = /a\npassword_command = b\n")
            .starts_with("conf:2: password_command: "));
}

TEST_CASE("what is no text is refused, its bytes made visible") {
  CHECK(refusal(std::string_view("log_level = in\0fo\n", 18)) == "conf:1: a control character");
  CHECK(refusal("\x1b[31m = 1\n") == "conf:1: a control character");
  CHECK(refusal("\xff\xfe = 1\n").find("\\xff") != std::string::npos);
  CHECK(refusal(std::string(2'000'000, '#')) == "conf: is too long to be a configuration");
}

TEST_CASE("a file that cannot be read is an error that names it") {
  test::TempDir place;
  const auto missing = read_config(place / "missing", networks());
  REQUIRE(!missing);
  CHECK(missing.error().code == ErrorCode::usage);
  CHECK(missing.error().message ==
        "cannot read the configuration " + (place / "missing") + ": No such file or directory");
  CHECK(!read_config(place.path(), networks()));
  std::ofstream(place / "conf") << "log_level = error\n";
  const auto read = read_config(place / "conf", networks());
  REQUIRE(read);
  CHECK(read->common.log_level == LogLevel::error);
}

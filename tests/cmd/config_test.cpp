// SPDX-License-Identifier: MIT
#include "cmd/config.hpp"

#include "core/base/ini.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>

using namespace msn;

namespace {

Environment environment(std::map<std::string, std::string, std::less<>> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto it = variables.find(name);
    return it == variables.end() ? std::nullopt : std::optional(it->second);
  };
}

const Environment at_home = environment({{"HOME", "/home/me"}});

std::string refusal(std::string_view text) {
  const auto config = parse_config(text, "conf", at_home);
  INFO(text);
  REQUIRE(!config);
  CHECK(config.error().code == ErrorCode::usage);
  return config.error().message;
}

// One line "account/network: key = value" for each item.
std::string items(std::string_view text) {
  const auto config = parse_config(text, "conf", at_home);
  INFO(text);
  if (!config) FAIL(config.error().message);
  std::string all;
  for (const auto& item : *config)
    all += item.account.value_or("*") + '/' + item.network + ": " + item.key + " = " + item.value +
           '\n';
  return all;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("a key applies to every account or to one or to a network") {
  CHECK(items("account = work\nlog_level = warn\n"
              "[network.local]\ndb = /l.db\n"
              "[account.work]\nemail = a@b\n"
              "[account.my.home.network.msnp]\nserver = host\n"
              "[account.my.home]\ntimeout = 5\n") ==
        "*/: account = work\n*/: log_level = warn\n*/local: db = /l.db\nwork/: email = a@b\n"
        "my.home/msnp: server = host\nmy.home/: timeout = 5\n");
  const auto config = parse_config("\nemail = a@b\n", "conf", at_home);
  REQUIRE(config);
  CHECK(config->at(0).place == "conf:2: email");
}

TEST_CASE("an empty file and one without a final newline are valid") {
  CHECK(items("").empty());
  CHECK(items("\n\n  \n# only a comment").empty());
  CHECK(items("\xEF\xBB\xBFlog_level=warn  \r\n") == "*/: log_level = warn\n");
}

TEST_CASE("a value extends to the end of its line") {
  const auto value = [](const std::string& text) {
    const auto config = parse_config("password_command = " + text + '\n', "f", at_home);
    REQUIRE(config);
    return config->at(0).value;
  };
  CHECK(value("a; b, c # d | e = f [x]") == "a; b, c # d | e = f [x]");
  CHECK(value("  pass  show   'my msn'  ") == "pass  show   'my msn'");
  CHECK(value("\"quoted whole\"") == "quoted whole");
  CHECK(value("'a \"b\"; c'") == "a \"b\"; c");
  CHECK(value("\"a\" \"b\"") == "\"a\" \"b\"");
}

TEST_CASE("~ is the home directory and a relative path is an error") {
  CHECK(items("password_file = ~/pw\nsocket = ~/s\nlisten = unix:~/s\nlisten = fifo:~/d\n"
              "listen = udp:127.0.0.1:3030\nlisten = stdio\nlog_file = /var/log/x\n") ==
        "*/: password_file = /home/me/pw\n*/: socket = /home/me/s\n*/: listen = unix:/home/me/s\n"
        "*/: listen = fifo:/home/me/d\n*/: listen = udp:127.0.0.1:3030\n*/: listen = stdio\n"
        "*/: log_file = /var/log/x\n");
  const std::string why = "' is a relative path; in this file a path must begin with / or ~/";
  CHECK(refusal("password_file = pw\n") == "conf:1: password_file: 'pw" + why);
  CHECK(refusal("socket = run/x.sock\n") == "conf:1: socket: 'run/x.sock" + why);
  CHECK(refusal("listen = unix:x.sock\n") == "conf:1: listen: 'unix:x.sock" + why);
  CHECK(refusal("log_file = ~x/log\n") == "conf:1: log_file: '~x/log" + why);
}

TEST_CASE("the error for an unknown section or key has file and line") {
  const std::string sections =
      "; use [account.NAME], [network.NETWORK] or [account.NAME.network.NETWORK]";
  CHECK(refusal("\n[colours]\n") == "conf:2: unknown section [colours]" + sections);
  CHECK(refusal("[account]\n") == "conf:1: unknown section [account]" + sections);
  CHECK(refusal("[network]\n") == "conf:1: unknown section [network]" + sections);
  CHECK(refusal("[network.]\n") == "conf:1: unknown section [network.]" + sections);
  CHECK(refusal("[account.a/b]\n").starts_with("conf:1: bad account name 'a/b'"));
  CHECK(refusal("[account.]\n").starts_with("conf:1: bad account name ''"));
  CHECK(refusal("[]\n") == "conf:1: the section has no name");
  CHECK(refusal("[network.local\ndb = x\n") == "conf:1: '[network.local' has no closing ]");
  CHECK(refusal("durability = full\ncolour = red\n") ==
        "conf:2: unknown key 'colour'; the keys are account, autostart, color, socket, timeout, "
        "email, "
        "password_command, password_file, auto_login, durability, listen, log_file, log_level, "
        "network, pending_bytes, pending_events, retention_bytes, retention_days, "
        "retention_events");
  CHECK(refusal("Log_Level = info\n").starts_with("conf:1: unknown key 'Log_Level'"));
  CHECK(refusal("[account.x]\naccount = y\n") ==
        "conf:2: account must be set before the first section");
  CHECK(refusal("x\n") == "conf:1: 'x' is neither KEY = VALUE nor [SECTION]");
  CHECK(refusal("email =\n") == "conf:1: email has no value");
}

TEST_CASE("a key given twice or two password sources in one section are errors") {
  CHECK(refusal("log_level = info\nlog_level = warn\n") == "conf:2: log_level: given twice");
  CHECK(refusal("[network.local]\ndb = a\ndb = b\n") == "conf:3: db: given twice");
  CHECK(refusal("[account.a]\nemail = a@b\n[account.b]\nemail = a@b\n[account.a]\nemail = a@b\n") ==
        "conf:6: email: given twice");
  CHECK(refusal("password_file = /a\npassword_command = b\n") ==
        "conf:2: password_command and password_file cannot both be set; remove one");
  CHECK(items("password_file = /a\n[account.x]\npassword_command = b\n") ==
        "*/: password_file = /a\nx/: password_command = b\n");
}

TEST_CASE("bytes that are not text are refused and escaped in the message") {
  CHECK(refusal(std::string_view("log_level = in\0fo\n", 18)) ==
        "conf:1: the line contains a control character");
  CHECK(refusal("\x1b[31m = 1\n") == "conf:1: the line contains a control character");
  CHECK(refusal("\xff\xfe = 1\n").find("\\xff") != std::string::npos);
  CHECK(refusal(std::string(2'000'000, '#')) ==
        "conf: too large for a configuration file (limit: 1 MiB)");
}

TEST_CASE("the system file is read before the file of the user and a named file is read alone") {
  const test::TempDir dir;
  const auto env = environment({{"XDG_CONFIG_HOME", dir.path()}, {"HOME", dir.path()}});
  const auto first_values = [&](std::optional<std::string_view> named) {
    const auto files = read_config(env, named, dir / "system");
    if (!files) FAIL(files.error().message);
    std::string all;
    for (const auto& file : *files) all += file.at(0).value + ' ';
    return all;
  };
  CHECK(first_values(std::nullopt).empty());
  std::filesystem::create_directories(dir / "msnc");
  write(dir / "system", "email = system@x\n");
  write(dir / "msnc/config", "email = user@x\n");
  write(dir / "named", "email = named@x\n");
  CHECK(first_values(std::nullopt) == "system@x user@x ");
  CHECK(first_values(dir / "named") == "named@x ");
  CHECK(first_values("~/named") == "named@x ");

  const auto missing = read_config(env, dir / "missing", dir / "system");
  REQUIRE(!missing);
  CHECK(missing.error().code == ErrorCode::usage);
  CHECK(missing.error().message ==
        "cannot read the configuration " + (dir / "missing") + ": there is no such file");
  CHECK(read_config(env, dir.path(), dir / "system").error().message ==
        "cannot read the configuration " + dir.path() + ": Is a directory");
  // An endless file is read up to the limit.
  CHECK(read_config(env, "/dev/zero", dir / "system").error().message.find("too large") !=
        std::string::npos);
}

TEST_CASE("yes and no have the usual synonyms") {
  for (const auto* yes : {"yes", "true", "on", "1", "YES"}) CHECK(parse_yes_no(yes) == true);
  for (const auto* no : {"no", "false", "off", "0", "No"}) CHECK(parse_yes_no(no) == false);
  CHECK(parse_yes_no("perhaps").error().message == "'perhaps' is neither yes nor no");
}

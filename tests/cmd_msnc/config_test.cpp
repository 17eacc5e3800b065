// SPDX-License-Identifier: MIT
#include "cmd/msnc/config.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>

namespace {

using namespace msn;
using namespace msn::msnc;

std::string fault(std::string_view text) {
  const auto config = read_config(text, "/etc/x", "default");
  REQUIRE_FALSE(config);
  CHECK(config.error().code == ErrorCode::usage);
  return config.error().message;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

Environment environment(std::map<std::string, std::string, std::less<>> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto it = variables.find(name);
    return it == variables.end() ? std::nullopt : std::optional(it->second);
  };
}

}  // namespace

TEST_CASE("the account's section is read, the others are only checked") {
  constexpr std::string_view text =
      "# mine\n[account.default]\nemail = me@example.org\npassword_command = pass show msn\n\n"
      "; and at work\n[account.work]\nemail = me@work.example\nsocket = "
      "/run/user/1000/msncd/work.sock\n"
      "password_file = /home/me/.pw\n";
  const auto mine = read_config(text, "f", "default");
  REQUIRE(mine);
  CHECK(mine->email == "me@example.org");
  CHECK(mine->password_command == "pass show msn");
  CHECK_FALSE(mine->password_file);
  CHECK_FALSE(mine->socket);
  const auto work = read_config(text, "f", "work");
  REQUIRE(work);
  CHECK(work->email == "me@work.example");
  CHECK(work->socket == "/run/user/1000/msncd/work.sock");
  CHECK(work->password_file == "/home/me/.pw");
  CHECK_FALSE(read_config(text, "f", "other")->email);
}

TEST_CASE("a value is the whole of its line") {
  const auto value = [](const std::string& line) {
    const auto config =
        read_config("[account.default]\npassword_command = " + line + "\n", "f", "default");
    REQUIRE(config);
    return *config->password_command;
  };
  CHECK(value("a; b, c # d | e = f [x]") == "a; b, c # d | e = f [x]");
  CHECK(value("  pass  show   'my msn'  ") == "pass  show   'my msn'");
  CHECK(value("[a,b]") == "[a,b]");
  CHECK(value("\"quoted whole\"") == "quoted whole");
  CHECK(value("'a \"b\"; c'") == "a \"b\"; c");
  CHECK(value("\"a\" \"b\"") == "\"a\" \"b\"");
}

TEST_CASE("an account's name may hold a dot") {
  CHECK(read_config("[account.a.b]\nemail = x@y\n", "f", "a.b")->email == "x@y");
}

TEST_CASE("an unknown section or key names file, line and key") {
  CHECK(fault("\n[account.default]\nemail = a@b\ncolour = red\n") ==
        "/etc/x:4: unknown key 'colour'; there are email, password_command, password_file and "
        "socket");
  CHECK(fault("[account.work]\n\nmail = a@b\n").find("/etc/x:3: unknown key 'mail'") == 0);
  CHECK(fault("[acount.default]\nemail = a@b\n") ==
        "/etc/x:1: unknown section 'acount.default'; there is only [account.NAME]");
  CHECK(fault("\n\n[other]\n").find("/etc/x:3: unknown section 'other'") == 0);
  CHECK(fault("[account]\nemail = a@b\n") ==
        "/etc/x:1: the section [account] needs a name: [account.default]");
  CHECK(fault("email = a@b\n[account.default]\n") ==
        "/etc/x:1: 'email' stands in no [account.NAME] section");
  CHECK(fault("[account.default]\nemail =\n") == "/etc/x:2: 'email' has no value");
  CHECK(fault("[account.default]\na.b = c\n").find("/etc/x:2: unknown key 'a.b'") == 0);
  CHECK(fault("[account.a/b]\n").find("/etc/x:1: bad account name 'a/b'") == 0);
}

TEST_CASE("a value that cannot be names file, line and key, whoever's account it is") {
  CHECK(fault("[account.work]\nsocket = foo:bar\n") ==
        "/etc/x:2: socket: bad address 'foo:bar': it is unix:PATH or a path, fifo:DIR or "
        "udp:HOST:PORT");
  CHECK(fault("[account.work]\nsocket = stdio\n").find("/etc/x:2: socket: bad address 'stdio'") ==
        0);
  CHECK(fault("[account.default]\nemail = a@b ; me\n") ==
        "/etc/x:2: email: \"a@b ; me\" is not an e-mail address: it holds a space");
  CHECK(fault("[account.default]\nemail = a@b\n\nemail = c@d\n") == "/etc/x:4: email: given twice");
  CHECK(fault("[account.default]\npassword_file = x\npassword_command = y\n") ==
        "/etc/x:3: password_command: password_command and password_file are both given; leave one "
        "out");
}

TEST_CASE("a byte order mark and CR LF do no harm") {
  const auto config =
      read_config("\xEF\xBB\xBF[account.default]\r\nemail = a@b\r\n", "f", "default");
  REQUIRE(config);
  CHECK(config->email == "a@b");
}

TEST_CASE("a file that was named must be there, the others need not") {
  const test::TempDir dir;
  std::filesystem::create_directories(dir / "msnc");
  const auto env = environment({{"XDG_CONFIG_HOME", dir.path()}, {"HOME", dir.path()}});
  const auto none = load_config(env, std::nullopt, "default", dir / "system");
  REQUIRE(none);
  CHECK_FALSE(none->email);
  const auto missing = load_config(env, dir / "missing", "default", dir / "system");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::usage);
  CHECK(missing.error().message == dir / "missing" + ": there is no such file");
  CHECK_FALSE(load_config(env, dir.path(), "default", dir / "system"));  // a directory
}

TEST_CASE("the user's file goes before the system's, key by key") {
  const test::TempDir dir;
  std::filesystem::create_directories(dir / "msnc");
  write(dir / "system", "[account.default]\nemail = system@x\nsocket = /system.sock\n");
  const auto env = environment({{"XDG_CONFIG_HOME", dir.path()}, {"HOME", dir.path()}});
  CHECK(load_config(env, std::nullopt, "default", dir / "system")->email == "system@x");
  write(dir / "msnc/config", "[account.default]\nemail = user@x\n");
  const auto both = load_config(env, std::nullopt, "default", dir / "system");
  REQUIRE(both);
  CHECK(both->email == "user@x");
  CHECK(both->socket == "/system.sock");
  // Of the two sources of a password the user's is the one.
  write(dir / "system", "[account.default]\npassword_file = /pw\n");
  write(dir / "msnc/config", "[account.default]\npassword_command = pass show msn\n");
  const auto mine = load_config(env, std::nullopt, "default", dir / "system");
  REQUIRE(mine);
  CHECK(mine->password_command == "pass show msn");
  CHECK_FALSE(mine->password_file);
  write(dir / "named", "[account.default]\nemail = named@x\n");
  const auto named = load_config(env, dir / "named", "default", dir / "system");
  REQUIRE(named);
  CHECK(named->email == "named@x");
  CHECK_FALSE(named->socket);
}

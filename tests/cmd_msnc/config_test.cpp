// SPDX-License-Identifier: MIT
#include "cmd/msnc/config.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace msn;
using namespace msn::msnc;

const Environment nothing = [](std::string_view) { return std::optional<std::string>{}; };

Result<AccountConfig> config(std::initializer_list<std::string_view> texts,
                             std::optional<std::string> account = {}) {
  std::vector<ConfigFile> files;
  for (const auto text : texts) {
    auto file = parse_config(text, "conf", nothing);
    REQUIRE(file);
    files.push_back(std::move(*file));
  }
  return config_for(files, std::move(account));
}

std::string refusal(std::string_view text) {
  const auto wrong = config({text});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::usage);
  return wrong.error().message;
}

}  // namespace

TEST_CASE("the section of an account overrides settings for all accounts") {
  constexpr std::string_view text =
      "email = me@example.org\npassword_command = pass show msn\ntimeout = 5\n"
      "[account.work]\nemail = me@work.example\nsocket = /run/work.sock\n"
      "password_file = /home/me/.pw\nautostart = yes\ncolor = never\n";
  const auto mine = config({text});
  REQUIRE(mine);
  CHECK(mine->account == "default");
  CHECK(mine->email == "me@example.org");
  CHECK(mine->password_command == "pass show msn");
  CHECK(mine->timeout == pipe::Patience(std::chrono::seconds(5)));
  CHECK_FALSE(mine->socket);
  CHECK_FALSE(mine->autostart);
  const auto work = config({text}, "work");
  REQUIRE(work);
  CHECK(work->account == "work");
  CHECK(work->email == "me@work.example");
  CHECK(work->socket == "/run/work.sock");
  CHECK(work->password_file == "/home/me/.pw");
  CHECK_FALSE(work->password_command);
  CHECK(work->timeout == pipe::Patience(std::chrono::seconds(5)));
  CHECK(work->autostart == true);
  CHECK(work->color == OutputOptions::Color::never);
}

TEST_CASE("the configuration may name the account") {
  CHECK(config({"account = work\n[account.work]\nemail = w@x\n"})->email == "w@x");
  CHECK(config({"account = work\n"}, "home")->account == "home");
}

TEST_CASE("a later file overrides single keys of an earlier one in any section") {
  const auto both =
      config({"[account.default]\nemail = system@x\nsocket = /system.sock\n", "email = user@x\n"});
  REQUIRE(both);
  CHECK(both->email == "user@x");
  CHECK(both->socket == "/system.sock");
  const auto password = config({"password_file = /pw\n", "password_command = pass show msn\n"});
  REQUIRE(password);
  CHECK(password->password_command == "pass show msn");
  CHECK_FALSE(password->password_file);
}

TEST_CASE("the default socket is the first address that the daemon listens on") {
  CHECK(config({"listen = stdio\nlisten = unix:/a\nlisten = udp:127.0.0.1:3030\n"})->socket ==
        "unix:/a");
  CHECK(config({"listen = unix:/a\nsocket = /b\n"})->socket == "/b");
  CHECK(config({"socket = /b\nlisten = unix:/a\n"})->socket == "/b");
}

TEST_CASE("an invalid value is reported with file and line and key for any account") {
  CHECK(refusal("[account.work]\nsocket = foo:bar\n") ==
        "conf:2: socket: bad address 'foo:bar': write unix:PATH or a path, fifo:DIR or "
        "udp:HOST:PORT");
  CHECK(refusal("[account.x]\nemail = a@b ; me\n") ==
        "conf:2: email: \"a@b ; me\" is not an e-mail address: it contains a space");
  CHECK(refusal("autostart = perhaps\n") == "conf:1: autostart: 'perhaps' is neither yes nor no");
  CHECK(refusal("color = red\n") == "conf:1: color: 'red' is not auto, always or never");
  CHECK(refusal("[account.x]\ncolor = red\n") ==
        "conf:2: color: 'red' is not auto, always or never");
  CHECK(refusal("[account.x]\ntimeout = soon\n") ==
        "conf:2: timeout: 'soon' is not a number of seconds");
  CHECK(refusal("\naccount = a/b\n").starts_with("conf:2: account: bad account name 'a/b'"));
}

TEST_CASE("keys and networks of msncd are skipped") {
  CHECK(config({"log_level = loud\nnetwork = icq\n[network.icq]\nserver = x\n"}));
}

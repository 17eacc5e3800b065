// SPDX-License-Identifier: MIT
// The advice after an error: it is for the same command and the same daemon.
#include "tests/cmd_msnc/scripted_daemon.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace {

using namespace msn;
using Catch::Matchers::Contains;
using msn::test::Exchange;
using msn::test::Ran;
using msn::test::run;
using msn::test::Script;
using msn::test::ScriptedDaemon;
using msn::test::without_socket;
using Words = std::vector<std::string>;

std::string last_line(const Ran& ran) {
  const auto end = ran.err.rfind('\n', ran.err.size() - 2);
  return ran.err.substr(end + 1);
}

// What the command prints on stderr when its output is a full disk.
std::string on_a_full_disk(Words words, Script script) {
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  ScriptedDaemon daemon(std::move(script));
  words.insert(words.end(), {"-s", daemon.socket()});
  const Ran ran = run(words, {}, full.get());
  CHECK(ran.status == 12);
  return ran.err;
}

}  // namespace

TEST_CASE("if no daemon listens the advice is how to start the one for this account") {
  const test::TempDir dir;
  const std::pair<std::string, std::string> runtime{"XDG_RUNTIME_DIR", dir.path()};
  Ran ran = run({"ping"}, {runtime});
  CHECK(ran.status == 3);
  CHECK(ran.err == "msnc: no msncd at unix:" + (dir / "msncd/default.sock") +
                       "\n      start it with: msncd --detach (or add --autostart)\n");
  ran = run({"ping", "-a", "work"}, {runtime});
  CHECK(last_line(ran) ==
        "      start it with: msncd --account work --detach (or add --autostart)\n");
  ran = run({"ping", "-s", dir / "it's here"});
  CHECK(last_line(ran) == "      start it with: msncd --listen 'unix:" + dir.path() +
                              "/it'\\''s here' --detach (or add --autostart)\n");
  std::ofstream(dir / "config") << "[account.work]\nsocket = " << dir / "w.sock"
                                << "\n";
  ran = run({"ping", "-a", "work", "--config", dir / "config"});
  CHECK(last_line(ran) ==
        "      start it with: msncd --account work --listen unix:" + (dir / "w.sock") +
            " --config " + (dir / "config") + " --detach (or add --autostart)\n");
  ran = run({"ping", "-a", "home"}, {runtime, {"MSNC_CONFIG", dir / "config"}});
  CHECK(last_line(ran) == "      start it with: msncd --account home --config " + (dir / "config") +
                              " --detach (or add --autostart)\n");
}

TEST_CASE("a hint has the account and the queue and the address of the command") {
  const test::TempDir dir;
  std::ofstream(dir / "config") << "[account.work]\nemail = w@x\n";
  const auto hint = [](Words words, const std::string& unit, const std::string& answer,
                       const std::vector<std::pair<std::string, std::string>>& environment = {}) {
    ScriptedDaemon daemon(Script{{unit, answer + "\n"}});
    words.insert(words.end(), {"-s", daemon.socket()});
    auto line = last_line(run(words, environment));
    const auto at = line.find(daemon.socket());
    if (at != line.npos) line.replace(at, daemon.socket().size(), "SOCKET");
    return line;
  };
  CHECK(hint({"contacts", "-a", "alice"}, "GETCL\n", "ERR ENOTCONN") ==
        "      log in with: msnc -a alice -s SOCKET login EMAIL\n");
  CHECK(hint({"contacts"}, "GETCL\n", "ERR ENOTCONN", {{"MSNC_ACCOUNT", "alice"}}) ==
        "      log in with: msnc -a alice -s SOCKET login EMAIL\n");
  CHECK(hint({"contacts", "-a", "work", "--config", dir / "config"}, "GETCL\n", "ERR ENOTCONN") ==
        "      log in with: msnc -a work -s SOCKET --config " + (dir / "config") + " login w@x\n");
  CHECK(hint({"queue", "rm", "bot"}, "QDEL bot\n", "ERR UNK QUEUE") ==
        "      list the queues with: msnc -s SOCKET queue ls\n");
  CHECK(hint({"queue", "new", "bot"}, "QNEW bot\n", "ERR EINVAL EXISTS queue bot already exists") ==
        "      list the queues with: msnc -s SOCKET queue ls\n");
}

TEST_CASE("login --register is advised only if the daemon can create accounts") {
  const auto advised = [](const std::string& features) {
    ScriptedDaemon daemon(Script{{"LOGIN bbo@x y\n", "ERR MSN 205 Invalid user\n"},
                                 {"HELLO\n", "OK msncd/1" + features + "\n"}});
    const Ran ran = run({"login", "bbo@x", "--password-command", "echo y", "-s", daemon.socket()});
    CHECK(daemon.received() == "LOGIN bbo@x y\nHELLO\n");
    CHECK(ran.status == 5);
    return ran.err.substr(ran.err.find('\n') + 1);
  };
  CHECK_THAT(advised(" utf8 pct multiline register"),
             Catch::Matchers::Contains("check the address; to create an account: msnc -s ") &&
                 Catch::Matchers::EndsWith(" login --register bbo@x\n"));
  CHECK(advised(" utf8 pct multiline") ==
        "      check the address; this daemon cannot create accounts\n");
}

TEST_CASE("the password of the default account is not sent to a socket of another account") {
  const test::TempDir dir;
  std::ofstream(dir / "config") << "[account.default]\nemail = me@x\npassword_command = echo mine\n"
                                   "[account.bob]\nemail = bob@x\npassword_command = echo his\n";
  std::filesystem::create_directory(dir / "msncd");
  const auto sent = [&](const std::string& name, const Words& more) {
    ScriptedDaemon daemon(Script{{"LOGIN me@x mine\n", "OK\n"}});
    std::filesystem::create_symlink(daemon.socket(), dir / name);
    Words words{"login", "--config", dir / "config", "-s", dir / name};
    words.insert(words.end(), more.begin(), more.end());
    (void)run(words);
    std::filesystem::remove(dir / name);
    return daemon.received();
  };
  CHECK(sent("carol.sock", {}).empty());
  CHECK(sent("msncd/bob.sock", {}) == "LOGIN bob@x his\n");
  CHECK(sent("msncd/default.sock", {}) == "LOGIN me@x mine\n");
  CHECK(sent("carol.sock", {"-a", "default"}) == "LOGIN me@x mine\n");
}

TEST_CASE("an invalid configuration has its own advice") {
  const test::TempDir dir;
  std::ofstream(dir / "config") << "[account.default]\nsocket = foo:bar\n";
  const Ran ran = run({"ping", "--config", dir / "config"});
  CHECK(ran.status == 2);
  CHECK(ran.err == "msnc: " + (dir / "config") +
                       ":2: socket: bad address 'foo:bar': write unix:PATH or a path, fifo:DIR or "
                       "udp:HOST:PORT\n      see: msnc help config\n");
}

TEST_CASE("messages name options as typed and commands for the same daemon") {
  CHECK_THAT(run({"-a", "bob", "poll", "--only", "said"}).err,
             Contains("them: msnc -a bob queue new both --only message,said\n"));
  CHECK_THAT(run({"log", "-n", "many"}).err,
             Catch::Matchers::StartsWith("msnc: -n (--max) takes a number from 1 to "));
  CHECK_THAT(run({"poll", "--max", "many"}).err,
             Catch::Matchers::StartsWith("msnc: --max takes a number from 1 to "));
}

TEST_CASE("a directory of another user is in the error message or in a note") {
  const test::TempDir dir;
  std::string foreign = "/";  // root's
  if (::geteuid() == 0) {
    foreign = dir / "theirs";
    std::filesystem::create_directory(foreign);
    REQUIRE(::chown(foreign.c_str(), 65534, 65534) == 0);
  }
  const std::string what =
      "XDG_RUNTIME_DIR is not used, because " + foreign + " belongs to another user";
  const Words words{"ping", "-v", "-a", "none-" + std::to_string(::getpid())};
  const std::vector<std::pair<std::string, std::string>> environment{
      {"XDG_RUNTIME_DIR", foreign}, {"XDG_STATE_HOME", dir.path()}};
  const auto with = [&](const char* option) {
    auto all = words;
    all.emplace_back(option);
    return run(all, environment).err;
  };
  CHECK_THAT(with("--json"), Contains("; " + what + "\",\"exit\":3"));
  CHECK_THAT(with("--no-input"), Contains("; " + what + "\n      start it with: "));
  CHECK_THAT(with("--dry-run"), Catch::Matchers::StartsWith("msnc: " + what + '\n'));
  CHECK(run({"ping", "--dry-run"}, environment).err.empty());
}

TEST_CASE("NO_COLOR turns colors off if it is not empty") {
  const UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK));
  REQUIRE(terminal);
  REQUIRE((::grantpt(terminal.get()) == 0 && ::unlockpt(terminal.get()) == 0));
  const UniqueFd side(::open(::ptsname(terminal.get()), O_RDWR | O_NOCTTY));
  REQUIRE(side);
  const auto is_colored = [&](const std::string& no_color) {
    ScriptedDaemon daemon(Script{{"HELLO\n", "OK msncd/1 ev max only hold peek\n"},
                                 {"POLL PEEK EV MAX=1 NICKS\n",
                                  "EV 5 2026-11-22T15:04:05.123Z TYPING bob@x\nPOLLEND 5 0\n"}});
    CHECK(run({"-s", daemon.socket(), "poll", "--peek", "--max", "1"}, {{"NO_COLOR", no_color}},
              side.get())
              .status == 0);
    std::array<char, 4096> shown{};
    const auto count = ::read(terminal.get(), shown.data(), shown.size());
    return std::string_view(shown.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)))
               .find('\x1b') != std::string_view::npos;
  };
  CHECK(is_colored(""));
  CHECK_FALSE(is_colored("1"));
}

TEST_CASE("if events cannot be printed the advice says that none is lost") {
  const std::string event = "EV 5 2026-11-22T15:04:05.123Z TYPING bob@x\n";
  const std::string advice =
      "      events that were not marked as read are printed again by the next poll\n";
  const std::string failure = "msnc: the output could not be written: No space left on device\n";
  CHECK(on_a_full_disk({"poll"}, {{"POLL HOLD EV NICKS\n", event + "POLLEND 5 0\n"}}) ==
        failure + advice);
  CHECK(on_a_full_disk({"watch"}, {{"POLL HOLD EV MAX=1000 WAIT=0 NICKS\n",
                                    event + "POLLEND 5 0\n"}}) == failure + advice);
  CHECK(on_a_full_disk({"contacts"}, {{"GETCL\n", "CL 1\nonline bob@x Bob\n"}}) == failure);
  CHECK(on_a_full_disk({"raw", "POLL"}, {{"POLL\n", "TYPING bob@x\nPOLLEND\n"}}) ==
        "msnc: the output could not be written: No space left on device; the request itself "
        "succeeded\n");
  CHECK_THAT(
      on_a_full_disk({"-j", "send", "bob@x", "hi"}, {{"SENDMSG 1 bob@x ID=* QUIET\nhi\n", "OK\n"}}),
      Contains("the request itself succeeded"));
  CHECK(run({"schema"}, {}, UniqueFd(::open("/dev/full", O_WRONLY)).get()).err == failure);
  CHECK(run({"-h"}, {}, UniqueFd(::open("/dev/full", O_WRONLY)).get()).err == failure);
}

TEST_CASE("an unknown outcome has its own exit status and advice") {
  const std::string silent;
  const auto after_silence = [&](Words words, const std::string& unit) {
    ScriptedDaemon daemon(Script{{unit, silent}});
    words.insert(words.begin(), {"-t", "0.05", "-s", daemon.socket()});
    const Ran ran = run(words);
    CHECK(ran.status == 13);
    CHECK_THAT(ran.err, Contains(": no answer within 0.05 s; it is not known whether "));
    return without_socket(last_line(ran), daemon);
  };
  CHECK(after_silence({"add", "b@x"}, "ADD b%40x b@x\n") == "      check it with: msnc contacts\n");
  CHECK(after_silence({"block", "b@x"}, "BLOCK b@x\n") ==
        "      check it with: msnc contacts --blocked\n");
  CHECK(after_silence({"unblock", "b@x"}, "UNBLOCK b@x\n") ==
        "      check it with: msnc contacts --blocked\n");
  CHECK(after_silence({"allow", "b@x"}, "ALLOW b@x\n") ==
        "      check it with: msnc contacts --reverse\n");
  CHECK(after_silence({"deny", "b@x"}, "DENY b@x\n") ==
        "      check it with: msnc contacts --reverse\n");
  {
    const test::StandardInput passwords("old\nnew\n");
    CHECK(after_silence({"passwd", "--password-stdin"}, "PASSWD old new\n") ==
          "      check it with: msnc login\n");
  }
  CHECK(after_silence({"nick", "Me"}, "NICK Me\n") == "      check it with: msnc status\n");
  CHECK(after_silence({"queue", "new", "bot"}, "QNEW bot\n") ==
        "      check it with: msnc queue ls\n");
  CHECK(after_silence({"ack", "17"}, "ACK 17\n") ==
        "      run it again: doing it twice is harmless\n");
  CHECK_THAT(after_silence({"raw", "LOGOFF"}, "LOGOFF\n"),
             Contains("it is not known whether the request was carried out\n"));
  CHECK(
      after_silence({"send", "b@x", "hi"}, "SENDMSG 1 b@x ID=* QUIET\nhi\n") ==
      "      if you send it again, it may arrive twice; to make repeating safe, send messages with "
      "--id TOKEN\n");
  {
    // A request that changes nothing has no unknown outcome.
    ScriptedDaemon daemon(Script{{"GETCL\n", silent}});
    CHECK(run({"-t", "0.05", "-s", daemon.socket(), "raw", "GETCL"}).status == 3);
  }
  {
    ScriptedDaemon daemon(Script{{"HELLO\n", "OK msncd/1 sendx once quiet\n"},
                                 {"SENDMSG 1 b@x ID=job.1 ONCE QUIET\nhi\n", silent}});
    const Ran ran =
        run({"-t", "0.05", "-s", daemon.socket(), "send", "b@x", "--id", "job.1", "--", "hi"});
    CHECK(ran.status == 13);
    CHECK_THAT(ran.err, Contains("it is not known whether the message was sent\n"));
    CHECK(last_line(ran) ==
          "      send it again with --id job.1: a message that was sent is not sent twice\n");
  }
  {
    ScriptedDaemon daemon(Script{{"SENDMSG 1 b@x ID=* QUIET\nhi\n", "", Exchange::After::close}});
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "b@x", "hi"});
    CHECK(ran.status == 13);
    CHECK_THAT(ran.err, Contains(R"({"error":{"code":"unknown_outcome","message":)"));
    CHECK_THAT(ran.err, Contains(R"("exit":13,"command":"send","reply":null,"socket":")"));
    CHECK_THAT(ran.err, Catch::Matchers::EndsWith(R"(","outcome":"unknown"}})"
                                                  "\n"));
  }
}

// SPDX-License-Identifier: MIT
// What to do next: the advice below a failure holds for the command and the daemon it is about.
#include "tests/cmd_msnc/scripted_daemon.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <fstream>

namespace {

using namespace msn;
using Catch::Matchers::Contains;
using msn::test::Exchange;
using msn::test::Ran;
using msn::test::run;
using msn::test::Script;
using msn::test::ScriptedDaemon;
using Words = std::vector<std::string>;

std::string last_line(const Ran& ran) {
  const auto end = ran.err.rfind('\n', ran.err.size() - 2);
  return ran.err.substr(end + 1);
}

// The command's errors when its output is a full disk.
std::string on_a_full_disk(Words words, Script script) {
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  ScriptedDaemon daemon(std::move(script));
  words.insert(words.end(), {"-s", daemon.socket()});
  const Ran ran = run(words, {}, full.get());
  CHECK(ran.status == 12);
  return ran.err;
}

}  // namespace

TEST_CASE("who reads on is told how to start the daemon that was meant, once") {
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
  CHECK(last_line(ran) == "      start it with: msncd --account work --listen unix:" +
                              (dir / "w.sock") + " --detach (or add --autostart)\n");
}

TEST_CASE("a wrong configuration is not put down to the command") {
  const test::TempDir dir;
  std::ofstream(dir / "config") << "[account.default]\nsocket = foo:bar\n";
  const Ran ran = run({"ping", "--config", dir / "config"});
  CHECK(ran.status == 2);
  CHECK(ran.err == "msnc: " + (dir / "config") +
                       ":2: socket: bad address 'foo:bar': it is unix:PATH or a path, fifo:DIR or "
                       "udp:HOST:PORT\n      see: man 5 msnc\n");
}

TEST_CASE("what could not be printed: who takes events is told that none is lost") {
  const std::string event = "EV 5 2026-11-22T15:04:05.123Z TYPING bob@x\n";
  const std::string comfort =
      "      what was not printed was not acknowledged; the next poll brings it again\n";
  const std::string failure = "msnc: the output could not be written: No space left on device\n";
  CHECK(on_a_full_disk({"poll"}, {{"POLL HOLD EV\n", event + "POLLEND 5 0\n"}}) ==
        failure + comfort);
  CHECK(on_a_full_disk({"watch"}, {{"POLL HOLD EV MAX=1000 WAIT=60\n", event + "POLLEND 5 0\n"}}) ==
        failure + comfort);
  CHECK(on_a_full_disk({"contacts"}, {{"GETCL\n", "CL 1\nonline bob@x Bob\n"}}) == failure);
  CHECK(on_a_full_disk({"raw", "POLL"}, {{"POLL\n", "TYPING bob@x\nPOLLEND\n"}}) ==
        "msnc: the output could not be written: No space left on device; what was asked for is "
        "done all the same\n");
  CHECK_THAT(
      on_a_full_disk({"-j", "send", "bob@x", "hi"}, {{"SENDMSG 1 bob@x ID=* QUIET\nhi\n", "OK\n"}}),
      Contains("what was asked for is done all the same"));
  CHECK(run({"schema"}, {}, UniqueFd(::open("/dev/full", O_WRONLY)).get()).err == failure);
  CHECK(run({"-h"}, {}, UniqueFd(::open("/dev/full", O_WRONLY)).get()).err == failure);
}

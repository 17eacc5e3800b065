// SPDX-License-Identifier: MIT
// poll, log and watch: nothing is acknowledged that was not printed.
#include "tests/cmd_msnc/scripted_daemon.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <thread>

namespace {

using namespace msn;
using Catch::Matchers::Contains;
using msn::test::Exchange;
using msn::test::Ran;
using msn::test::run;
using msn::test::Script;
using msn::test::ScriptedDaemon;

const std::string typing = "EV 5 2026-11-22T15:04:05.123Z TYPING bob@x\n";
const std::string status = "EV 7 2026-11-22T15:04:06.000Z STCH bob@x away\n";
const std::string typing_json =
    R"({"event":"typing","time":"2026-11-22T15:04:05.123Z","cursor":"5","account":"default","email":"bob@x","nick":null})"
    "\n";
const std::string status_json =
    R"({"event":"status","time":"2026-11-22T15:04:06.000Z","cursor":"7","account":"default","email":"bob@x","nick":null,"status":"away","discarded":null})"
    "\n";
const std::string hello =
    "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type block "
    "once allow long quiet said who\n";

}  // namespace

TEST_CASE("poll prints, and acknowledges up to the last event") {
  ScriptedDaemon daemon(
      Script{{"POLL HOLD EV\n", typing + status + "POLLEND 7 0\n"}, {"ACK 7\n", "OK 2\n"}});
  const Ran ran = run({"poll", "-j", "-s", daemon.socket()});
  CHECK(ran.status == 0);
  CHECK(ran.out == typing_json + status_json);
  CHECK(ran.err.empty());
  CHECK(daemon.received() == "POLL HOLD EV\nACK 7\n");
}

TEST_CASE("poll's options go over the pipe") {
  ScriptedDaemon daemon(
      Script{{"HELLO\n", hello},
             {"POLL HOLD EV MAX=3 WAIT=2 ONLY=MSG,STCH QUEUE=bot\n", status + "POLLEND 7 0\n"}});
  const Ran ran = run({"poll", "-j", "-s", daemon.socket(), "--wait", "2", "--max", "3", "--only",
                       "message,status", "--queue", "bot"});
  CHECK(ran.status == 0);
  CHECK(daemon.received() ==
        "HELLO\nPOLL HOLD EV MAX=3 WAIT=2 ONLY=MSG,STCH QUEUE=bot\nACK 7 QUEUE=bot\n");
}

TEST_CASE("without events nothing is acknowledged, and -e tells") {
  for (const bool tell : {false, true}) {
    ScriptedDaemon daemon(Script{{"POLL HOLD EV\n", "POLLEND 7 0\n"}});
    std::vector<std::string> words{"poll", "-s", daemon.socket()};
    if (tell) words.emplace_back("-e");
    const Ran ran = run(words);
    CHECK(ran.status == (tell ? 8 : 0));
    CHECK(ran.out.empty());
    CHECK(ran.err.empty());
    CHECK(daemon.received() == "POLL HOLD EV\n");
  }
  ScriptedDaemon daemon(Script{{"POLL HOLD EV\n", "POLLEND 7 0\n"}});
  CHECK_THAT(run({"poll", "-je", "-s", daemon.socket()}).err, Contains(R"("code":"nothing")"));
}

TEST_CASE("what could not be written is not acknowledged") {
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  const UniqueFd closed(::open("/dev/null", O_RDONLY));
  for (const int out : {full.get(), closed.get()}) {
    ScriptedDaemon daemon(Script{{"POLL HOLD EV\n", typing + "POLLEND 5 0\n"}});
    const Ran ran = run({"poll", "-j", "-s", daemon.socket()}, {}, out);
    CHECK(ran.status == 12);
    CHECK_THAT(ran.err, Contains(R"("code":"output")"));
    CHECK(daemon.received() == "POLL HOLD EV\n");
  }
}

TEST_CASE("what a reader left in the pipe is not acknowledged") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  // takes the first line and goes, as head -1 does
  std::thread reader([&] {
    char buffer[65536];
    CHECK(::read(read_end.get(), buffer, sizeof buffer) ==
          static_cast<ssize_t>(typing_json.size()));
    read_end.reset();
  });
  ScriptedDaemon daemon(Script{{"POLL HOLD EV\n", typing + status + "POLLEND 7 0\n"}});
  const Ran ran = run({"poll", "-j", "-s", daemon.socket()}, {}, write_end.get());
  reader.join();
  CHECK(ran.status == 12);
  CHECK(daemon.received() == "POLL HOLD EV\n");
}

TEST_CASE("events are printed as they arrive") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  // The second event comes only when the first was seen.
  std::string seen;
  ScriptedDaemon daemon(Script{{"POLL HOLD EV\n", typing}});
  std::thread program([&] {
    CHECK(run({"poll", "-j", "-t", "0.1", "-s", daemon.socket()}, {}, write_end.get()).status == 3);
    write_end.reset();
  });
  char buffer[4096];
  const ssize_t n = ::read(read_end.get(), buffer, sizeof buffer);
  REQUIRE(n > 0);
  CHECK(std::string(buffer, static_cast<std::size_t>(n)) == typing_json);
  program.join();
  CHECK(daemon.received() == "POLL HOLD EV\n");  // cut off: nothing acknowledged
}

TEST_CASE("control traffic is not shown, but acknowledged") {
  ScriptedDaemon daemon(
      Script{{"POLL HOLD EV\n",
              "EV 9 2026-11-22T15:04:05.123Z MSG 4 3 bob@x\nMIME-Version: 1.0\n"
              "Content-Type: text/x-clientcaps\n\nClient-Name: gaim\nPOLLEND 9 0\n"}});
  const Ran ran = run({"poll", "-je", "-s", daemon.socket()});
  CHECK(ran.status == 8);
  CHECK(ran.out.empty());
  CHECK(daemon.received() == "POLL HOLD EV\nACK 9\n");
}

TEST_CASE("an original daemon's events have no time and no cursor") {
  ScriptedDaemon daemon(Script{
      {"POLL HOLD EV\n",
       "STCH bob@x offline 2\nMSG 4 3 bob@x\nA: b\nContent-Type: text/plain\n\nhi\nPOLLEND\n"}});
  const Ran ran = run({"poll", "-jv", "-s", daemon.socket()});
  CHECK(ran.status == 0);
  CHECK(
      ran.out ==
      R"({"event":"status","time":null,"cursor":null,"account":"default","email":"bob@x","nick":null,"status":"offline","discarded":2})"
      "\n"
      R"({"event":"message","time":null,"cursor":null,"account":"default","email":"bob@x","nick":null,"text":"hi","content_type":"text/plain","headers":{"a":"b","content-type":"text/plain"},"text_base64":null})"
      "\n");
  CHECK_THAT(ran.err, Contains(R"({"note":{"message":"an original msncd)"));
  CHECK(daemon.received() == "POLL HOLD EV\n");
}

TEST_CASE("what would destroy events on an original daemon is refused after HELLO") {
  for (const auto& words : std::vector<std::vector<std::string>>{{"poll", "--peek"},
                                                                 {"poll", "--queue", "bot"},
                                                                 {"log"},
                                                                 {"ack", "5", "--queue", "bot"},
                                                                 {"watch", "--queue", "bot"}}) {
    CAPTURE(words);
    ScriptedDaemon daemon(Script{{"HELLO\n", "ERR ENOTCONN\n"}});
    std::vector<std::string> all{"-j", "-s", daemon.socket()};
    all.insert(all.end(), words.begin(), words.end());
    const Ran ran = run(all);
    CHECK(ran.status == 10);
    CHECK_THAT(ran.err, Contains(R"("code":"unsupported")"));
    CHECK(daemon.received() == "HELLO\n");
  }
}

TEST_CASE("peeking and the log take nothing") {
  {
    ScriptedDaemon daemon(Script{{"HELLO\n", hello}, {"POLL PEEK EV\n", typing + "POLLEND 5 0\n"}});
    CHECK(run({"poll", "--peek", "-j", "-s", daemon.socket()}).out == typing_json);
    CHECK(daemon.received() == "HELLO\nPOLL PEEK EV\n");
  }
  ScriptedDaemon daemon(
      Script{{"HELLO\n", hello}, {"POLL EV MAX=2 FROM=oldest\n", typing + "POLLEND 5 9\n"}});
  CHECK(run({"log", "--max", "2", "-j", "-s", daemon.socket()}).out == typing_json);
  CHECK(daemon.received() == "HELLO\nPOLL EV MAX=2 FROM=oldest\n");
  ScriptedDaemon from(
      Script{{"HELLO\n", hello}, {"POLL EV MAX=10000 ONLY=TYPING FROM=17\n", "POLLEND 17 0\n"}});
  CHECK(run({"log", "--from", "17", "--only", "typing", "-e", "-s", from.socket()}).status == 8);
}

TEST_CASE("the log comes in pages, and its end in a short one") {
  const auto events = [](int first, int count) {
    std::string lines;
    for (int cursor = first; cursor < first + count; ++cursor)
      lines += "EV " + std::to_string(cursor) + " 2026-11-22T15:04:05.123Z TYPING bob@x\n";
    return lines;
  };
  const auto shown = [](const Ran& ran) {
    return std::count(ran.out.begin(), ran.out.end(), '\n');
  };
  {
    // A gap that is told again where the second page begins was told already.
    ScriptedDaemon daemon(Script{
        {"HELLO\n", hello},
        {"POLL EV MAX=1000 FROM=0\n",
         "EV 6 2026-11-22T15:04:05.123Z GAP 6\n" + events(7, 999) + "POLLEND 1005 1001\n"},
        {"POLL EV MAX=1000 FROM=1005\n",
         "EV 1005 2026-11-22T15:04:05.123Z GAP 3\n" + events(1006, 999) + "POLLEND 2004 2\n"},
        {"POLL EV MAX=1000 FROM=2004\n", events(2005, 2) + "POLLEND 2006 0\n"}});
    const Ran ran = run({"log", "--from", "0", "-j", "-s", daemon.socket()});
    CHECK(ran.status == 0);
    CHECK(shown(ran) == 1 + 999 + 999 + 2);
    CHECK(daemon.received() ==
          "HELLO\nPOLL EV MAX=1000 FROM=0\nPOLL EV MAX=1000 FROM=1005\nPOLL EV MAX=1000 "
          "FROM=2004\n");
  }
  ScriptedDaemon daemon(
      Script{{"HELLO\n", hello},
             {"POLL EV MAX=1000 FROM=oldest\n", events(1, 1000) + "POLLEND 1000 5\n"},
             {"POLL EV MAX=1 FROM=1000\n", events(1001, 1) + "POLLEND 1001 4\n"}});
  CHECK(shown(run({"log", "--max", "1001", "-j", "-s", daemon.socket()})) == 1001);
  CHECK(daemon.received() == "HELLO\nPOLL EV MAX=1000 FROM=oldest\nPOLL EV MAX=1 FROM=1000\n");
}

TEST_CASE("watch asks again and again, and acknowledges as it goes") {
  const std::string poll = "POLL HOLD EV MAX=1000 WAIT=60\n";
  ScriptedDaemon daemon(Script{{poll, typing + "POLLEND 5 0\n"},
                               {"ACK 5\n", "OK 1\n"},
                               {poll, "POLLEND 5 0\n"},
                               {poll, status + "POLLEND 7 0\n"},
                               {"ACK 7\n", "OK 1\n"},
                               {poll, "ERR ENOTCONN\n"}});
  const Ran ran = run({"watch", "-j", "--no-retry", "-s", daemon.socket()});
  CHECK(ran.status == 4);
  CHECK(ran.out == typing_json + status_json);
  CHECK(daemon.received() == poll + "ACK 5\n" + poll + poll + "ACK 7\n" + poll);
}

TEST_CASE("watch without an output acknowledges nothing and ends") {
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  ScriptedDaemon daemon(Script{{"POLL HOLD EV MAX=1000 WAIT=60\n", typing + "POLLEND 5 0\n"}});
  CHECK(run({"watch", "-s", daemon.socket()}, {}, full.get()).status == 12);
  CHECK(daemon.received() == "POLL HOLD EV MAX=1000 WAIT=60\n");
}

TEST_CASE("watch tries again when the daemon went away") {
  const std::string poll = "POLL HOLD EV MAX=1000 WAIT=60\n";
  ScriptedDaemon daemon(Script{{poll, typing + "POLLEND 5 0\n"},
                               {"ACK 5\n", "OK 1\n", Exchange::After::close},
                               {poll, status + "POLLEND 7 0\n"},
                               {"ACK 7\n", "OK 1\n"},
                               {poll, "ERR EPERM\n"}});
  const Ran ran = run({"watch", "-j", "-s", daemon.socket()});
  CHECK(ran.status == 3);
  CHECK(ran.out == typing_json + status_json);
  CHECK_THAT(ran.err, Contains("; trying again until it works"));
}

TEST_CASE("watch --peek goes on where it stopped, and takes nothing") {
  ScriptedDaemon daemon(Script{{"HELLO\n", hello},
                               {"POLL PEEK EV MAX=1000 WAIT=60\n", typing + "POLLEND 5 0\n"},
                               {"POLL EV MAX=1000 WAIT=60 FROM=5\n", status + "POLLEND 7 0\n"},
                               {"POLL EV MAX=1000 WAIT=60 FROM=7\n", "ERR EPERM\n"}});
  const Ran ran = run({"watch", "-j", "--peek", "-s", daemon.socket()});
  CHECK(ran.status == 3);
  CHECK(ran.out == typing_json + status_json);
}

TEST_CASE("watch --exec acknowledges each event when the program succeeded") {
  const test::TempDir dir;
  const std::string poll = "POLL HOLD EV MAX=100 WAIT=60\n";
  ScriptedDaemon daemon(Script{{poll, typing + status + "POLLEND 7 0\n"},
                               {"ACK 5\n", "OK 1\n"},
                               {"ACK 7\n", "OK 1\n"},
                               {poll, "ERR ENOTCONN\n"}});
  const Ran ran = run({"watch", "--no-retry", "-s", daemon.socket(), "--exec", "/bin/sh", "-c",
                       "cat >>" + (dir / "seen")});
  CHECK(ran.status == 4);
  CHECK(ran.out.empty());
  CHECK(daemon.received() == poll + "ACK 5\nACK 7\n" + poll);
  std::ifstream seen(dir / "seen");
  CHECK(std::string(std::istreambuf_iterator<char>(seen), {}) == typing_json + status_json);
}

TEST_CASE("an event whose program fails too often stays unacknowledged") {
  const std::string poll = "POLL HOLD EV MAX=100 WAIT=60\n";
  ScriptedDaemon daemon(Script{{poll, typing + status + "POLLEND 7 0\n"}, {"ACK 5\n", "OK 1\n"}});
  const Ran ran = run({"watch", "-j", "-s", daemon.socket(), "--exec-tries", "1", "--exec",
                       "/bin/sh", "-c", "[ \"$MSNC_EVENT\" = typing ]"});
  CHECK(ran.status == 1);
  CHECK_THAT(
      ran.err,
      Contains(R"("code":"refused","message":"/bin/sh failed (exit 1) 1 times with one event)"));
  CHECK(daemon.received() == poll + "ACK 5\n");
}

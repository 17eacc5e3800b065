// SPDX-License-Identifier: MIT
// poll, log and watch. Events that were not printed are never acknowledged.
#include "tests/cmd_msnc/exchange.hpp"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace {

using namespace msn;
using Catch::Matchers::Contains;
using msn::test::Exchange;
using msn::test::hello;
using msn::test::Ran;
using msn::test::run;
using msn::test::Script;
using msn::test::ScriptedDaemon;
using Words = std::vector<std::string>;

const std::string typing = "EV 5 2026-11-22T15:04:05.123Z TYPING bob@x\n";
const std::string status = "EV 7 2026-11-22T15:04:06.000Z STCH bob@x away\n";
const std::string typing_json =
    R"({"event":"typing","time":"2026-11-22T15:04:05.123Z","cursor":"5","account":"default","email":"bob@x","nick":null})"
    "\n";
const std::string status_json =
    R"({"event":"status","time":"2026-11-22T15:04:06.000Z","cursor":"7","account":"default","email":"bob@x","nick":null,"status":"away","discarded":null})"
    "\n";
// Without said, with, last, since and nicks.
const std::string older = "OK msncd/1 utf8 pct ev wait max only hold peek queue from\n";
const std::string every_kind =
    " ONLY=MSG,STCH,UADD,UDEL,ADDFL,DELFL,MFLUSH,TYPING,SCLOSE,SOPEN,ERR,GAP,SENT,FAILED,SAID";

}  // namespace

TEST_CASE("poll prints events and acknowledges up to the last one") {
  ScriptedDaemon daemon(
      Script{{"POLL HOLD EV NICKS\n", typing + status + "POLLEND 7 0\n"}, {"ACK 7\n", "OK 2\n"}});
  const Ran ran = run({"poll", "-j", "-s", daemon.socket()});
  CHECK(ran.status == 0);
  CHECK(ran.out == typing_json + status_json);
  CHECK(ran.err.empty());
  CHECK(daemon.received() == "POLL HOLD EV NICKS\nACK 7\n");
}

TEST_CASE(
    "JSON events name the account of the daemon and msnc asks for it if the address does not tell "
    "it") {
  const test::TempDir dir;
  std::filesystem::create_directory(dir / "msncd");
  const auto account = [&](const std::string& name, const std::string& state, Words more = {}) {
    Script script{{"POLL HOLD EV NICKS\n", typing + "POLLEND 5 0\n"}, {"ACK 5\n", "OK 1\n"}};
    if (!state.empty()) script.insert(script.begin(), {"STATE\n", state});
    ScriptedDaemon daemon(std::move(script));
    std::filesystem::create_symlink(daemon.socket(), dir / name);
    Words words{"poll", "-s", dir / name, "-j"};
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = run(words);
    std::filesystem::remove(dir / name);
    CHECK(daemon.received() ==
          (state.empty() ? "" : "STATE\n") + std::string("POLL HOLD EV NICKS\nACK 5\n"));
    const auto at = ran.out.find("\"account\":");
    return at == ran.out.npos ? ran.err : ran.out.substr(at, ran.out.find(',', at) - at);
  };
  CHECK(account("msncd/bob.sock", "") == R"("account":"bob")");
  CHECK(account("msncd/bob.sock", "", {"-a", "alice"}) == R"("account":"bob")");
  CHECK(account("x.sock", "account = carol\n\n") == R"("account":"carol")");
  CHECK(account("x.sock", "account = carol\n\n", {"-a", "alice"}) == R"("account":"carol")");
  CHECK(account("x.sock", "ERR UNK\n", {"-a", "alice"}) == R"("account":"alice")");
}

TEST_CASE("the account is not asked for when events are printed as text") {
  const test::TempDir dir;
  ScriptedDaemon daemon(Script{{"POLL HOLD EV NICKS\n", "POLLEND 5 0\n"}});
  std::filesystem::create_symlink(daemon.socket(), dir / "x.sock");
  CHECK(run({"poll", "-s", dir / "x.sock"}).status == 0);
  CHECK(daemon.received() == "POLL HOLD EV NICKS\n");
}

TEST_CASE("poll sends its options") {
  ScriptedDaemon daemon(Script{
      {"HELLO\n", hello},
      {"POLL HOLD EV MAX=3 WAIT=2 ONLY=MSG,STCH QUEUE=bot NICKS\n", status + "POLLEND 7 0\n"}});
  const Ran ran = run({"poll", "-j", "-s", daemon.socket(), "--wait", "2", "--max", "3", "--only",
                       "message,status", "--queue", "bot"});
  CHECK(ran.status == 0);
  CHECK(daemon.received() ==
        "HELLO\nPOLL HOLD EV MAX=3 WAIT=2 ONLY=MSG,STCH QUEUE=bot NICKS\nACK 7 QUEUE=bot\n");
}

TEST_CASE("without events nothing is acknowledged and -e sets the exit status") {
  for (const bool tell : {false, true}) {
    ScriptedDaemon daemon(Script{{"POLL HOLD EV NICKS\n", "POLLEND 7 0\n"}});
    std::vector<std::string> words{"poll", "-s", daemon.socket()};
    if (tell) words.emplace_back("-e");
    const Ran ran = run(words);
    CHECK(ran.status == (tell ? 8 : 0));
    CHECK(ran.out.empty());
    CHECK(ran.err.empty());
    CHECK(daemon.received() == "POLL HOLD EV NICKS\n");
  }
  ScriptedDaemon daemon(Script{{"POLL HOLD EV NICKS\n", "POLLEND 7 0\n"}});
  CHECK_THAT(run({"poll", "-je", "-s", daemon.socket()}).err, Contains(R"("code":"nothing")"));
}

TEST_CASE("events that cannot be written are not acknowledged") {
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  const UniqueFd closed(::open("/dev/null", O_RDONLY));
  for (const int out : {full.get(), closed.get()}) {
    ScriptedDaemon daemon(Script{{"POLL HOLD EV NICKS\n", typing + "POLLEND 5 0\n"}});
    const Ran ran = run({"poll", "-j", "-s", daemon.socket()}, {}, out);
    CHECK(ran.status == 12);
    CHECK_THAT(ran.err, Contains(R"("code":"output")"));
    CHECK(daemon.received() == "POLL HOLD EV NICKS\n");
  }
}

TEST_CASE("events that the reader has left in the pipe are not acknowledged") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  // Reads the first line and closes the pipe, as head -1 does.
  std::thread reader([&] {
    char buffer[65536];
    CHECK(::read(read_end.get(), buffer, sizeof buffer) ==
          static_cast<ssize_t>(typing_json.size()));
    read_end.reset();
  });
  ScriptedDaemon daemon(Script{{"POLL HOLD EV NICKS\n", typing + status + "POLLEND 7 0\n"}});
  const Ran ran = run({"poll", "-j", "-s", daemon.socket()}, {}, write_end.get());
  reader.join();
  CHECK(ran.status == 12);
  CHECK(daemon.received() == "POLL HOLD EV NICKS\n");
}

TEST_CASE("events are printed as they arrive") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  // The daemon sends no second event: the first one must be printed without it.
  std::string seen;
  ScriptedDaemon daemon(Script{{"POLL HOLD EV NICKS\n", typing}});
  std::thread program([&] {
    CHECK(run({"poll", "-j", "-t", "0.1", "-s", daemon.socket()}, {}, write_end.get()).status == 3);
    write_end.reset();
  });
  char buffer[4096];
  const ssize_t n = ::read(read_end.get(), buffer, sizeof buffer);
  REQUIRE(n > 0);
  CHECK(std::string(buffer, static_cast<std::size_t>(n)) == typing_json);
  program.join();
  CHECK(daemon.received() == "POLL HOLD EV NICKS\n");  // cut off: nothing acknowledged
}

TEST_CASE("control messages are not shown but acknowledged") {
  ScriptedDaemon daemon(
      Script{{"POLL HOLD EV NICKS\n",
              "EV 9 2026-11-22T15:04:05.123Z MSG 4 3 bob@x\nMIME-Version: 1.0\n"
              "Content-Type: text/x-clientcaps\n\nClient-Name: gaim\nPOLLEND 9 0\n"}});
  const Ran ran = run({"poll", "-je", "-s", daemon.socket()});
  CHECK(ran.status == 8);
  CHECK(ran.out.empty());
  CHECK(daemon.received() == "POLL HOLD EV NICKS\nACK 9\n");
}

TEST_CASE("events of an original msncd have no time and no cursor") {
  ScriptedDaemon daemon(Script{
      {"POLL HOLD EV NICKS\n",
       "STCH bob@x offline 2\nMSG 4 3 bob@x\nA: b\nContent-Type: text/plain\n\nhi\nPOLLEND\n"}});
  const Ran ran = run({"poll", "-jv", "-s", daemon.socket()});
  CHECK(ran.status == 0);
  CHECK(
      ran.out ==
      R"({"event":"status","time":null,"cursor":null,"account":"default","email":"bob@x","nick":null,"status":"offline","discarded":2})"
      "\n"
      R"({"event":"message","time":null,"cursor":null,"account":"default","email":"bob@x","nick":null,"text":"hi","content_type":"text/plain","headers":{"a":"b","content-type":"text/plain"},"text_base64":null})"
      "\n");
  CHECK_THAT(ran.err, Contains(R"({"note":{"message":"this is an original msncd)"));
  CHECK(daemon.received() == "POLL HOLD EV NICKS\n");
}

TEST_CASE("requests that would destroy events on an original msncd are refused after HELLO") {
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

TEST_CASE("poll --peek and log acknowledge nothing") {
  {
    ScriptedDaemon daemon(
        Script{{"HELLO\n", hello}, {"POLL PEEK EV NICKS\n", typing + "POLLEND 5 0\n"}});
    CHECK(run({"poll", "--peek", "-j", "-s", daemon.socket()}).out == typing_json);
    CHECK(daemon.received() == "HELLO\nPOLL PEEK EV NICKS\n");
  }
  ScriptedDaemon daemon(Script{
      {"HELLO\n", hello},
      {"POLL EV MAX=10000" + every_kind + " FROM=oldest NICKS\n", typing + "POLLEND 5 0\n"}});
  CHECK(run({"log", "-j", "-s", daemon.socket()}).out == typing_json);
  CHECK(daemon.received() == "HELLO\nPOLL EV MAX=10000" + every_kind + " FROM=oldest NICKS\n");
  ScriptedDaemon from(Script{{"HELLO\n", hello},
                             {"POLL EV MAX=10000 ONLY=TYPING FROM=17 NICKS\n", "POLLEND 17 0\n"}});
  CHECK(run({"log", "--from", "17", "--only", "typing", "-e", "-s", from.socket()}).status == 8);
}

TEST_CASE("log selects the newest events and those since a time and with one contact") {
  const std::string said = "EV 6 2026-11-22T15:04:07.000Z Bob SAID 2 1 bob@x\n\nhello\n";
  {
    ScriptedDaemon daemon(Script{
        {"HELLO\n", hello},
        {"POLL EV MAX=2" + every_kind + " LAST=2 NICKS\n", typing + said + "POLLEND 6 0\n"}});
    const Ran ran = run({"log", "-n", "2", "-s", daemon.socket()});
    CHECK(ran.err.empty());
    CHECK(ran.out ==
          "2026-11-22T15:04:05.123Z  bob@x is typing\n"
          "2026-11-22T15:04:07.000Z  to bob@x (Bob): hello\n");
  }
  {
    ScriptedDaemon daemon(
        Script{{"HELLO\n", hello},
               {"POLL EV MAX=3 ONLY=MSG,SAID FROM=4 LAST=3 SINCE=2026-11-22T15:04:05.000Z "
                "WITH=bob@x NICKS\n",
                said + "POLLEND 6 0\n"}});
    const Ran ran =
        run({"log", "--max", "3", "--only", "message", "--only", "said,message", "--from", "4",
             "--since", "2026-11-22T16:04:05+01:00", "--with", "Bob@X", "-s", daemon.socket()});
    CHECK(ran.status == 0);
    CHECK(daemon.received().ends_with("WITH=bob@x NICKS\n"));
  }
  // A nick takes a second request.
  ScriptedDaemon daemon(
      Script{{"INFO Bob\n", "email = bob@x\nnick = Bob\n\n"},
             {"HELLO\n", hello},
             {"POLL EV MAX=10000 ONLY=MSG FROM=oldest WITH=bob@x NICKS\n", "POLLEND 6 0\n"}});
  CHECK(run({"log", "--with", "Bob", "--only", "message", "-s", daemon.socket()}).status == 0);
}

TEST_CASE("log -n fetches pages and no more events than requested") {
  const auto events = [](int first, int count) {
    std::string lines;
    for (int cursor = first; cursor < first + count; ++cursor)
      lines += "EV " + std::to_string(cursor) + " 2026-11-22T15:04:05.123Z - TYPING bob@x\n";
    return lines;
  };
  const std::string only = " ONLY=TYPING";
  ScriptedDaemon daemon(Script{
      {"HELLO\n", hello},
      {"POLL EV MAX=10000" + only + " LAST=10002 NICKS\n", events(1, 10'000) + "POLLEND 10000 2\n"},
      {"POLL EV MAX=2" + only + " FROM=10000 NICKS\n", events(10'001, 2) + "POLLEND 10002 7\n"}});
  const Ran ran = run({"log", "-n", "10002", "--only", "typing", "-s", daemon.socket()});
  CHECK(ran.status == 0);
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 10'002);
  CHECK(daemon.received().ends_with("MAX=2 ONLY=TYPING FROM=10000 NICKS\n"));
}

TEST_CASE("a second page continues at the cursor and a gap does not count for -n") {
  const std::string day = "2026-11-22T15:04:05.123Z";
  const std::string only = " ONLY=TYPING";
  ScriptedDaemon daemon(
      Script{{"HELLO\n", hello},
             {"POLL EV MAX=2" + only + " FROM=1 LAST=2 SINCE=2026-11-22T00:00:00.000Z NICKS\n",
              "EV 3 " + day + " - GAP 2\nEV 4 " + day + " - TYPING bob@x\nPOLLEND 4 1\n"},
             {"POLL EV MAX=1" + only + " FROM=4 NICKS\n",
              "EV 5 " + day + " - TYPING eve@x\nPOLLEND 5 0\n"}});
  const Ran ran = run({"log", "-n", "2", "--only", "typing", "--from", "1", "--since",
                       "2026-11-22T00:00:00Z", "-s", daemon.socket()});
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out, Contains("bob@x is typing"));
  CHECK_THAT(ran.out, Contains("eve@x is typing"));
  CHECK(daemon.received().ends_with("MAX=1 ONLY=TYPING FROM=4 NICKS\n"));
}

TEST_CASE("an older daemon refuses -n and --since and --with") {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"log", "-n", "5"}, {"log", "--since", "2h"}, {"poll", "--with", "bob@x"}}) {
    CAPTURE(words);
    ScriptedDaemon daemon(Script{{"HELLO\n", older}});
    std::vector<std::string> all{"-j", "-s", daemon.socket()};
    all.insert(all.end(), words.begin(), words.end());
    const Ran ran = run(all);
    CHECK(ran.status == 10);
    CHECK_THAT(ran.err, Contains(R"("code":"unsupported")"));
    CHECK(daemon.received() == "HELLO\n");
  }
}

TEST_CASE("log fetches pages until a short one") {
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
    // A gap that is repeated at the beginning of the second page is not shown again.
    ScriptedDaemon daemon(Script{
        {"HELLO\n", older},
        {"POLL EV MAX=1000 FROM=0 NICKS\n",
         "EV 6 2026-11-22T15:04:05.123Z GAP 6\n" + events(7, 999) + "POLLEND 1005 1001\n"},
        {"POLL EV MAX=1000 FROM=1005 NICKS\n",
         "EV 1005 2026-11-22T15:04:05.123Z GAP 3\n" + events(1006, 999) + "POLLEND 2004 2\n"},
        {"POLL EV MAX=1000 FROM=2004 NICKS\n", events(2005, 2) + "POLLEND 2006 0\n"}});
    const Ran ran = run({"log", "--from", "0", "-j", "-s", daemon.socket()});
    CHECK(ran.status == 0);
    CHECK(shown(ran) == 1 + 999 + 999 + 2);
    CHECK(
        daemon.received() ==
        "HELLO\nPOLL EV MAX=1000 FROM=0 NICKS\nPOLL EV MAX=1000 FROM=1005 NICKS\nPOLL EV MAX=1000 "
        "FROM=2004 NICKS\n");
  }
}

TEST_CASE("watch repeats its request and acknowledges each answer") {
  const std::string look = "POLL HOLD EV MAX=1000 WAIT=0 NICKS\n";
  const std::string poll = "POLL HOLD EV MAX=1000 WAIT=60 NICKS\n";
  ScriptedDaemon daemon(Script{{look, typing + "POLLEND 5 0\n"},
                               {"ACK 5\n", "OK 1\n"},
                               {poll, "POLLEND 5 0\n"},
                               {poll, status + "POLLEND 7 0\n"},
                               {"ACK 7\n", "OK 1\n"},
                               {poll, "ERR ENOTCONN\n"}});
  const Ran ran = run({"watch", "-j", "--no-retry", "-s", daemon.socket()});
  CHECK(ran.status == 4);
  CHECK(ran.out == typing_json + status_json);
  CHECK(daemon.received() == look + "ACK 5\n" + poll + poll + "ACK 7\n" + poll);
}

TEST_CASE("watch exits and acknowledges nothing if the output cannot be written") {
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  ScriptedDaemon daemon(Script{{"POLL HOLD EV MAX=1000 WAIT=0 NICKS\n", typing + "POLLEND 5 0\n"}});
  CHECK(run({"watch", "-s", daemon.socket()}, {}, full.get()).status == 12);
  CHECK(daemon.received() == "POLL HOLD EV MAX=1000 WAIT=0 NICKS\n");
}

TEST_CASE("watch retries after the daemon has disconnected") {
  const std::string look = "POLL HOLD EV MAX=1000 WAIT=0 NICKS\n";
  const std::string poll = "POLL HOLD EV MAX=1000 WAIT=60 NICKS\n";
  ScriptedDaemon daemon(Script{{look, typing + "POLLEND 5 0\n"},
                               {"ACK 5\n", "OK 1\n", Exchange::After::close},
                               {poll, status + "POLLEND 7 0\n"},
                               {"ACK 7\n", "OK 1\n"},
                               {poll, "ERR EPERM\n"}});
  const Ran ran = run({"watch", "-j", "-s", daemon.socket()});
  CHECK(ran.status == 3);
  CHECK(ran.out == typing_json + status_json);
  CHECK_THAT(ran.err, Contains("; retrying until it works"));
}

TEST_CASE("watch --peek continues after the last event and acknowledges nothing") {
  ScriptedDaemon daemon(
      Script{{"HELLO\n", hello},
             {"POLL PEEK EV MAX=1000 WAIT=60 NICKS\n", typing + "POLLEND 5 0\n"},
             {"POLL EV MAX=1000 WAIT=60 FROM=5 NICKS\n", status + "POLLEND 7 0\n"},
             {"POLL EV MAX=1000 WAIT=60 FROM=7 NICKS\n", "ERR EPERM\n"}});
  const Ran ran = run({"watch", "-j", "--peek", "-s", daemon.socket()});
  CHECK(ran.status == 3);
  CHECK(ran.out == typing_json + status_json);
}

TEST_CASE("watch --exec acknowledges each event after its program has succeeded") {
  const test::TempDir dir;
  const std::string poll = "POLL HOLD EV MAX=100 WAIT=60 NICKS\n";
  const std::string look = "POLL HOLD EV MAX=100 WAIT=0 NICKS\n";
  ScriptedDaemon daemon(Script{{look, typing + status + "POLLEND 7 0\n"},
                               {"ACK 5\n", "OK 1\n"},
                               {"ACK 7\n", "OK 1\n"},
                               {poll, "ERR ENOTCONN\n"}});
  const Ran ran = run({"watch", "--no-retry", "-s", daemon.socket(), "--exec", "/bin/sh", "-c",
                       "cat >>" + (dir / "seen")});
  CHECK(ran.status == 4);
  CHECK(ran.out.empty());
  CHECK(daemon.received() == look + "ACK 5\nACK 7\n" + poll);
  std::ifstream seen(dir / "seen");
  CHECK(std::string(std::istreambuf_iterator<char>(seen), {}) == typing_json + status_json);
}

TEST_CASE("an event whose program fails too often is not acknowledged") {
  const std::string look = "POLL HOLD EV MAX=100 WAIT=0 NICKS\n";
  ScriptedDaemon daemon(Script{{look, typing + status + "POLLEND 7 0\n"}, {"ACK 5\n", "OK 1\n"}});
  const Ran ran = run({"watch", "-j", "-s", daemon.socket(), "--exec-tries", "1", "--exec",
                       "/bin/sh", "-c", "[ \"$MSNC_EVENT\" = typing ]"});
  CHECK(ran.status == 1);
  CHECK_THAT(
      ran.err,
      Contains(R"("code":"refused","message":"/bin/sh failed (exit 1) 1 times for one event)"));
  CHECK(daemon.received() == look + "ACK 5\n");
}

TEST_CASE("an event whose program fails until the end of --for is not acknowledged") {
  const std::string look = "POLL HOLD EV MAX=100 WAIT=0 NICKS\n";
  ScriptedDaemon daemon(Script{{look, typing + "POLLEND 5 0\n"}});
  const Ran ran = run({"watch", "-s", daemon.socket(), "--for", "1", "--on-failure", "retry",
                       "--exec", "/bin/sh", "-c", "exit 1"});
  CHECK(ran.status == 1);
  CHECK_THAT(ran.err, Contains("msnc: /bin/sh failed (exit 1); the event is not marked as read\n"));
  CHECK(daemon.received() == look);
}

TEST_CASE("an event whose program always fails can be skipped or retried forever") {
  const test::TempDir dir;
  const std::string look = "POLL HOLD EV MAX=2 WAIT=0 NICKS\n";
  {
    ScriptedDaemon daemon(Script{
        {look, typing + status + "POLLEND 7 0\n"}, {"ACK 5\n", "OK 1\n"}, {"ACK 7\n", "OK 1\n"}});
    const Ran ran =
        run({"watch", "-j", "-s", daemon.socket(), "--count", "2", "--exec-tries", "1",
             "--on-failure", "skip", "--exec", "/bin/sh", "-c", "[ \"$MSNC_EVENT\" = status ]"});
    CHECK(ran.status == 0);
    CHECK_THAT(ran.err,
               Contains("failed (exit 1) 1 times for one event; the event is skipped: cursor 5"));
    CHECK(daemon.received() == look + "ACK 5\nACK 7\n");
  }
  // The second try succeeds; without a limit of tries.
  ScriptedDaemon daemon(Script{{"POLL HOLD EV MAX=1 WAIT=0 NICKS\n", typing + "POLLEND 5 0\n"},
                               {"ACK 5\n", "OK 1\n"}});
  const Ran ran =
      run({"watch", "-s", daemon.socket(), "--count", "1", "--on-failure", "retry", "--exec",
           "/bin/sh", "-c", "mkdir " + (dir / "first") + " && exit 1; exit 0"});
  CHECK(ran.status == 0);
  CHECK_THAT(ran.err, Contains("retrying with the same event"));
  CHECK(daemon.received() == "POLL HOLD EV MAX=1 WAIT=0 NICKS\nACK 5\n");
}

TEST_CASE("watch --count never fetches more than it shows and then exits") {
  ScriptedDaemon daemon(Script{{"POLL HOLD EV MAX=2 WAIT=0 NICKS\n", typing + "POLLEND 5 0\n"},
                               {"ACK 5\n", "OK 1\n"},
                               {"POLL HOLD EV MAX=1 WAIT=60 NICKS\n", status + "POLLEND 7 9\n"},
                               {"ACK 7\n", "OK 1\n"}});
  const Ran ran = run({"watch", "-j", "--count", "2", "-s", daemon.socket()});
  CHECK(ran.status == 0);
  CHECK(ran.out == typing_json + status_json);
  CHECK(ran.err.empty());
  CHECK(daemon.received() ==
        "POLL HOLD EV MAX=2 WAIT=0 NICKS\nACK 5\nPOLL HOLD EV MAX=1 WAIT=60 NICKS\nACK 7\n");
}

TEST_CASE("watch --for waits no longer than the remaining time and -e sets the exit status") {
  // The daemon answers at once as if it had waited, so that the last request is repeated.
  const std::string look = "POLL HOLD EV MAX=1000 WAIT=0 NICKS\n";
  const std::string poll = "POLL HOLD EV MAX=1000 WAIT=1 NICKS\n";
  for (const bool tell : {false, true}) {
    ScriptedDaemon daemon(Script{{look, "POLLEND 5 0\n"}, {poll, ""}});
    std::vector<std::string> words{"watch", "--for", "1", "-t", "0.01", "-s", daemon.socket()};
    if (tell) words.emplace_back("-e");
    const Ran ran = run(words);
    // Without an answer the daemon counts as not available at the end of the time.
    CHECK(ran.status == 3);
    CHECK(daemon.received() == look + poll);
  }
}

TEST_CASE("watch warns once at its start of another client of its queue") {
  const std::string look = "POLL HOLD EV MAX=2 WAIT=0 NICKS\n";
  const std::string poll = "POLL HOLD EV MAX=2 WAIT=60 NICKS\n";
  ScriptedDaemon daemon(Script{{look, "POLLEND 5 0 SHARED\n"},
                               {poll, typing + status + "POLLEND 7 0 FULL SHARED\n"},
                               {"ACK 7\n", "OK 2\n"}});
  const Ran ran = run({"watch", "-j", "--count", "2", "-s", daemon.socket()});
  CHECK(ran.status == 0);
  const auto first = ran.err.find("another client reads this queue");
  REQUIRE(first != ran.err.npos);
  CHECK(ran.err.find("another client", first + 1) == ran.err.npos);
}

TEST_CASE("the option --create creates a missing queue for the requested kinds") {
  const std::string poll = "POLL HOLD EV ONLY=MSG QUEUE=cron NICKS\n";
  {
    ScriptedDaemon daemon(Script{{"HELLO\n", hello},
                                 {poll, "ERR UNK QUEUE\n"},
                                 {"QNEW cron ONLY=MSG\n", "OK\n"},
                                 {poll, "POLLEND 7 0\n"}});
    CHECK(run({"poll", "--queue", "cron", "--create", "--only", "message", "-s", daemon.socket()})
              .status == 0);
    CHECK(daemon.received() == "HELLO\n" + poll + "QNEW cron ONLY=MSG\n" + poll);
  }
  {
    // Another client has created it meanwhile.
    ScriptedDaemon daemon(
        Script{{"HELLO\n", hello},
               {"POLL HOLD EV MAX=1 WAIT=0 QUEUE=bot NICKS\n", "ERR UNK QUEUE\n"},
               {"QNEW bot\n", "ERR EINVAL there is a queue of that name\n"},
               {"QLIST\n", "QL 2\n- 0 1\nbot 1 5\n"},
               {"POLL HOLD EV MAX=1 WAIT=0 QUEUE=bot NICKS\n", typing + "POLLEND 5 0\n"},
               {"ACK 5 QUEUE=bot\n", "OK 1\n"}});
    const Ran ran =
        run({"watch", "--queue", "bot", "--create", "--count", "1", "-j", "-s", daemon.socket()});
    CHECK(ran.status == 0);
    CHECK(ran.out == typing_json);
  }
  ScriptedDaemon daemon(Script{{"HELLO\n", hello}, {poll, "ERR UNK QUEUE\n"}});
  CHECK(run({"poll", "--queue", "cron", "--only", "message", "-s", daemon.socket()}).status == 1);
}

TEST_CASE("queue new --if-missing leaves an existing queue unchanged") {
  for (const bool there : {false, true}) {
    ScriptedDaemon daemon(Script{{"QNEW bot FROM=oldest\n", "ERR EINVAL no\n"},
                                 {"QLIST\n", there ? "QL 1\nbot 1 5\n" : "QL 1\n- 0 1\n"}});
    const Ran ran = run(
        {"queue", "new", "bot", "--from", "oldest", "--if-missing", "-j", "-s", daemon.socket()});
    CHECK(ran.status == (there ? 0 : 1));
    CHECK(ran.out == (there ? "{\"command\":\"queue new\",\"queue\":\"bot\"}\n" : ""));
  }
}

TEST_CASE("an event has the nick of its contact") {
  ScriptedDaemon daemon(Script{{"POLL HOLD EV NICKS\n",
                                "EV 5 2026-11-22T15:04:05.123Z Zo%C3%AB%20100%25 TYPING bob@x\n"
                                "EV 6 2026-11-22T15:04:05.123Z - TYPING bob@x\nPOLLEND 6 0\n"}});
  const Ran ran = run({"poll", "-j", "-s", daemon.socket()});
  CHECK_THAT(ran.out,
             Contains(R"("cursor":"5","account":"default","email":"bob@x","nick":"Zoë 100%"})"));
  CHECK_THAT(ran.out, Contains(R"("cursor":"6","account":"default","email":"bob@x","nick":null})"));
}

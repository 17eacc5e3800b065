// SPDX-License-Identifier: MIT
// msnc send: texts from words and from standard input, limits, several messages, repeated messages.
#include "tests/cmd_msnc/exchange.hpp"

#include <algorithm>
#include <fcntl.h>
#include <set>
#include <unistd.h>

namespace {

using namespace msn;
using Catch::Matchers::Contains;
using Catch::Matchers::Matches;
using msn::test::Exchange;
using msn::test::hello;
using msn::test::Ran;
using msn::test::run;
using msn::test::run_json;
using msn::test::Script;
using msn::test::ScriptedDaemon;
using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a text over the limit of the daemon is refused or split") {
  const std::string word(1000, 'x');
  const std::string older = "OK msncd/1 utf8 pct sendx once\n";
  {
    ScriptedDaemon daemon(Script{{"HELLO\n", older}});
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "bob@x", word, word});
    CHECK(ran.status == 1);
    CHECK_THAT(ran.err, Contains(R"("code":"too_long")"));
    CHECK(daemon.received() == "HELLO\n");
  }
  {
    ScriptedDaemon daemon(Script{{"HELLO\n", older},
                                 {"SENDMSG 1 bob@x ID=* QUIET\n" + word + " \n", "OK $ID\n"},
                                 {"SENDMSG 1 bob@x ID=* QUIET\n" + word + "\n", "OK $ID\n"}});
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "--split", "bob@x", word, word});
    CHECK(ran.status == 0);
    CHECK(daemon.received() == "HELLO\nSENDMSG 1 bob@x ID=* QUIET\n" + word +
                                   " \nSENDMSG 1 bob@x ID=* QUIET\n" + word + "\n");
    CHECK_THAT(ran.out, Contains(R"("bytes":1001,"state":"accepted","id":")"));
    CHECK_THAT(ran.out, Contains(R"("bytes":1000,"state":"accepted","id":")"));
  }
  // A daemon with long texts gets it as one message, with --split, too.
  for (const bool split : {false, true}) {
    const std::string unit = "SENDMSG 1 bob@x ID=* QUIET\n" + word + " " + word + "\n";
    ScriptedDaemon daemon(
        Script{{"HELLO\n", hello}, {"STATE\n", "text_limit = 60000\n\n"}, {unit, "OK $ID\n"}});
    Words words{"-j", "-s", daemon.socket(), "send"};
    if (split) words.emplace_back("--split");
    words.insert(words.end(), {"bob@x", word, word});
    CHECK(run(words).status == 0);
    CHECK(daemon.received() == "HELLO\nSTATE\n" + unit);
  }
  ScriptedDaemon daemon(Script{{"HELLO\n", hello}, {"STATE\n", "text_limit = 60000\n\n"}});
  const Ran ran = run({"-s", daemon.socket(), "send", "bob@x", std::string(60'001, 'x')});
  CHECK(ran.status == 1);
  CHECK(test::without_socket(ran.err, daemon) ==
        "msnc: the text has 60001 bytes, this msncd accepts at most 60000: use --split\n"
        "      send it in parts with: msnc send --split\n");
  CHECK(daemon.received() == "HELLO\nSTATE\n");
}

TEST_CASE("standard input is the text without one newline at its end") {
  for (const Words& dash : std::vector<Words>{{}, {"-"}}) {
    const test::StandardInput input("one\r\n two\n\n");
    Words words{"send", "bob@x"};
    words.insert(words.end(), dash.begin(), dash.end());
    const Ran ran = run_json(words, "SENDMSG 3 bob@x ID=* QUIET\none\n two\n\n", "OK\n");
    CHECK(ran.status == 0);
  }
}

TEST_CASE("standard input is read only up to the limit of a text") {
  const auto refused = [](const Words& words, const std::string& text) {
    const test::StandardInput input(text);
    ScriptedDaemon daemon(Script{});
    Words all{"-s", daemon.socket()};
    all.insert(all.end(), words.begin(), words.end());
    const Ran ran = run(all);
    CHECK(ran.status == 2);
    CHECK(daemon.received().empty());
    return ran.err.substr(0, ran.err.find('\n'));
  };
  const std::string limit =
      "msnc: send: standard input has more than 60000 bytes (each line break counts as two): use "
      "--split; nothing was sent";
  CHECK(refused({"send", "bob@x", "-"}, std::string(60'001, 'x')) == limit);
  CHECK(refused({"send", "bob@x", "-"}, std::string(1 << 20, 'x')) == limit);
  std::string lines;
  for (int i = 0; i < 20'001; ++i) lines += "a\n";
  CHECK(refused({"send", "bob@x", "-"}, lines) == limit);
  CHECK(refused({"send", "bob@x", "--split", "-"}, std::string((4 << 20) + 6, 'x')) ==
        "msnc: send: standard input has more than 4 MiB; nothing was sent");
  CHECK(refused({"raw", "-"}, std::string((1 << 20) + 1, 'x')) ==
        "msnc: raw: standard input has more than 1 MiB; nothing was sent");
  // A byte order mark and the last line break do not count.
  const test::StandardInput input("\xEF\xBB\xBF" + std::string(60'000, 'x') + "\r\n");
  ScriptedDaemon daemon(
      Script{{"HELLO\n", hello},
             {"STATE\n", "text_limit = 60000\n\n"},
             {"SENDMSG 1 bob@x ID=* QUIET\n" + std::string(60'000, 'x') + "\n", "OK\n"}});
  CHECK(run({"-s", daemon.socket(), "send", "bob@x"}).status == 0);
}

TEST_CASE("with -l each non-blank line is a message that may be repeated") {
  const std::string quiet = "SENDMSG 1 bob@x ID=* ONCE QUIET\n";
  const test::StandardInput input("\xEF\xBB\xBFone\n \t\ntwo\r\n\xff\x1b" + std::string(50, 'x') +
                                  "\nlast");
  ScriptedDaemon daemon(Script{{"HELLO\n", hello},
                               {quiet + "one\n", "OK $ID\n"},
                               {quiet + "two\n", "ERR UNK USER\n"},
                               {quiet + "last\n", "OK $ID\n"}});
  const Ran ran = run({"-j", "-s", daemon.socket(), "send", "bob@x", "-l"});
  CHECK(daemon.received() == "HELLO\n" + quiet + "one\n" + quiet + "two\n" + quiet + "last\n");
  CHECK(ran.status == 9);
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 4);
  CHECK_THAT(ran.out,
             Matches(R"((.|\n)*"state":"accepted","id":"[0-9a-f]{16}","line":1\}\n(.|\n)*)"));
  CHECK_THAT(
      ran.out,
      Contains(
          R"("state":"failed","id":null,"line":3,"error":{"code":"no_such_contact","message":"line 3 \"two\": this network has no account 'bob@x')"));
  CHECK_THAT(
      ran.out,
      Contains(
          R"("state":"failed","id":null,"line":4,"error":{"code":"usage","message":"line 4 \")"));
  CHECK_THAT(ran.out, Contains(R"(xxx...\": the text is not valid UTF-8)"));
  CHECK_THAT(ran.out, Contains(R"("line":5})"));
  CHECK_THAT(ran.err, Contains(R"("code":"partial","message":"2 of 4 messages failed","exit":9)"));
}

TEST_CASE("with -l a line that is too long is reported and the others are sent") {
  const test::StandardInput input("one\n" + std::string(70'000, 'x') + "\ntwo\n");
  const std::string quiet = "SENDMSG 1 bob@x ID=* ONCE QUIET\n";
  ScriptedDaemon daemon(
      Script{{"HELLO\n", hello}, {quiet + "one\n", "OK $ID\n"}, {quiet + "two\n", "OK $ID\n"}});
  const Ran ran = run({"-s", daemon.socket(), "send", "bob@x", "-l"});
  CHECK(ran.status == 9);
  CHECK_THAT(ran.err, Contains("msnc: bob@x: line 2 \"" + std::string(40, 'x') +
                               "...\": the line has more than 60000 bytes"));
}

TEST_CASE("with -l a byte order mark is ignored") {
  const test::StandardInput input("\xEF\xBB\xBF" + std::string(60'000, 'x') + "\r\n");
  const std::string unit = "SENDMSG 1 bob@x ID=* ONCE QUIET\n" + std::string(60'000, 'x') + "\n";
  ScriptedDaemon daemon(
      Script{{"HELLO\n", hello}, {"STATE\n", "text_limit = 60000\n\n"}, {unit, "OK $ID\n"}});
  const Ran ran = run({"-s", daemon.socket(), "send", "bob@x", "-l", "--no-retry"});
  CHECK(ran.status == 0);
  CHECK(daemon.received() == "HELLO\nSTATE\n" + unit);
}

TEST_CASE("all messages are sent even if the output cannot be written") {
  const std::string quiet = "SENDMSG 1 bob@x ID=* ONCE QUIET\n";
  const auto script = [&](const std::string& answer) {
    return Script{{"HELLO\n", hello},
                  {quiet + "one\n", answer},
                  {quiet + "two\n", "OK $ID\n"},
                  {quiet + "three\n", "OK $ID\n"}};
  };
  const std::string all = "HELLO\n" + quiet + "one\n" + quiet + "two\n" + quiet + "three\n";
  const auto broken_pipe = [] {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    return UniqueFd(ends[1]);
  };
  SECTION("the pipe is closed") {
    const test::StandardInput input("one\ntwo\nthree\n");
    ScriptedDaemon daemon(script("OK $ID\n"));
    const Ran ran =
        run({"-j", "-s", daemon.socket(), "send", "bob@x", "-l"}, {}, broken_pipe().get());
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    CHECK(daemon.received() == all);
  }
  SECTION("the pipe is closed and a message fails") {
    const test::StandardInput input("one\ntwo\nthree\n");
    ScriptedDaemon daemon(script("ERR UNK USER\n"));
    const Ran ran =
        run({"-j", "-s", daemon.socket(), "send", "bob@x", "-l"}, {}, broken_pipe().get());
    CHECK(ran.status == 9);
    CHECK_THAT(ran.err, Matches(R"(.*"code":"partial".*\n)"));
    CHECK(daemon.received() == all);
  }
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  SECTION("the disk is full") {
    const test::StandardInput input("one\ntwo\nthree\n");
    ScriptedDaemon daemon(script("OK $ID\n"));
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "bob@x", "-l"}, {}, full.get());
    CHECK(ran.status == 12);
    CHECK_THAT(ran.err, Contains("No space left on device; the request itself succeeded"));
    CHECK(daemon.received() == all);
  }
  SECTION("the disk is full and a message fails") {
    const test::StandardInput input("one\ntwo\nthree\n");
    ScriptedDaemon daemon(script("ERR UNK USER\n"));
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "bob@x", "-l"}, {}, full.get());
    CHECK(ran.status == 9);
    CHECK_THAT(ran.err, Contains(R"("code":"partial")"));
    CHECK_THAT(ran.err, Contains(R"({"warning":{"message":"the output could not be written: )"));
    CHECK(daemon.received() == all);
  }
  SECTION("the disk is full with several recipients") {
    const std::string one = "SENDMSG 1 a@x ID=* QUIET\nhi\n",
                      two = "SENDMSG 1 b@x ID=* QUIET\nhi\n";
    ScriptedDaemon daemon(Script{{one, "OK\n"}, {two, "OK\n"}});
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "--to", "a@x", "--to", "b@x", "hi"},
                        {}, full.get());
    CHECK(ran.status == 12);
    CHECK(daemon.received() == one + two);
  }
}

TEST_CASE("with -l a line with unknown outcome is sent again with the same ID") {
  const test::StandardInput input("one\ntwo\n");
  const std::string quiet = "SENDMSG 1 bob@x ID=* ONCE QUIET\n";
  const Script script{
      {"HELLO\n", hello},           {quiet + "one\n", "", Exchange::After::close},
      {"HELLO\n", hello},           {quiet + "one\n", "ERR ENOTCONN\n", Exchange::After::close},
      {"HELLO\n", hello},           {quiet + "one\n", "OK $ID\n"},
      {quiet + "two\n", "OK $ID\n"}};
  ScriptedDaemon daemon(script);
  const Ran ran = run({"-s", daemon.socket(), "send", "bob@x", "-l"});
  CHECK(ran.status == 0);
  std::string all;
  for (const auto& exchange : script) all += exchange.expected;
  CHECK(daemon.received() == all);
  CHECK(daemon.identities().size() == 4);
  CHECK(std::set(daemon.identities().begin(), daemon.identities().end()).size() == 2);
  CHECK_THAT(ran.err, Matches("msnc: .* closed without an answer; it is not known whether the "
                              "message was sent; line 1 is kept and retried until it is sent\n"));
}

TEST_CASE("with -l and --no-retry a daemon that is not running ends the command") {
  const test::StandardInput input("one\ntwo\n");
  const test::TempDir dir;
  const Ran ran = run({"-s", dir / "none", "send", "bob@x", "-l", "--no-retry"});
  CHECK(ran.status == 3);
  CHECK_THAT(ran.err, Contains("msnc: bob@x: line 1 \"one\": no msncd at "));
  CHECK_THAT(ran.err, Contains("\nmsnc: the message failed\n"));
}

TEST_CASE("without ONCE no line is repeated and --id is refused") {
  const std::string older = "OK msncd/1 utf8 pct sendx\n";
  {
    const test::StandardInput input("one\ntwo\n");
    const std::string quiet = "SENDMSG 1 bob@x ID=* QUIET\n";
    ScriptedDaemon daemon(Script{{"HELLO\n", older},
                                 {quiet + "one\n", "", Exchange::After::close},
                                 {quiet + "two\n", "OK $ID\n"}});
    const Ran ran = run({"-s", daemon.socket(), "send", "bob@x", "-l"});
    CHECK(ran.status == 9);
    CHECK(daemon.identities().size() == 2);
    CHECK_THAT(ran.err, Contains("line 1 \"one\": "));
  }
  ScriptedDaemon daemon(Script{{"HELLO\n", older}});
  const Ran ran = run({"-s", daemon.socket(), "send", "bob@x", "--id", "job", "--", "hi"});
  CHECK(ran.status == 10);
  CHECK(daemon.received() == "HELLO\n");
}

TEST_CASE("the option --id sets the ID of one or several messages") {
  {
    ScriptedDaemon daemon(
        Script{{"HELLO\n", hello}, {"SENDMSG 1 bob@x ID=job ONCE QUIET\nhi\n", "OK job\n"}});
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "bob@x", "--id", "job", "--", "hi"});
    CHECK(ran.status == 0);
    CHECK_THAT(ran.out, Contains(R"("state":"accepted","id":"job"})"));
  }
  {
    ScriptedDaemon daemon(
        Script{{"HELLO\n", hello}, {"SENDMSG 1 bob@x ID=job ONCE WAIT=5\nhi\n", "OK job sent\n"}});
    CHECK(run({"-s", daemon.socket(), "send", "bob@x", "--id", "job", "--confirm", "5", "--", "hi"})
              .status == 0);
  }
  ScriptedDaemon daemon(Script{{"HELLO\n", hello},
                               {"SENDMSG 1 a@x ID=job.1 ONCE QUIET\nhi\n", "OK job.1\n"},
                               {"SENDMSG 1 b@x ID=job.2 ONCE QUIET\nhi\n", "OK job.2\n"}});
  CHECK(
      run({"-s", daemon.socket(), "send", "--to", "a@x", "--to", "b@x", "--id", "job", "--", "hi"})
          .status == 0);
}

TEST_CASE("a recipient given twice gets one message") {
  ScriptedDaemon daemon(Script{{"SENDMSG 1 bob@x ID=* QUIET\nhi\n", "OK\n"},
                               {"SENDMSG 1 Bob ID=* QUIET\nhi\n", "OK\n"}});
  const Ran ran = run({"-j", "-s", daemon.socket(), "send", "--to", "bob@x", "--to", "BOB@x",
                       "--to", "Bob", "--to", "Bob", "--", "hi"});
  CHECK(ran.status == 0);
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 2);
}

TEST_CASE("each of several recipients has one request and one result") {
  ScriptedDaemon daemon(Script{{"SENDMSG 1 a@x ID=* QUIET\nhi\n", "OK\n"},
                               {"SENDMSG 1 b@x ID=* QUIET\nhi\n", "ERR UNK USER\n"},
                               {"SENDMSG 1 c@x ID=* QUIET\nhi\n", "OK\n"}});
  Ran ran = run({"-j", "-s", daemon.socket(), "send", "--to", "a@x", "--to", "b@x", "--to", "c@x",
                 "--", "hi"});
  CHECK(
      daemon.received() ==
      "SENDMSG 1 a@x ID=* QUIET\nhi\nSENDMSG 1 b@x ID=* QUIET\nhi\nSENDMSG 1 c@x ID=* QUIET\nhi\n");
  CHECK(ran.status == 9);
  CHECK_THAT(
      ran.out,
      Contains(
          R"({"command":"send","email":"b@x","lines":1,"bytes":2,"state":"failed","id":null,"error":{"code":"no_such_contact")"));
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 3);
  CHECK_THAT(ran.err, Contains(R"("code":"partial")"));

  ScriptedDaemon refusing(Script{{"SENDMSG 1 a@x ID=* QUIET\nhi\n", "ERR UNK USER\n"},
                                 {"SENDMSG 1 b@x ID=* QUIET\nhi\n", "ERR ENOTCONN\n"}});
  ran = run({"-j", "-s", refusing.socket(), "send", "--to", "a@x", "--to", "b@x", "hi"});
  CHECK(ran.status == 7);
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 2);
}

TEST_CASE("the option --confirm waits for the result of the message") {
  for (const std::string state : {"sent", "queued"}) {
    ScriptedDaemon daemon(Script{{"SENDMSG 1 bob@x ID=* WAIT=5\nhi\n", "OK $ID " + state + "\n"}});
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "--confirm", "5", "bob@x", "hi"});
    CHECK(ran.status == 0);
    CHECK(daemon.received() == "SENDMSG 1 bob@x ID=* WAIT=5\nhi\n");
    CHECK_THAT(ran.out,
               Matches(R"(\{"command":"send","email":"bob@x","lines":1,"bytes":2,"state":")" +
                       state + R"(","id":"[0-9a-f]{16}"\}\n)"));
  }
  ScriptedDaemon daemon(
      Script{{"SENDMSG 1 bob@x ID=* WAIT=5\nhi\n", "ERR SEND $ID 217 User not online\n"}});
  const Ran ran = run({"-j", "-s", daemon.socket(), "send", "--confirm", "5", "bob@x", "hi"});
  CHECK(ran.status == 6);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err,
             Contains(R"("code":"network","message":"the message could not be delivered")"));
}

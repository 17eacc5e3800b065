// SPDX-License-Identifier: MIT
// Each command: the requests that it sends, and its result as JSON.
#include "cmd/msnc/command.hpp"
#include "tests/cmd_msnc/exchange.hpp"

#include <filesystem>
#include <fstream>
#include <set>

namespace {

using namespace msn;
using Catch::Matchers::Contains;
using Catch::Matchers::Matches;
using msn::test::Ran;
using msn::test::run;
using msn::test::run_json;
using msn::test::Script;
using msn::test::ScriptedDaemon;
using Words = std::vector<std::string>;

struct Case {
  Words words;
  std::string unit, answer, out;
};

}  // namespace

TEST_CASE("each command sends its request and prints its result") {
  const std::vector<Case> cases{
      {{"logoff"}, "LOGOFF\n", "OK\n", R"({"command":"logoff"})"},
      {{"logoff"}, "LOGOFF\n", "ERR ENOTCONN\n", R"({"command":"logoff"})"},
      {{"status", "away"}, "STATUS away\n", "OK\n", R"({"command":"status","status":"away"})"},
      {{"status"},
       "STATE\n",
       "account = default\nstate = offline\nversion = 1.0.0\n\n",
       R"({"account":"default","state":"offline","email":null,"nick":null,"status":null,"public":null,"auth":null,)"
       R"("since":null,"network":null,"server":null,"pending":null,"queued":null,"storage":null,"text_limit":null,)"
       R"("invisible":null,"offline_messages":null,"consent":null,"daemon":"1.0.0"})"},
      {{"status"},
       "STATE\n",
       "state = online\ntext_limit = 60000\ninvisible = 1\noffline_messages = 0\nconsent = 1\n\n",
       R"({"account":null,"state":"online","email":null,"nick":null,"status":null,"public":null,"auth":null,)"
       R"("since":null,"network":null,"server":null,"pending":null,"queued":null,"storage":null,"text_limit":60000,)"
       R"("invisible":true,"offline_messages":false,"consent":true,"daemon":null})"},
      {{"nick", "Café", "owner"},
       "NICK Caf%C3%A9%20owner\n",
       "OK\n",
       R"({"command":"nick","nick":"Café owner"})"},
      {{"priv", "--public", "yes", "--auth", "no"},
       "PRIV 1 0\n",
       "OK\n",
       R"({"command":"priv","public":true,"auth":false})"},
      {{"priv", "0", "1"},
       "PRIV 0 1\n",
       "OK\n",
       R"({"command":"priv","public":false,"auth":true})"},
      {{"add", "Gus@Example.org", "Gus", "G"},
       "ADD Gus%20G gus@example.org\n",
       "OK\n",
       R"({"command":"add","email":"gus@example.org","nick":"Gus G"})"},
      {{"add", "gus@example.org"},
       "ADD gus%40example.org gus@example.org\n",
       "OK\n",
       R"({"command":"add","email":"gus@example.org","nick":"gus@example.org"})"},
      {{"del", "gus@example.org"},
       "DEL gus@example.org\n",
       "OK\n",
       R"({"command":"del","email":"gus@example.org"})"},
      {{"rm", "Gus G"}, "DEL Gus%20G\n", "OK gus@x\n", R"({"command":"del","email":"gus@x"})"},
      {{"rm", "Gus G"}, "DEL Gus%20G\n", "OK\n", R"({"command":"del","email":"Gus G"})"},
      {{"info", "bob@x"},
       "INFO bob@x\n",
       "email = bob@x\nnick = Bob%20B\nhomep = 555 1234\n\n",
       R"({"email":"bob@x","nick":"Bob B","home_phone":"555 1234","work_phone":null,"mobile_phone":null})"},
      {{"contacts"},
       "GETCL\n",
       "CL 1\nonline bob@x Bob%20B\n",
       R"({"list":"forward","contacts":[{"email":"bob@x","nick":"Bob B","status":"online"}]})"},
      {{"ls", "--online"},
       "GETCL\n",
       "CL 2\noffline a@x A\nbrb b@x B\n",
       R"({"list":"forward","contacts":[{"email":"b@x","nick":"B","status":"brb"}]})"},
      {{"contacts", "--reverse"},
       "GETRCL ASKS\n",
       "CL 2\noffline a@x A asks\noffline b@x B%20asks\n",
       R"({"list":"reverse","contacts":[{"email":"a@x","nick":"A","status":"offline","asks":true},)"
       R"({"email":"b@x","nick":"B asks","status":"offline","asks":false}]})"},
      {{"contacts", "--blocked"}, "GETBL\n", "CL 0\n", R"({"list":"blocked","contacts":[]})"},
      {{"send", "bob@x", "hello"},
       "SENDMSG 1 bob@x ID=* QUIET\nhello\n",
       "OK\n",
       R"({"command":"send","email":"bob@x","lines":1,"bytes":5,"state":"accepted","id":null})"},
      {{"send", "Bob", "hello"},
       "SENDMSG 1 Bob ID=* QUIET\nhello\n",
       "OK bob@x\n",
       R"({"command":"send","email":"bob@x","lines":1,"bytes":5,"state":"accepted","id":null})"},
      {{"send", "bob@x", "a\r\nb\rc"},
       "SENDMSG 3 bob@x ID=* QUIET\na\nb\nc\n",
       "OK\n",
       R"({"command":"send","email":"bob@x","lines":3,"bytes":7,"state":"accepted","id":null})"},
      {{"send", "bob@x", "--", "-x", "poll"},
       "SENDMSG 1 bob@x ID=* QUIET\n-x poll\n",
       "OK\n",
       R"({"command":"send","email":"bob@x","lines":1,"bytes":7,"state":"accepted","id":null})"},
      {{"queue", "new", "bot"}, "QNEW bot\n", "OK\n", R"({"command":"queue new","queue":"bot"})"},
      {{"queue", "new", "bot", "--from", "oldest", "--only", "message"},
       "QNEW bot FROM=oldest ONLY=MSG\n",
       "OK\n",
       R"({"command":"queue new","queue":"bot"})"},
      {{"queue", "new", "bot", "--from", "17"},
       "QNEW bot FROM=17\n",
       "OK\n",
       R"({"command":"queue new","queue":"bot"})"},
      {{"queue", "rm", "bot"}, "QDEL bot\n", "OK\n", R"({"command":"queue rm","queue":"bot"})"},
      {{"queue", "ls"},
       "QLIST\n",
       "QL 2\n- 3 17\nbot 0 12\n",
       R"({"queues":[{"name":"-","pending":3,"cursor":"17"},{"name":"bot","pending":0,"cursor":"12"}]})"},
      {{"ack", "17"},
       "ACK 17\n",
       "OK 3\n",
       R"({"command":"ack","queue":"-","cursor":"17","removed":3})"},
      {{"ren", "bob@x", "Bob", "B"},
       "REN bob@x Bob%20B\n",
       "OK\n",
       R"({"command":"ren","email":"bob@x","nick":"Bob B"})"},
      {{"block", "bob@x"}, "BLOCK bob@x\n", "OK\n", R"({"command":"block","email":"bob@x"})"},
      {{"allow", "eve@x"}, "ALLOW eve@x\n", "OK\n", R"({"command":"allow","email":"eve@x"})"},
      {{"deny", "Eve"}, "DENY Eve\n", "OK eve@x\n", R"({"command":"deny","email":"eve@x"})"},
      {{"unblock", "bob@x"}, "UNBLOCK bob@x\n", "OK\n", R"({"command":"unblock","email":"bob@x"})"},
      {{"type", "bob@x"}, "TYPE bob@x\n", "OK\n", R"({"command":"type","email":"bob@x"})"},
      {{"raw", "FOO", " bar"},
       "FOO  bar\n",
       "ERR UNK\n",
       R"({"command":"raw","reply":["ERR UNK"]})"},
      {{"raw", "GETCL"},
       "GETCL\n",
       "CL 1\nonline b@x B\n",
       R"({"command":"raw","reply":["CL 1","online b@x B"]})"},
  };
  std::set<std::string_view> covered;
  for (const auto& it : cases) {
    CAPTURE(it.words);
    covered.insert(msnc::find_command(it.words[0])->name);
    const Ran ran = run_json(it.words, it.unit, it.answer);
    CHECK(ran.status == 0);
    CHECK(ran.out == it.out + "\n");
    CHECK(ran.err.empty());
  }
  // tested below and in other files
  for (const auto* other : {"accounts", "login", "passwd", "poll", "watch", "log", "ping"})
    covered.insert(other);
  for (const auto* command : msnc::commands())
    if (!command->request.empty()) CHECK(covered.count(command->name) == 1);
}

TEST_CASE("login sends the password and does not print it") {
  ScriptedDaemon daemon(Script{{"LOGIN me@example.org open sesame\n", "OK\n"}});
  const Ran ran = run({"login", "Me@Example.org", "--password-command", "echo open sesame", "-j",
                       "--trace", "-s", daemon.socket()});
  CHECK(daemon.received() == "LOGIN me@example.org open sesame\n");
  CHECK(ran.status == 0);
  CHECK(ran.out == R"({"command":"login","email":"me@example.org"})"
                   "\n");
  CHECK(ran.err == R"({"trace":{"dir":">","line":"LOGIN me@example.org ***"}})"
                   "\n"
                   R"({"trace":{"dir":"<","line":"OK"}})"
                   "\n");
}

TEST_CASE("login --register creates the account and --status sets the status") {
  ScriptedDaemon daemon(Script{{"REGISTER me@example.org open sesame\n", "OK\n"},
                               {"LOGIN me@example.org open sesame\n", "OK\n"},
                               {"STATUS away\n", "OK\n"}});
  const Ran ran = run({"login", "--register", "Me@Example.org", "--status", "away",
                       "--password-command", "echo open sesame", "-j", "-s", daemon.socket()});
  CHECK(daemon.received() ==
        "REGISTER me@example.org open sesame\nLOGIN me@example.org open sesame\nSTATUS away\n");
  CHECK(ran.status == 0);
  CHECK(ran.out == R"({"command":"login","email":"me@example.org"})"
                   "\n");
}

TEST_CASE("login --register of an account that exists does not log in") {
  const std::string reply = "ERR EINVAL EXISTS there is an account me@x already";
  ScriptedDaemon daemon(Script{{"REGISTER me@x y\n", reply + "\n"}});
  const Ran ran =
      run({"login", "--register", "me@x", "--password-command", "echo y", "-s", daemon.socket()});
  CHECK(daemon.received() == "REGISTER me@x y\n");
  CHECK(ran.status == 1);
  CHECK(ran.err == "msnc: this name is already in use (the daemon said: " + reply +
                       ")\n      log in with: msnc -s " + daemon.socket() + " login me@x\n");
}

TEST_CASE("passwd sends the first two lines of standard input") {
  const test::StandardInput input("open sesame\r\n100%\nmore\n");
  const Ran ran = run_json({"passwd", "--password-stdin"}, "PASSWD open%20sesame 100%25\n", "OK\n");
  CHECK(ran.status == 0);
  CHECK(ran.out == R"({"command":"passwd"})"
                   "\n");
}

TEST_CASE("passwd reports a wrong old password and sends nothing if a password is missing") {
  {
    const test::StandardInput input("old\nnew\n");
    ScriptedDaemon daemon(Script{{"PASSWD old new\n", "ERR MSN 911 Authentication failed\n"}});
    const Ran ran = run({"passwd", "--password-stdin", "-s", daemon.socket()});
    CHECK(ran.status == 5);
    CHECK(test::without_socket(ran.err, daemon) ==
          "msnc: the old password is wrong (the daemon said: ERR MSN 911 Authentication failed)\n"
          "      the password was not changed; try again with: msnc passwd\n");
  }
  const test::StandardInput input("only one\n");
  ScriptedDaemon daemon(Script{});
  const Ran ran = run({"passwd", "--password-stdin", "-s", daemon.socket()});
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, Contains("the second line of standard input gave no password"));
  CHECK(daemon.received().empty());
}

TEST_CASE("accounts lists all daemons and those that are not running") {
  const test::TempDir dir;
  const std::vector<std::pair<std::string, std::string>> environment{
      {"XDG_RUNTIME_DIR", dir.path()}, {"HOME", dir.path()}};
  CHECK(run({"accounts", "-e"}, environment).status == 8);
  CHECK(run({"accounts", "-j"}, environment).out == "{\"accounts\":[]}\n");
  std::filesystem::create_directory(dir / "msncd");
  std::ofstream(dir / "msncd/old.sock").put('x');
  ScriptedDaemon daemon(Script{
      {"STATE\n", "account = work\nstate = online\nemail = me@x\nstatus = away\nnick = Me\n\n"}});
  std::filesystem::create_symlink(daemon.socket(), dir / "msncd/work.sock");
  const Ran ran = run({"accounts", "-j"}, environment);
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  CHECK(
      ran.out ==
      R"({"accounts":[{"account":"old","email":null,"state":"not running","status":null,"socket":")" +
          (dir / "msncd/old.sock") +
          R"("},{"account":"work","email":"me@x","state":"online","status":"away","socket":")" +
          (dir / "msncd/work.sock") + "\"}]}\n");
}

TEST_CASE("ping shows version and features and whether the daemon is an original") {
  Ran ran = run_json({"ping"}, "HELLO\n", "OK msncd/1 wait hold\n");
  CHECK(ran.status == 0);
  CHECK_THAT(
      ran.out,
      Matches(
          R"(\{"command":"ping","protocol":"1","features":\["wait","hold"\],"legacy":false,"ms":[0-9.]+\}\n)"));
  ran = run_json({"ping"}, "HELLO\n", "ERR ENOTCONN\n");
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out, Contains(R"("protocol":null,"features":[],"legacy":true)"));
}

TEST_CASE("a dry run prints the requests and sends nothing") {
  const auto dry = [](Words words) {
    words.insert(words.begin(), {"-n", "-j", "-s", "/nonexistent/msncd/default.sock"});
    const Ran ran = run(words);
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    return ran.out;
  };
  CHECK(dry({"contacts"}) == R"({"dry_run":["GETCL"]})"
                             "\n");
  CHECK(dry({"login", "me@x"}) == R"({"dry_run":["LOGIN me@x ***"]})"
                                  "\n");
  CHECK(dry({"login", "--register", "me@x", "--status", "away"}) ==
        R"({"dry_run":["REGISTER me@x ***","LOGIN me@x ***","STATUS away"]})"
        "\n");
  CHECK(dry({"passwd"}) == R"({"dry_run":["PASSWD ***"]})"
                           "\n");
  CHECK_THAT(
      dry({"send", "--to", "a@x", "--to", "b@x", "hi"}),
      Matches(
          R"(\{"dry_run":\["SENDMSG 1 a@x ID=[0-9a-f]{16} QUIET","hi","SENDMSG 1 b@x ID=[0-9a-f]{16} QUIET","hi"\]\}\n)"));
  CHECK_THAT(dry({"send", "a@x", std::string(1501, 'x')}),
             Contains(R"({"dry_run":["HELLO","STATE","SENDMSG 1 a@x ID=)"));
  CHECK(dry({"contacts", "--reverse"}) == R"({"dry_run":["GETRCL ASKS"]})"
                                          "\n");
  CHECK(dry({"poll", "--peek"}) == R"({"dry_run":["HELLO","POLL PEEK EV NICKS"]})"
                                   "\n");
  CHECK(dry({"watch", "--no-retry"}) == R"({"dry_run":["POLL HOLD EV MAX=1000 WAIT=60 NICKS"]})"
                                        "\n");
  CHECK_THAT(run({"-n", "-s", "/nonexistent/msncd/default.sock", "send", "bob@x", "\x1b"}).out,
             Matches(R"(SENDMSG 1 bob@x ID=[0-9a-f]{16} QUIET\n\\x1b\n)"));
  CHECK(run({"-n", "-s", "/nonexistent/msncd/default.sock", "send", "bob@x", ""}).status == 2);
}

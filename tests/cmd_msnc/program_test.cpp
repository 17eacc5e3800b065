// SPDX-License-Identifier: MIT
// Each command from its words to the bytes on the pipe, and from the answer to what is printed.
#include "cmd/msnc/command.hpp"
#include "tests/cmd_msnc/scripted_daemon.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

namespace {

using namespace msn;
using Catch::Matchers::Contains;
using Catch::Matchers::Matches;
using msn::test::Exchange;
using msn::test::Ran;
using msn::test::run;
using msn::test::Script;
using msn::test::ScriptedDaemon;
using Words = std::vector<std::string>;

struct Case {
  Words words;
  std::string unit, answer, out;
};

// Runs with --json against one exchange.
Ran json(Words words, const std::string& unit, const std::string& answer) {
  ScriptedDaemon daemon(Script{{unit, answer}});
  words.insert(words.begin(), {"--json", "--socket", daemon.socket()});
  const Ran ran = run(words);
  CHECK(daemon.received() == unit);
  return ran;
}

const std::string hello =
    "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type block "
    "once allow long quiet said who with last since nicks shared\n";

}  // namespace

TEST_CASE("every command sends its request and prints its object") {
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
    const Ran ran = json(it.words, it.unit, it.answer);
    CHECK(ran.status == 0);
    CHECK(ran.out == it.out + "\n");
    CHECK(ran.err.empty());
  }
  // the others have cases of their own below
  for (const auto* other : {"accounts", "login", "passwd", "poll", "watch", "log", "ping"})
    covered.insert(other);
  for (const auto* command : msnc::commands())
    if (!command->request.empty()) CHECK(covered.count(command->name) == 1);
}

TEST_CASE("the answers that are errors have their exit status and their name") {
  struct Row {
    const char* answer;
    int status;
    const char* name;
  };
  for (const Row& row : std::vector<Row>{{"ERR PARAMS", 1, "refused"},
                                         {"ERR EINVAL because", 1, "refused"},
                                         {"ERR SOMETHING new", 1, "refused"},
                                         {"ERR", 1, "refused"},
                                         {"ERR TOOBIG", 1, "too_long"},
                                         {"ERR EBUSY", 1, "busy"},
                                         {"ERR EPERM", 3, "permission"},
                                         {"ERR ENOTCONN", 4, "not_logged_in"},
                                         {"ERR MSN 911 Authentication failed", 5, "login_refused"},
                                         {"ERR SOCK [Errno 111] Connection refused", 6, "network"},
                                         {"ERR SEND id 217", 6, "network"},
                                         {"ERR UNK USER", 7, "no_such_contact"},
                                         {"ERR UNSUPPORTED no such thing here", 10, "unsupported"},
                                         {"ERR UNK QUEUE", 1, "no_such_queue"},
                                         {"ERR EINVAL EXISTS there is", 1, "exists"},
                                         {"ERR UNK", 10, "unsupported"}}) {
    CAPTURE(row.answer);
    const Ran ran = json({"add", "b@x"}, "ADD b%40x b@x\n", std::string(row.answer) + "\n");
    CHECK(ran.status == row.status);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err,
               Contains(R"({"error":{"code":")" + std::string(row.name) + R"(","message":")"));
    CHECK_THAT(ran.err,
               Contains(R"("exit":)" + std::to_string(row.status) +
                        R"(,"command":"add","reply":")" + row.answer + R"(","socket":"/)"));
  }
}

TEST_CASE("a name that does not fit is in the message, with what was perhaps meant") {
  const auto said = [](const Words& command, const std::string& unit, const std::string& answer) {
    ScriptedDaemon daemon(Script{{unit, answer}});
    Words words{"-s", daemon.socket()};
    words.insert(words.end(), command.begin(), command.end());
    const Ran ran = run(words);
    CHECK(ran.status == 7);
    return ran.err.substr(0, ran.err.find('\n'));
  };
  CHECK(said({"info", "bbo"}, "INFO bbo\n", "ERR UNK USER NEAR=Bob%20B\n") ==
        "msnc: no contact is called 'bbo'; did you mean 'Bob B'?");
  CHECK(said({"block", "x y"}, "BLOCK x%20y\n", "ERR UNK USER\n") ==
        "msnc: no contact is called 'x y'");
  CHECK(said({"ren", "Bob", "B"}, "REN Bob B\n", "ERR UNK USER SEVERAL\n") ==
        "msnc: several contacts are called 'Bob'; use the address");
  CHECK(said({"send", "bbo", "hi"}, "SENDMSG 1 bbo ID=* QUIET\nhi\n", "ERR UNK USER NEAR=Bob\n") ==
        "msnc: no contact is called 'bbo'; did you mean 'Bob'?");
  CHECK(said({"info", "bob@x"}, "INFO bob@x\n", "ERR UNK USER\n") == "msnc: no such contact");
}

TEST_CASE("what cannot be done says why, and what to do") {
  const auto said = [](const Words& command, const std::string& unit, const std::string& answer) {
    ScriptedDaemon daemon(Script{{unit, answer}});
    Words words{"-s", daemon.socket()};
    words.insert(words.end(), command.begin(), command.end());
    return test::without_socket(run(words).err, daemon);
  };
  CHECK(said({"allow", "eve@x"}, "ALLOW eve@x\n",
             "ERR UNSUPPORTED this network asks for no consent\n") ==
        "msnc: this network cannot do that (the daemon said: ERR UNSUPPORTED this network asks for "
        "no "
        "consent)\n      see what this network can do with: msnc status --json\n");
  CHECK(said({"allow", "eve@x"}, "ALLOW eve@x\n", "ERR UNK\n") ==
        "msnc: this daemon does not know the request (the daemon said: ERR UNK)\n"
        "      see what this daemon can do with: msnc ping --json\n");
  CHECK(said({"add", "b@x"}, "ADD b%40x b@x\n",
             "ERR SOCK the connection to the network is lost; msncd reconnects by itself\n") ==
        "msnc: the network could not be reached (the daemon said: ERR SOCK the connection to the "
        "network is lost; msncd reconnects by itself)\n"
        "      try again later; see whether msncd is connected with: msnc status\n");
}

TEST_CASE("a login that was refused for now says so") {
  ScriptedDaemon daemon(Script{{"LOGIN me@x y\n", "ERR MSN 600 Server is busy\n"}});
  const Ran ran = run({"-s", daemon.socket(), "login", "me@x", "--password-command", "echo y"});
  CHECK(ran.status == 5);
  CHECK(ran.err ==
        "msnc: login refused (the daemon said: ERR MSN 600 Server is busy)\n"
        "      the server does not let you in at the moment; try again later\n");
}

TEST_CASE("no daemon, silence, nonsense and a closed connection are told apart") {
  const test::TempDir dir;
  Ran ran = run({"-s", dir / "none", "poll"});
  CHECK(ran.status == 3);
  CHECK_THAT(ran.err, Contains(dir / "none"));
  CHECK_THAT(ran.err, Contains("msncd"));
  {
    ScriptedDaemon silent(Script{{"GETCL\n", ""}});
    ran = run({"-j", "-s", silent.socket(), "-t", "0.05", "contacts"});
    CHECK(ran.status == 3);
    CHECK_THAT(ran.err, Contains(R"("code":"daemon_timeout")"));
  }
  CHECK(json({"contacts"}, "GETCL\n", "HTTP/1.1 400 Bad Request\n").status == 11);
  {
    ScriptedDaemon closing(Script{{"GETCL\n", "CL 2\nonline b@x B\n", Exchange::After::close}});
    ran = run({"-j", "-s", closing.socket(), "contacts"});
    CHECK(ran.status == 11);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Contains(R"("code":"protocol")"));
  }
}

TEST_CASE("login sends the password and shows it to nobody") {
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

TEST_CASE("login --register makes the account, and --status sets the status") {
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
  CHECK(ran.err == "msnc: there is one of that name already (the daemon said: " + reply +
                       ")\n      log in with: msnc -s " + daemon.socket() + " login me@x\n");
}

TEST_CASE("passwd sends the first two lines of standard input") {
  const test::StandardInput input("open sesame\r\n100%\nmore\n");
  const Ran ran = json({"passwd", "--password-stdin"}, "PASSWD open%20sesame 100%25\n", "OK\n");
  CHECK(ran.status == 0);
  CHECK(ran.out == R"({"command":"passwd"})"
                   "\n");
}

TEST_CASE("passwd says that the old password is wrong, and sends nothing if one is missing") {
  {
    const test::StandardInput input("old\nnew\n");
    ScriptedDaemon daemon(Script{{"PASSWD old new\n", "ERR MSN 911 Authentication failed\n"}});
    const Ran ran = run({"passwd", "--password-stdin", "-s", daemon.socket()});
    CHECK(ran.status == 5);
    CHECK(ran.err ==
          "msnc: the old password is wrong (the daemon said: ERR MSN 911 Authentication failed)\n"
          "      nothing was changed; try again\n");
  }
  const test::StandardInput input("only one\n");
  ScriptedDaemon daemon(Script{});
  const Ran ran = run({"passwd", "--password-stdin", "-s", daemon.socket()});
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, Contains("the second line of standard input gave no password"));
  CHECK(daemon.received().empty());
}

TEST_CASE("accounts lists the daemons, also one that is not there any more") {
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

TEST_CASE("what cannot be sent is found before anything is") {
  for (const Words& words : std::vector<Words>{
           {"send", "bob@x", ""},
           {"send", "bob@x", "caf\xe9"},
           {"send", "b b@x", "hi"},
           {"send"},
           {"send", "bob@x", "hi", "-l"},
           {"send", "bob@x", " \t\n"},
           {"send", "bob@x", "\u3000"},
           {"ren", "bob@x", " "},
           {"add", "bob@x", "\u00A0"},
           {"nick", " "},
           {"del", "\u200B"},
           {"send", "bob@x", "price", "-V"},
           {"send", "bob@x", "hi", "--no-retry"},
           {"send", "bob@x", "-l", "--id", "job"},
           {"send", "bob@x", "--id", "a b", "--", "hi"},
           {"send", "--to", "a@x", "--to", "b@x", "--id", std::string(63, 'a'), "--", "hi"},
           {"send", "bob@x", "hi", "--confirm", "x"},
           {"add", "bob"},
           {"add", "bob@x", "a\nb"},
           {"del", "a\rb"},
           {"nick", ""},
           {"status", "gone"},
           {"priv", "--public", "yes"},
           {"priv", "1"},
           {"priv", "yes", "no"},
           {"poll", "--max", "0"},
           {"poll", "--wait", "3601"},
           {"poll", "--only", "mail"},
           {"poll", "--queue", "A"},
           {"log", "--from", "x"},
           {"ack", "oldest"},
           {"queue", "make", "bot"},
           {"queue", "new"},
           {"queue", "ls", "x"},
           {"queue", "rm", "bot", "--from", "now"},
           {"contacts", "--reverse", "--blocked"},
           {"poll", "--only", "message,said"},
           {"watch", "--only", "said", "--queue", "-"},
           {"allow", "a b@x"},
           {"watch", "--exec", "/no/such/program"},
           {"watch", "--exec-tries", "0", "--exec", "true"},
           {"watch", "--exec-tries", "3"},
           {"watch", "--on-failure", "skip"},
           {"watch", "--on-failure", "wait", "--exec", "true"},
           {"watch", "--on-failure", "retry", "--exec-tries", "3", "--exec", "true"},
           {"watch", "-e"},
           {"watch", "-e", "--count", "1"},
           {"watch", "--count", "0"},
           {"watch", "--for", "1m"},
           {"watch", "--create"},
           {"poll", "--create"},
           {"poll", "--with", "b b@x"},
           {"log", "--since", "yesterday"},
           {"log", "--max", "100001"},
           {"log", "-n"},
           {"queue", "ls", "--if-missing"},
           {"raw", "a\nb"},
           {"login"},
           {"login", "me@x", "--no-input"},
           {"login", "me@x", "--status", "gone", "--password-command", "echo x"},
           {"login", "--register", "me@x", "--no-input"},
           {"passwd", "--no-input"},
           {"passwd", "secret"},
           {"login", "me@x", "--password-stdin", "--password-file", "/x"},
           {"poll", "-t", "soon"},
           {"poll", "-t", "-1"},
           {"poll", "--color", "red"},
           {"poll", "-a", "../x"},
           {"poll", "--config", "/no/such/file"},
           {"poll", "-s", "udp:192.0.2.1:3030"},
       }) {
    CAPTURE(words);
    ScriptedDaemon daemon(Script{});
    Words all{"-j"};
    if (std::find(words.begin(), words.end(), "-s") == words.end())
      all.insert(all.end(), {"-s", daemon.socket()});
    all.insert(all.end(), words.begin(), words.end());
    const Ran ran = run(all);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Contains(R"({"error":{"code":"usage",)"));
    CHECK(daemon.received().empty());
  }
}

TEST_CASE("a text over the limit of the daemon is refused, or cut if that was asked for") {
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
  // One that takes long texts gets it whole, cut or not.
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
        "msnc: the text has 60001 bytes, this msncd takes 60000: use --split\n"
        "      send it in parts with: msnc send --split\n");
  CHECK(daemon.received() == "HELLO\nSTATE\n");
}

TEST_CASE("standard input is the text, less one newline at its end") {
  for (const Words& dash : std::vector<Words>{{}, {"-"}}) {
    const test::StandardInput input("one\r\n two\n\n");
    Words words{"send", "bob@x"};
    words.insert(words.end(), dash.begin(), dash.end());
    const Ran ran = json(words, "SENDMSG 3 bob@x ID=* QUIET\none\n two\n\n", "OK\n");
    CHECK(ran.status == 0);
  }
}

TEST_CASE("standard input is not read beyond what can be sent") {
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

TEST_CASE("with -l every line that is not blank is a message of its own, which may be repeated") {
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
          R"("state":"failed","id":null,"line":3,"error":{"code":"no_such_contact","message":"line 3 \"two\": no such contact)"));
  CHECK_THAT(
      ran.out,
      Contains(
          R"("state":"failed","id":null,"line":4,"error":{"code":"usage","message":"line 4 \")"));
  CHECK_THAT(ran.out, Contains(R"(xxx...\": the text is not valid UTF-8)"));
  CHECK_THAT(ran.out, Contains(R"("line":5})"));
  CHECK_THAT(ran.err, Contains(R"("code":"partial","message":"2 of 4 messages failed","exit":9)"));
}

TEST_CASE("with -l a line that no message can hold is named, and the others are sent") {
  const test::StandardInput input("one\n" + std::string(70'000, 'x') + "\ntwo\n");
  const std::string quiet = "SENDMSG 1 bob@x ID=* ONCE QUIET\n";
  ScriptedDaemon daemon(
      Script{{"HELLO\n", hello}, {quiet + "one\n", "OK $ID\n"}, {quiet + "two\n", "OK $ID\n"}});
  const Ran ran = run({"-s", daemon.socket(), "send", "bob@x", "-l"});
  CHECK(ran.status == 9);
  CHECK_THAT(ran.err, Contains("msnc: bob@x: line 2 \"" + std::string(40, 'x') +
                               "...\": the line has more than 60000 bytes"));
}

TEST_CASE("with -l a byte order mark does not count") {
  const test::StandardInput input("\xEF\xBB\xBF" + std::string(60'000, 'x') + "\r\n");
  const std::string unit = "SENDMSG 1 bob@x ID=* ONCE QUIET\n" + std::string(60'000, 'x') + "\n";
  ScriptedDaemon daemon(
      Script{{"HELLO\n", hello}, {"STATE\n", "text_limit = 60000\n\n"}, {unit, "OK $ID\n"}});
  const Ran ran = run({"-s", daemon.socket(), "send", "bob@x", "-l", "--no-retry"});
  CHECK(ran.status == 0);
  CHECK(daemon.received() == "HELLO\nSTATE\n" + unit);
}

TEST_CASE("every message is sent, whatever becomes of the output") {
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
  SECTION("its reader has gone") {
    const test::StandardInput input("one\ntwo\nthree\n");
    ScriptedDaemon daemon(script("OK $ID\n"));
    const Ran ran =
        run({"-j", "-s", daemon.socket(), "send", "bob@x", "-l"}, {}, broken_pipe().get());
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    CHECK(daemon.received() == all);
  }
  SECTION("its reader has gone, and a message failed") {
    const test::StandardInput input("one\ntwo\nthree\n");
    ScriptedDaemon daemon(script("ERR UNK USER\n"));
    const Ran ran =
        run({"-j", "-s", daemon.socket(), "send", "bob@x", "-l"}, {}, broken_pipe().get());
    CHECK(ran.status == 9);
    CHECK_THAT(ran.err, Matches(R"(.*"code":"partial".*\n)"));
    CHECK(daemon.received() == all);
  }
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  SECTION("it is full") {
    const test::StandardInput input("one\ntwo\nthree\n");
    ScriptedDaemon daemon(script("OK $ID\n"));
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "bob@x", "-l"}, {}, full.get());
    CHECK(ran.status == 12);
    CHECK_THAT(ran.err, Contains("No space left on device; what was asked for is done"));
    CHECK(daemon.received() == all);
  }
  SECTION("it is full, and a message failed") {
    const test::StandardInput input("one\ntwo\nthree\n");
    ScriptedDaemon daemon(script("ERR UNK USER\n"));
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "bob@x", "-l"}, {}, full.get());
    CHECK(ran.status == 9);
    CHECK_THAT(ran.err, Contains(R"("code":"partial")"));
    CHECK_THAT(ran.err, Contains(R"({"warning":{"message":"the output could not be written: )"));
    CHECK(daemon.received() == all);
  }
  SECTION("it is full, for several recipients") {
    const std::string one = "SENDMSG 1 a@x ID=* QUIET\nhi\n",
                      two = "SENDMSG 1 b@x ID=* QUIET\nhi\n";
    ScriptedDaemon daemon(Script{{one, "OK\n"}, {two, "OK\n"}});
    const Ran ran = run({"-j", "-s", daemon.socket(), "send", "--to", "a@x", "--to", "b@x", "hi"},
                        {}, full.get());
    CHECK(ran.status == 12);
    CHECK(daemon.received() == one + two);
  }
}

TEST_CASE("with -l a line whose outcome is not known is sent again with its id") {
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
  CHECK_THAT(ran.err,
             Matches("msnc: .* closed without an answer; it is not known whether the "
                     "message was sent; line 1 is kept, and tried again until it works\n"));
}

TEST_CASE("with -l and --no-retry the first daemon that is away ends it") {
  const test::StandardInput input("one\ntwo\n");
  const test::TempDir dir;
  const Ran ran = run({"-s", dir / "none", "send", "bob@x", "-l", "--no-retry"});
  CHECK(ran.status == 3);
  CHECK_THAT(ran.err, Contains("msnc: bob@x: line 1 \"one\": no msncd at "));
  CHECK_THAT(ran.err, Contains("\nmsnc: the message failed\n"));
}

TEST_CASE("a daemon that has no ONCE gets each line once, and no --id") {
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

TEST_CASE("the option --id names the message, or each of several") {
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

TEST_CASE("a recipient who is named twice gets one message") {
  ScriptedDaemon daemon(Script{{"SENDMSG 1 bob@x ID=* QUIET\nhi\n", "OK\n"},
                               {"SENDMSG 1 Bob ID=* QUIET\nhi\n", "OK\n"}});
  const Ran ran = run({"-j", "-s", daemon.socket(), "send", "--to", "bob@x", "--to", "BOB@x",
                       "--to", "Bob", "--to", "Bob", "--", "hi"});
  CHECK(ran.status == 0);
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 2);
}

TEST_CASE("several recipients get one exchange and one object each") {
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

TEST_CASE("the option --confirm waits for what became of the message") {
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

TEST_CASE("ping tells version, features and kind") {
  Ran ran = json({"ping"}, "HELLO\n", "OK msncd/1 wait hold\n");
  CHECK(ran.status == 0);
  CHECK_THAT(
      ran.out,
      Matches(
          R"(\{"command":"ping","protocol":"1","features":\["wait","hold"\],"legacy":false,"ms":[0-9.]+\}\n)"));
  ran = json({"ping"}, "HELLO\n", "ERR ENOTCONN\n");
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out, Contains(R"("protocol":null,"features":[],"legacy":true)"));
}

TEST_CASE("a dry run shows what would be sent, and asks nobody") {
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

TEST_CASE("the environment stands for options, which go before it") {
  ScriptedDaemon daemon(Script{{"GETCL\n", "CL 0\n"}, {"GETCL\n", "CL 0\n"}});
  CHECK(run({"contacts"}, {{"MSNC_SOCKET", daemon.socket()}}).status == 0);
  CHECK(run({"contacts", "-s", daemon.socket()},
            {{"MSNC_SOCKET", "/nonexistent"}, {"MSNC_TIMEOUT", "5"}})
            .status == 0);
  CHECK(run({"contacts"}, {{"MSNC_SOCKET", daemon.socket()}, {"MSNC_TIMEOUT", "x"}}).status == 2);
  CHECK(run({"contacts"}, {{"MSNC_SOCKET", daemon.socket()}, {"MSNC_CONFIG", "/nonexistent"}})
            .status == 2);
  CHECK(daemon.received() == "GETCL\nGETCL\n");
}

TEST_CASE("without a command the short help comes on stderr") {
  Ran ran = run({});
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, Contains("usage:\n  msnc"));
  ran = run({"-j"});
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, Contains(R"({"error":{"code":"usage")"));
}

TEST_CASE("help and version need no daemon") {
  for (const Words& words : std::vector<Words>{
           {"-h"}, {"poll", "--help"}, {"send", "-h"}, {"-V"}, {"schema"}, {"completion", "zsh"}}) {
    const Ran ran = run(words);
    CHECK(ran.status == 0);
    CHECK_FALSE(ran.out.empty());
    CHECK(ran.err.empty());
  }
  CHECK_THAT(run({"--version"}).out, Matches(R"(msnc [0-9]+\.[0-9]+\.[0-9]+\n)"));
  // without man, the short help
  CHECK(run({"help", "send"}, {{"PATH", "/nonexistent"}}).out == run({"send", "-h"}).out);
  CHECK(run({"help", "frob"}).status == 2);
}

TEST_CASE("an unknown word is suggested a similar one") {
  Ran ran = run({"pol"});
  CHECK(ran.status == 2);
  CHECK(ran.err == "msnc: unknown command 'pol'; did you mean 'poll'?\n      see: msnc --help\n");
  for (const Words& words : {Words{"pol", "--json"}, Words{"pol", "x", "-j", "--", "y"}})
    CHECK_THAT(run(words).err, Matches(R"(\{"error":\{"code":"usage",.*"command":"pol",.*\}\}\n)"));
  CHECK(run({"pol", "--", "--json"}).err == ran.err);
  ran = run({"-j", "x/../../bin/true"});
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, Contains(R"("command":"x/../../bin/true")"));
}

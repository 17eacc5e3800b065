// SPDX-License-Identifier: MIT
// Errors: their exit statuses, names and messages.
#include "tests/cmd_msnc/exchange.hpp"

#include <algorithm>

namespace {

using namespace msn;
using Catch::Matchers::Contains;
using msn::test::Exchange;
using msn::test::Ran;
using msn::test::run;
using msn::test::run_json;
using msn::test::Script;
using msn::test::ScriptedDaemon;
using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("each ERR answer has its exit status and name") {
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
    const Ran ran = run_json({"add", "b@x"}, "ADD b%40x b@x\n", std::string(row.answer) + "\n");
    CHECK(ran.status == row.status);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err,
               Contains(R"({"error":{"code":")" + std::string(row.name) + R"(","message":")"));
    CHECK_THAT(ran.err,
               Contains(R"("exit":)" + std::to_string(row.status) +
                        R"(,"command":"add","reply":")" + row.answer + R"(","socket":"/)"));
  }
}

TEST_CASE("the message about an unknown nick has the nick and a similar one") {
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
  CHECK(said({"info", "bob@x"}, "INFO bob@x\n", "ERR UNK USER\n") ==
        "msnc: no contact has the address 'bob@x'");
  CHECK(said({"add", "bob@x"}, "ADD bob%40x bob@x\n", "ERR UNK USER\n") ==
        "msnc: this network has no account 'bob@x'");
}

TEST_CASE("an unsupported request has a reason and advice") {
  const auto said = [](const Words& command, const std::string& unit, const std::string& answer) {
    ScriptedDaemon daemon(Script{{unit, answer}});
    Words words{"-s", daemon.socket()};
    words.insert(words.end(), command.begin(), command.end());
    return test::without_socket(run(words).err, daemon);
  };
  CHECK(said({"allow", "eve@x"}, "ALLOW eve@x\n",
             "ERR UNSUPPORTED this network asks for no consent\n") ==
        "msnc: this network does not support that (the daemon said: ERR UNSUPPORTED this network "
        "asks for "
        "no "
        "consent)\n      see what this network supports with: msnc status --json\n");
  CHECK(said({"allow", "eve@x"}, "ALLOW eve@x\n", "ERR UNK\n") ==
        "msnc: this daemon does not support the request (the daemon said: ERR UNK)\n"
        "      see what this daemon supports with: msnc ping --json\n");
  CHECK(said({"add", "b@x"}, "ADD b%40x b@x\n",
             "ERR SOCK the connection to the network is lost; msncd reconnects by itself\n") ==
        "msnc: the network cannot be reached (the daemon said: ERR SOCK the connection to the "
        "network is lost; msncd reconnects by itself)\n"
        "      try again later; check the connection with: msnc status\n");
}

TEST_CASE("a login that is refused temporarily has its own advice") {
  ScriptedDaemon daemon(Script{{"LOGIN me@x y\n", "ERR MSN 600 Server is busy\n"}});
  const Ran ran = run({"-s", daemon.socket(), "login", "me@x", "--password-command", "echo y"});
  CHECK(ran.status == 5);
  CHECK(ran.err ==
        "msnc: login refused (the daemon said: ERR MSN 600 Server is busy)\n"
        "      the server refuses logins at the moment; try again later\n");
}

TEST_CASE("no daemon and no answer and an invalid answer have different errors") {
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
  CHECK(run_json({"contacts"}, "GETCL\n", "HTTP/1.1 400 Bad Request\n").status == 11);
  {
    ScriptedDaemon closing(Script{{"GETCL\n", "CL 2\nonline b@x B\n", Exchange::After::close}});
    ran = run({"-j", "-s", closing.socket(), "contacts"});
    CHECK(ran.status == 11);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Contains(R"("code":"protocol")"));
  }
}

TEST_CASE("invalid input is refused before anything is sent") {
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

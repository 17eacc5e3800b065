// SPDX-License-Identifier: MIT
// What is logged at each level about logins and requests.
#include "tests/support/daemons.hpp"

#include <catch2/catch.hpp>

namespace msn::test {
namespace {

struct Logged {
  explicit Logged(LogLevel level) { daemon.log.level = level; }
  const std::string& log() const { return daemon.log.text; }
  std::string said(FakeClient& client, std::string_view request) {
    daemon.log.text.clear();
    client.ask(request);
    return log();
  }

  FakeLoop loop;
  FakeClock clock;
  FakeDaemon daemon{loop, clock};
};

}  // namespace

TEST_CASE("level info logs logins and logoffs with their account and no requests") {
  Logged f(LogLevel::info);
  FakeClient client = f.daemon.client();
  f.daemon.network->command("refuse 911 Authentication failed");
  CHECK(f.said(client, "LOGIN me@example.org x\n") ==
        "daemon: login as me@example.org refused: 911 Authentication failed\n");
  CHECK(f.said(client, "LOGIN me@example.org x\n") == "daemon: logged in as me@example.org\n");
  CHECK(f.said(client, "POLL\nSTATUS online\n").empty());
  CHECK(f.said(client, "LOGIN you@example.org x\n") ==
        "daemon: logged off me@example.org\ndaemon: logged in as you@example.org\n");
  CHECK(f.said(client, "LOGOFF\n") == "daemon: logged off you@example.org\n");
}

TEST_CASE("level debug logs each request with outcome - size - time and without arguments") {
  Logged f(LogLevel::debug);
  FakeClient client = f.daemon.client();
  CHECK(f.said(client, "POLL\n") == "daemon: client: POLL: ERR ENOTCONN, 13 bytes in 0.0 ms\n");
  CHECK(f.said(client, "NONSENSE\n").starts_with("daemon: client: unknown request: ERR "));
  CHECK(f.said(client, "A\rB\n").starts_with("daemon: client: unreadable request: ERR EINVAL, "));
  CHECK(f.said(client, "LOGIN me@example.org x\n") ==
        "daemon: logged in as me@example.org\ndaemon: client: LOGIN: OK, 3 bytes in 0.0 ms\n");
  client.say("POLL WAIT=10\n");
  f.clock.advance(Milliseconds(1500));
  f.daemon.network->say(model::Typing{"bob@example.org"});
  f.daemon.log.text.clear();
  f.loop.run();
  CHECK(f.log() == "daemon: client: POLL: OK, " + std::to_string(client.listen().size()) +
                       " bytes in 1500.0 ms\n");
}

TEST_CASE("a POLL that hands out an ERR event is logged as successful") {
  Logged f(LogLevel::debug);
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  f.daemon.network->say(model::ErrorEvent{"600", "Server is busy"});
  f.loop.run();
  CHECK(f.said(client, "POLL\n").starts_with("daemon: client: POLL: OK, "));
}

TEST_CASE("the logged size of an answer in pieces is its total size") {
  Logged f(LogLevel::debug);
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  for (int i = 0; i < 10; ++i) {
    model::Message message;
    message.email = "bob@example.org";
    message.headers = {{"Content-Type", "text/plain; charset=UTF-8"}};
    message.text = std::string(50'000, 'x');
    f.daemon.network->say(std::move(message));
  }
  f.loop.run();
  f.daemon.log.text.clear();
  const std::string answer = client.ask("POLL\n");
  CHECK(answer.size() > 500'000);
  CHECK(f.log() ==
        "daemon: client: POLL: OK, " + std::to_string(answer.size()) + " bytes in 0.0 ms\n");
}

TEST_CASE("level debug logs a request whose client disconnects before its answer") {
  Logged f(LogLevel::debug);
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\nPOLL WAIT=10\n");
  f.daemon.log.text.clear();
  client.conversation.reset();
  CHECK(f.log() == "daemon: client: POLL: answer incomplete, 0 bytes in 0.0 ms\n");
}

TEST_CASE("level trace logs the lines of both directions with visible control characters") {
  Logged f(LogLevel::trace);
  FakeClient client = f.daemon.client();
  const std::string login = f.said(client, "LOGIN me@example.org x\n");
  CHECK(login.starts_with("daemon: client > LOGIN me@example.org ***\n"));
  CHECK(login.find("daemon: client < OK\n") != std::string::npos);
  client.ask("STATUS online\n");
  const std::string sent = f.said(client, "SENDMSG 2 bob@example.org\none\x1b[2J\nLOGIN a b\n");
  CHECK(
      sent.starts_with("daemon: client > SENDMSG 2 bob@example.org\n"
                       "daemon: client > one\\x1b[2J\n"
                       "daemon: client > LOGIN a b\n"
                       "daemon: client < OK"));
  f.daemon.network->say(model::Typing{"bob@example.org"});
  f.loop.run();
  CHECK(f.said(client, "POLL\n")
            .starts_with("daemon: client > POLL\n"
                         "daemon: client < TYPING bob@example.org\n"
                         "daemon: client < POLLEND\n"));
}

TEST_CASE("no level logs a password however its request is written") {
  for (const LogLevel level : {LogLevel::error, LogLevel::info, LogLevel::debug, LogLevel::trace}) {
    Logged f(level);
    FakeClient client = f.daemon.client();
    f.daemon.network->command("refuse 911 Authentication failed");
    for (const std::string line :
         {"LOGIN me@example.org pa55word", "LOGIN me@example.org pa55word pa55word",
          "LOGIN me@example.org pa55word", "login me@example.org pa55word",
          "LOGON me@example.org pa55word", " LOGIN me@example.org pa55word",
          "LOGIN\tme@example.org\tpa55word", "LOGIN me@example.org \rpa55word",
          "REGISTER me@example.org pa55word", "register me@example.org pa55word",
          " REGISTER me@example.org pa55 word", "REGISTER  pa55word", "PASSWD pa55word pa55word",
          "passwd x pa55word", " PASSWD pa55word x", "PASSWD  pa55word", "PASSWD pa55word",
          "PASSWD\tpa55word", "PASSWD pa55word x y"})
      client.ask(line + "\n");
    client.say("LOGIN me@example.org pa55");
    client.ask("word\n");
    FakeClient datagrams = f.daemon.client(FakeClient::Binding::datagram);
    datagrams.conversation->datagram("LOGIN me@example.org pa55word");
    datagrams.ask({});
    INFO(f.log());
    CHECK(f.log().find("pa55") == std::string::npos);
  }
}

}  // namespace msn::test

// SPDX-License-Identifier: MIT
// Messages with tokens across restarts. Plain exchanges are in tests/transcripts/sendmsg_*.chat.
#include "tests/support/daemons.hpp"

#include <catch2/catch.hpp>

namespace msn::test {
namespace {

const std::string login = "LOGIN me@example.org x\n";
const std::string message = "SENDMSG 1 bob@example.org ID=job ONCE\nhi\n";

struct Restarted {
  Restarted() {
    FakeClient client = daemon.client();
    REQUIRE(client.ask(login) == "OK\n");
  }
  // The answer of a new client.
  std::string ask(const std::string& requests) {
    FakeClient client = daemon.client();
    return client.ask(requests);
  }
  // Kills the process, starts another one, and logs in to a network that knows these messages.
  void kill(network::Network::Recalled recalled) {
    daemon.restart();
    daemon.network->recalled = std::move(recalled);
    REQUIRE(ask(login) == "OK\n");
  }
  int sent() const {
    return static_cast<int>(std::count(daemon.network->asked.begin(), daemon.network->asked.end(),
                                       "send bob@example.org hi id=job"));
  }
  FakeLoop loop;
  FakeClock clock;
  FakeDaemon daemon{loop, clock};
};

}  // namespace

TEST_CASE("a token that was used before a restart sends nothing after it") {
  Restarted f;
  CHECK(f.ask(message) == "OK job\n");
  f.daemon.network->say(model::Sent{"job", "bob@example.org"});
  f.loop.run();
  f.kill(std::nullopt);
  CHECK(f.ask(message) == "OK job\n");
  CHECK(f.sent() == 0);
  // Recorded only by the process that sent it.
  const std::string said = f.ask("POLL FROM=oldest ONLY=SAID\n");
  CHECK(said.starts_with("EV 1 2026-11-22T15:00:00.000Z SAID 5 4 bob@example.org\n"));
  CHECK(said.ends_with("\n\nhi\nPOLLEND 1 0\n"));
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") ==
        "EV 2 2026-11-22T15:00:00.000Z SENT job bob@example.org\nPOLLEND 2 0\n");
}

TEST_CASE("a message unknown to the network after a restart is reported as interrupted") {
  Restarted f;
  CHECK(f.ask(message) == "OK job\n");
  f.kill(std::nullopt);
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") ==
        "EV 2 2026-11-22T15:00:00.000Z FAILED job bob@example.org interrupted\nPOLLEND 2 0\n");
  f.kill(std::nullopt);
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") == "POLLEND 2 0\n");
  CHECK(f.ask(message) == "ERR SEND job interrupted\n");
  CHECK(f.sent() == 0);
}

TEST_CASE("a network that still has a message reports it once after a restart") {
  Restarted f;
  CHECK(f.ask(message) == "OK job\n");
  f.kill(std::vector<std::string>{"job"});
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") == "POLLEND 1 0\n");
  CHECK(f.ask("SENDMSG 1 bob@example.org ID=job\nhi\n") ==
        "ERR EINVAL message job is still being sent; use another ID\n");
  for (int i = 0; i < 2; ++i) f.daemon.network->say(model::Sent{"job", "bob@example.org"});
  f.loop.run();
  f.daemon.network->say(model::Sent{"job", "bob@example.org"});
  f.loop.run();
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") ==
        "EV 2 2026-11-22T15:00:00.000Z SENT job bob@example.org\nPOLLEND 2 0\n");
}

TEST_CASE("a message that never reached the network is sent when it is repeated") {
  Restarted f;
  f.daemon.network->command("stall");  // killed before the network has answered
  CHECK(f.ask(message) == "");
  f.kill(std::vector<std::string>());
  CHECK(f.ask(message) == "OK job\n");
  CHECK(f.sent() == 1);
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") == "POLLEND 1 0\n");
}

TEST_CASE("repeating a failed message fails even before its outcome is committed") {
  Restarted f;
  CHECK(f.ask(message) == "OK job\n");
  f.daemon.fill_disk();
  f.daemon.network->say(model::Failed{"job", "bob@example.org", "217 User not online"});
  f.loop.run();
  CHECK(f.ask(message) == "ERR SEND job 217 User not online\n");
  f.daemon.free_disk();
  test::pass(
      f.loop, f.clock, [&] { f.daemon.daemon->on_time(); }, std::chrono::seconds(31));
  CHECK(f.ask(message) == "ERR SEND job 217 User not online\n");
  CHECK(f.sent() == 1);
}

TEST_CASE("a client that repeats a message in progress gets its answer") {
  Restarted f;
  f.daemon.network->command("stall");
  FakeClient one = f.daemon.client();
  FakeClient two = f.daemon.client();
  CHECK(one.ask(message) == "");
  CHECK(two.ask(message) == "");
  f.daemon.network->command("go on");
  f.loop.run();
  CHECK(one.listen() == "OK job\n");
  CHECK(two.listen() == "OK job\n");
  CHECK(f.sent() == 1);
}

TEST_CASE("a token that cannot be stored sends nothing") {
  Restarted f;
  f.daemon.fill_disk();
  CHECK(f.ask(message).starts_with("ERR SOCK event log "));
  f.daemon.free_disk();
  CHECK(f.sent() == 0);
  CHECK(f.ask(message) == "OK job\n");
  CHECK(f.sent() == 1);
}

TEST_CASE("a message that is repeated before the network answers recall is sent once") {
  Restarted f;
  f.daemon.network->command("stall");
  CHECK(f.ask(message) == "");
  f.daemon.restart();
  f.daemon.network->recalled = std::vector<std::string>();
  f.daemon.network->recalls_late = true;
  CHECK(f.ask(login + message + message) == "OK\nOK job\nOK job\n");
  CHECK(f.sent() == 1);
  f.daemon.network->say(model::Sent{"job", "bob@example.org"});
  f.loop.run();
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") ==
        "EV 2 2026-11-22T15:00:00.000Z SENT job bob@example.org\nPOLLEND 2 0\n");
}

TEST_CASE("a rejected message can be repeated before its token is removed from the log") {
  Restarted f;
  f.daemon.network->on_send = [&](const network::OutgoingMessage&) { f.daemon.fill_disk(); };
  f.daemon.network->command("nobody bob@example.org");
  CHECK(f.ask(message) == "ERR UNK USER\n");
  // "OK job" would promise a message that is never sent.
  CHECK(f.ask(message).starts_with("ERR SOCK event log "));
  f.daemon.free_disk();
  f.daemon.network->on_send = {};
  f.daemon.network->unreachable.clear();
  CHECK(f.ask(message) == "OK job\n");
}

TEST_CASE(
    "an outcome that is dropped while the disk is full is reported when the network repeats it") {
  Restarted f;
  CHECK(f.ask(message) == "OK job\n");
  f.daemon.fill_disk();
  auto& listener = f.daemon.network->listener();
  listener.on_batch({std::vector<model::Event>(100'000, model::Typing{"a@example.org"})});
  listener.on_batch({{model::Sent{"job", "bob@example.org"}}, "1"});
  f.loop.run();
  f.daemon.free_disk();
  test::pass(
      f.loop, f.clock, [&] { f.daemon.daemon->on_time(); }, std::chrono::seconds(31));
  f.daemon.network->recalled = std::vector<std::string>{"job"};
  CHECK(f.ask(login) == "OK\n");
  f.daemon.network->listener().on_batch({{model::Sent{"job", "bob@example.org"}}, "1"});
  f.loop.run();
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n").find(" SENT job bob@example.org\n") != std::string::npos);
}

TEST_CASE("a quiet message that was delivered while the disk was full is not reported as failed") {
  Restarted f;
  CHECK(f.ask("SENDMSG 1 bob@example.org ID=job ONCE QUIET\nhi\n") == "OK job\n");
  f.daemon.fill_disk();
  auto& listener = f.daemon.network->listener();
  listener.on_batch({std::vector<model::Event>(100'000, model::Typing{"a@example.org"})});
  listener.on_batch({{model::Sent{"?job", "bob@example.org"}}});
  f.loop.run();
  f.daemon.free_disk();
  test::pass(
      f.loop, f.clock, [&] { f.daemon.daemon->on_time(); }, std::chrono::seconds(31));
  f.kill(std::nullopt);
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n").starts_with("POLLEND "));
}

TEST_CASE("a message with ONCE and QUIET stays quiet and known across restarts") {
  const std::string quiet = "SENDMSG 1 bob@example.org ID=job ONCE QUIET\nhi\n";
  const std::string poll = "POLL ONLY=SENT,FAILED\n";
  Restarted f;
  CHECK(f.ask(quiet) == "OK job\n");
  f.kill(std::vector<std::string>{"?job"});
  CHECK(f.ask(quiet) == "OK job\n");
  CHECK(f.ask(poll) == "POLLEND 1 0\n");
  SECTION("it is delivered") {
    f.daemon.network->say(model::Sent{"?job", "bob@example.org"});
    f.loop.run();
    CHECK(f.ask(poll) == "POLLEND 1 0\n");
    f.kill(std::nullopt);
    CHECK(f.ask(poll) == "POLLEND 1 0\n");
    CHECK(f.ask(quiet) == "OK job\n");
  }
  SECTION("it fails") {
    f.daemon.network->say(model::Failed{"?job", "bob@example.org", "217 User not online"});
    f.loop.run();
    CHECK(f.ask(poll) ==
          "EV 2 2026-11-22T15:00:00.000Z FAILED job bob@example.org 217 User not online\n"
          "POLLEND 2 0\n");
    CHECK(f.ask(quiet) == "ERR SEND job 217 User not online\n");
  }
  SECTION("the network has forgotten it") {
    f.kill(std::nullopt);
    CHECK(f.ask(poll) ==
          "EV 2 2026-11-22T15:00:00.000Z FAILED job bob@example.org interrupted\nPOLLEND 2 0\n");
    CHECK(f.ask(quiet) == "ERR SEND job interrupted\n");
  }
  CHECK(f.sent() == 0);
}

TEST_CASE("a quiet message that never reached the network is sent when it is repeated") {
  const std::string quiet = "SENDMSG 1 bob@example.org ID=job ONCE QUIET\nhi\n";
  Restarted f;
  f.daemon.network->command("stall");  // killed before the network has answered
  CHECK(f.ask(quiet) == "");
  f.kill(std::vector<std::string>());
  CHECK(f.ask(quiet) == "OK job\n");
  CHECK(std::count(f.daemon.network->asked.begin(), f.daemon.network->asked.end(),
                   "send bob@example.org hi id=?job") == 1);
}

}  // namespace msn::test

// SPDX-License-Identifier: MIT
// Messages with an identity over restarts; the exchanges are in tests/transcripts/sendmsg_*.chat.
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
  // What a client gets from the next process, asked in one go.
  std::string ask(const std::string& requests) {
    FakeClient client = daemon.client();
    return client.ask(requests);
  }
  // The process is killed and another one started, which logs in at a network of this knowledge.
  void kill(network::Network::Recalled recalled) {
    daemon.restart();
    daemon.network->recalled = std::move(recalled);
    REQUIRE(ask(login) == "OK\n");
  }
  int sent() const {
    return static_cast<int>(
        std::count(daemon.network->asked.begin(), daemon.network->asked.end(),
                   "send bob@example.org hi id=job"));
  }
  FakeLoop loop;
  FakeClock clock;
  FakeDaemon daemon{loop, clock};
};

}  // namespace

TEST_CASE("a token used before a restart sends nothing after it") {
  Restarted f;
  CHECK(f.ask(message) == "OK job\n");
  f.daemon.network->say(model::Sent{"job", "bob@example.org"});
  f.loop.run();
  f.kill(std::nullopt);
  CHECK(f.ask(message) == "OK job\n");
  CHECK(f.sent() == 0);
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") ==
        "EV 1 2026-11-22T15:00:00.000Z SENT job bob@example.org\nPOLLEND 1 0\n");
}

TEST_CASE("a message that the network cannot tell of after a restart is reported as interrupted") {
  Restarted f;
  CHECK(f.ask(message) == "OK job\n");
  f.kill(std::nullopt);
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") ==
        "EV 1 2026-11-22T15:00:00.000Z FAILED job bob@example.org interrupted\nPOLLEND 1 0\n");
  f.kill(std::nullopt);
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") == "POLLEND 1 0\n");
  CHECK(f.ask(message) == "OK job\n");
  CHECK(f.sent() == 0);
}

TEST_CASE("a network that still has a message reports it after a restart, once") {
  Restarted f;
  CHECK(f.ask(message) == "OK job\n");
  f.kill(std::vector<std::string>{"job"});
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") == "POLLEND 0 0\n");
  CHECK(f.ask("SENDMSG 1 bob@example.org ID=job\nhi\n") ==
        "ERR EINVAL the outcome of message job is not known yet\n");
  for (int i = 0; i < 2; ++i) f.daemon.network->say(model::Sent{"job", "bob@example.org"});
  f.loop.run();
  f.daemon.network->say(model::Sent{"job", "bob@example.org"});
  f.loop.run();
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") ==
        "EV 1 2026-11-22T15:00:00.000Z SENT job bob@example.org\nPOLLEND 1 0\n");
}

TEST_CASE("a message that never reached the network is sent when it is repeated") {
  Restarted f;
  f.daemon.network->command("stall");  // killed before the network has answered
  CHECK(f.ask(message) == "");
  f.kill(std::vector<std::string>());
  CHECK(f.ask(message) == "OK job\n");
  CHECK(f.sent() == 1);
  CHECK(f.ask("POLL ONLY=SENT,FAILED\n") == "POLLEND 0 0\n");
}

TEST_CASE("a token in doubt is neither accepted nor sent before the network was asked") {
  Restarted f;
  f.daemon.network->command("stall");  // killed before the network has answered
  CHECK(f.ask(message) == "");
  f.daemon.restart();
  f.daemon.network->recalls_late = true;
  const std::string in_doubt =
      "ERR EBUSY it is not known yet whether message job was sent; repeat the request\n";
  CHECK(f.ask(login + message) == "OK\n" + in_doubt);
  CHECK(f.ask(message) == in_doubt);
  const auto recall = [&](network::Network::Recalled known) {
    f.daemon.network->recalled = std::move(known);
    f.daemon.network->command("go on");
    f.loop.run();
    CHECK(f.ask(message) == "OK job\n");
    return f.sent();
  };
  SECTION("it has not got the message: sent now") {
    CHECK(recall(std::vector<std::string>()) == 1);
  }
  SECTION("it has: not sent again") { CHECK(recall(std::vector<std::string>{"job"}) == 0); }
  SECTION("it cannot tell: failed, and not sent again") {
    CHECK(recall(std::nullopt) == 0);
    CHECK(f.ask("POLL ONLY=SENT,FAILED\n") ==
          "EV 1 2026-11-22T15:00:00.000Z FAILED job bob@example.org interrupted\nPOLLEND 1 0\n");
  }
}

TEST_CASE("a client that repeats a message in progress gets the answer of the first") {
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
  CHECK(f.ask(message).starts_with("ERR EINVAL the event log: "));
  f.daemon.free_disk();
  CHECK(f.sent() == 0);
  CHECK(f.ask(message) == "OK job\n");
  CHECK(f.sent() == 1);
}

}  // namespace msn::test

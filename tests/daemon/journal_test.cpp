// SPDX-License-Identifier: MIT
// Group commit, and a disk that fails.
#include "tests/support/daemons.hpp"

#include <catch2/catch.hpp>

namespace msn::test {
namespace {

model::Event typing(const std::string& email) {
  return model::Typing{email};
}

struct Online {
  Online() : client(daemon.client()) { REQUIRE(client.ask("LOGIN me@example.org x\n") == "OK\n"); }
  void wait(Milliseconds time) {
    pass(
        loop, clock, [this] { daemon.daemon->on_time(); }, time);
  }
  FakeLoop loop;
  FakeClock clock;
  FakeDaemon daemon{loop, clock};
  FakeClient client;
};

}  // namespace

TEST_CASE("events that arrive in one turn share one commit") {
  Online on;
  on.daemon.disk = {};
  for (int i = 0; i < 50; ++i) on.daemon.network->say(typing("bob@example.org"));
  on.daemon.network->say({typing("a@example.org"), typing("b@example.org")});
  on.loop.turn();
  CHECK(on.daemon.disk.appends == 1);
  CHECK(on.daemon.disk.commits == 1);
  CHECK(on.daemon.network->stored == 51);
}

TEST_CASE("nobody is told of an event before it is stored") {
  Online on;
  FakeClient waiting = on.daemon.client();
  waiting.ask("POLL WAIT=10\n");
  on.daemon.network->say(typing("bob@example.org"));
  on.client.say("POLL\nPOLL EV\nQLIST\n");
  CHECK(on.client.listen() == "POLLEND\nPOLLEND 0 0\nQL 1\n- 0 0\n");
  CHECK(waiting.heard.empty());
  CHECK(on.daemon.network->stored == 0);
  on.loop.run();
  CHECK(waiting.listen() == "EV 1 2026-11-22T15:00:00.000Z TYPING bob@example.org\nPOLLEND 1 0\n");
  CHECK(on.daemon.network->stored == 1);
}

TEST_CASE("a session that ended is not over for a poll before its last events are stored") {
  Online on;
  const auto lose = [&] {
    on.daemon.network->say(model::Closed{});
    on.daemon.network->become(network::State::offline);
  };
  SECTION("asked for at once") {
    lose();
    on.client.say("POLL\nPOLL EV\n");
    CHECK(on.client.listen() == "POLLEND\nPOLLEND 0 0\n");
    on.loop.run();
    CHECK(on.client.ask("POLL\n") == "SCLOSE MAIN\nPOLLEND\n");
  }
  SECTION("waited for") {
    lose();
    on.client.say("POLL WAIT=10\n");
    CHECK(on.client.listen().empty());
    on.loop.run();
    CHECK(on.client.listen() == "EV 1 2026-11-22T15:00:00.000Z SCLOSE MAIN\nPOLLEND 1 0\n");
  }
  SECTION("waited for in the history, before and after") {
    FakeClient earlier = on.daemon.client();
    earlier.ask("POLL FROM=0 WAIT=10\n");
    lose();
    on.client.say("POLL FROM=0 WAIT=10\n");
    on.loop.run();
    CHECK(on.client.listen() == "EV 1 2026-11-22T15:00:00.000Z SCLOSE MAIN\nPOLLEND 1 0\n");
    CHECK(earlier.listen() == "EV 1 2026-11-22T15:00:00.000Z SCLOSE MAIN\nPOLLEND 1 0\n");
  }
  on.client.ask("ACK 1\n");
  CHECK(on.client.ask("POLL WAIT=10\n") == "ERR ENOTCONN\n");
}

TEST_CASE("what a poll hands out is removed after it was written") {
  Online on;
  on.daemon.network->say(typing("bob@example.org"));
  on.loop.run();
  on.daemon.disk = {};
  on.client.say("POLL\n");
  CHECK(on.client.listen() == "TYPING bob@example.org\nPOLLEND\n");
  CHECK(on.daemon.disk.commits == 0);
  // The next one does not get it again, although nothing is committed yet.
  on.client.say("POLL\n");
  CHECK(on.client.listen() == "POLLEND\n");
  on.loop.run();
  CHECK(on.daemon.disk.commits == 1);
}

TEST_CASE("an event that cannot be appended is kept and told when it can") {
  Online on;
  FakeClient waiting = on.daemon.client();
  waiting.ask("POLL WAIT=600\n");
  on.daemon.disk.append_fails = true;
  on.daemon.network->say(typing("a@example.org"));
  on.loop.run();
  on.daemon.network->say(typing("b@example.org"));
  CHECK(on.client.ask("POLL\n") == "POLLEND\n");
  on.wait(std::chrono::minutes(2));
  CHECK(waiting.heard.empty());
  CHECK(on.daemon.network->stored == 0);
  CHECK(on.daemon.log.text.find("no space left") != std::string::npos);

  on.daemon.disk.append_fails = false;
  on.wait(std::chrono::seconds(31));
  CHECK(on.daemon.network->stored == 2);
  CHECK(waiting.listen() ==
        "EV 1 2026-11-22T15:00:00.000Z TYPING a@example.org\n"
        "EV 2 2026-11-22T15:00:00.000Z TYPING b@example.org\nPOLLEND 2 0\n");
  CHECK(on.daemon.log.text.find("can be written again") != std::string::npos);
}

TEST_CASE("what comes while the disk is full does not put the next try off") {
  Online on;
  on.daemon.disk.append_fails = true;
  for (int i = 0; i < 20; ++i) {
    on.daemon.network->say(typing("a@example.org"));
    on.loop.run();
  }
  on.daemon.disk.append_fails = false;
  on.wait(std::chrono::seconds(2));
  CHECK(on.daemon.network->stored == 20);
}

TEST_CASE("a queue that could not be written is not there") {
  Online on;
  on.daemon.disk.commit_fails = true;
  CHECK(on.client.ask("QNEW bot\n").starts_with("ERR EINVAL the event log: "));
  CHECK(on.client.ask("QLIST\n") == "QL 1\n- 0 0\n");
  on.daemon.disk.commit_fails = false;
  CHECK(on.client.ask("QNEW bot\n") == "OK\n");
}

TEST_CASE("an event that is appended but not committed is told to nobody") {
  Online on;
  on.daemon.network->say(typing("a@example.org"));
  on.loop.run();
  on.daemon.disk.commit_fails = true;
  on.daemon.network->say(typing("b@example.org"));
  on.loop.run();
  CHECK(on.client.ask("POLL PEEK\n") ==
        "EV 1 2026-11-22T15:00:00.000Z TYPING a@example.org\nPOLLEND 1 1\n");
  CHECK(on.client.ask("POLL FROM=oldest\n") ==
        "EV 1 2026-11-22T15:00:00.000Z TYPING a@example.org\nPOLLEND 1 0\n");
  CHECK(on.client.ask("ACK 9\n") == "ERR EINVAL the event log: no space left\n");
  CHECK(on.client.ask("POLL\n") == "POLLEND\n");
  CHECK(on.daemon.network->stored == 1);
  on.daemon.disk.commit_fails = false;
  on.wait(std::chrono::seconds(31));
  CHECK(on.daemon.network->stored == 2);
  CHECK(on.client.ask("POLL\n") == "TYPING b@example.org\nPOLLEND\n");
}

TEST_CASE("the failing disk is said once, not with every try") {
  Online on;
  on.daemon.disk.commit_fails = true;
  on.daemon.network->say(typing("a@example.org"));
  on.wait(std::chrono::minutes(5));
  const std::string& text = on.daemon.log.text;
  const auto first = text.find("could not be written");
  REQUIRE(first != std::string::npos);
  CHECK(text.find("could not be written", first + 1) == std::string::npos);
}

TEST_CASE("a poll whose events cannot be taken out hands nothing out") {
  Online on;
  on.daemon.network->say(typing("a@example.org"));
  on.loop.run();
  on.daemon.disk.take_fails = true;
  CHECK(on.client.ask("POLL\n") == "ERR EINVAL the event log: no space left\n");
  CHECK(on.client.ask("POLL EV\n") == "ERR EINVAL the event log: no space left\n");
  on.daemon.disk.take_fails = false;
  CHECK(on.client.ask("POLL\n") == "TYPING a@example.org\nPOLLEND\n");
}

TEST_CASE("OK to QNEW, QDEL and ACK waits for the commit") {
  Online on;
  on.client.say("QNEW bot\n");
  CHECK(on.client.heard.empty());
  on.loop.run();
  CHECK(on.client.listen() == "OK\n");
  on.daemon.disk.commit_fails = true;
  CHECK(on.client.ask("QDEL bot\n") == "ERR EINVAL the event log: no space left\n");
}

TEST_CASE("a daemon that starts again has everything that was not acknowledged") {
  Online on;
  on.daemon.network->say(
      {typing("a@example.org"), typing("b@example.org"), typing("c@example.org")});
  on.loop.run();
  CHECK(on.client.ask("POLL MAX=1\n") ==
        "EV 1 2026-11-22T15:00:00.000Z TYPING a@example.org\nPOLLEND 1 2\n");
  CHECK(on.client.ask("POLL HOLD\n") ==
        "EV 2 2026-11-22T15:00:00.000Z TYPING b@example.org\n"
        "EV 3 2026-11-22T15:00:00.000Z TYPING c@example.org\nPOLLEND 3 0\n");
  CHECK(on.client.ask("ACK 2\n") == "OK 1\n");
  on.client.conversation.reset();
  on.daemon.restart();
  FakeClient client = on.daemon.client();
  CHECK(client.ask("POLL\n") == "ERR ENOTCONN\n");
  CHECK(client.ask("LOGIN me@example.org x\nPOLL EV\n") ==
        "OK\nEV 3 2026-11-22T15:00:00.000Z TYPING c@example.org\nPOLLEND 3 0\n");
}

TEST_CASE("the network's mark is kept with its events") {
  Online on;
  auto& listener = on.daemon.network->listener();
  CHECK(listener.mark("me@example.org").empty());
  listener.on_marked_events({typing("a@example.org")}, "41", [] {});
  listener.on_marked_events({typing("b@example.org")}, "42", [] {});
  on.loop.run();
  CHECK(listener.mark("me@example.org") == "42");
  CHECK(listener.mark("you@example.org").empty());
  on.client.conversation.reset();
  on.daemon.restart();
  FakeClient client = on.daemon.client();
  CHECK(client.ask("LOGIN me@example.org x\n") == "OK\n");
  CHECK(on.daemon.network->listener().mark("me@example.org") == "42");
}

TEST_CASE("when too much waits for the disk the daemon logs off and takes no more") {
  Online on;
  on.daemon.disk.append_fails = true;
  auto& listener = on.daemon.network->listener();
  std::vector<model::Event> many(100'000, typing("a@example.org"));
  listener.on_events(std::move(many), [] {});
  on.loop.run();
  bool kept = false;
  listener.on_marked_events({typing("b@example.org")}, "7", [&] { kept = true; });
  on.loop.run();
  CHECK(on.client.ask("GETCL\n") == "ERR ENOTCONN\n");
  on.daemon.disk.append_fails = false;
  on.wait(std::chrono::seconds(31));
  CHECK_FALSE(kept);
  CHECK(listener.mark("me@example.org").empty());
  CHECK(on.client.ask("LOGIN me@example.org x\nPOLL MAX=1 EV\n").substr(0, 6) == "OK\nEV ");
}

}  // namespace msn::test

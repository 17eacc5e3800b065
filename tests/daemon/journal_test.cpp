// SPDX-License-Identifier: MIT
// Group commit and disk failures.
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

TEST_CASE("events that arrive in one turn of the loop are committed together") {
  Online on;
  for (int i = 0; i < 50; ++i) on.daemon.network->say(typing("bob@example.org"));
  on.daemon.network->say({typing("a@example.org"), typing("b@example.org")});
  on.loop.turn();
  CHECK(on.daemon.network->stored == 51);
}

TEST_CASE("no client sees an event before it is committed") {
  Online on;
  FakeClient waiting = on.daemon.client();
  waiting.ask("POLL WAIT=10\n");
  on.daemon.network->say(typing("bob@example.org"));
  on.client.say("POLL\nPOLL EV\nQLIST\n");
  CHECK(on.client.listen() == "POLLEND\nPOLLEND 0 0 SHARED\nQL 1\n- 0 0\n");
  CHECK(waiting.heard.empty());
  CHECK(on.daemon.network->stored == 0);
  on.loop.run();
  CHECK(waiting.listen() == "EV 1 2026-11-22T15:00:00.000Z TYPING bob@example.org\nPOLLEND 1 0\n");
  CHECK(on.daemon.network->stored == 1);
}

TEST_CASE("a poll does not report the end of a session before its last events are committed") {
  Online on;
  const auto lose = [&] {
    on.daemon.network->say(model::Closed{});
    on.daemon.network->become(network::State::offline);
  };
  SECTION("without WAIT") {
    lose();
    on.client.say("POLL\nPOLL EV\n");
    CHECK(on.client.listen() == "POLLEND\nPOLLEND 0 0\n");
    on.loop.run();
    CHECK(on.client.ask("POLL\n") == "SCLOSE MAIN\nPOLLEND\n");
  }
  SECTION("with WAIT") {
    lose();
    on.client.say("POLL WAIT=10\n");
    CHECK(on.client.listen().empty());
    on.loop.run();
    CHECK(on.client.listen() == "EV 1 2026-11-22T15:00:00.000Z SCLOSE MAIN\nPOLLEND 1 0\n");
  }
  SECTION("with WAIT in the history - before and after") {
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

TEST_CASE("the events of a poll are removed after its answer was sent") {
  Online on;
  on.daemon.network->say(typing("bob@example.org"));
  on.loop.run();
  const auto pending = [&] {
    FakeClient other = on.daemon.client();
    other.say("POLL PEEK\n");
    return other.listen();
  };
  on.client.say("POLL\n");
  CHECK(on.client.listen() == "TYPING bob@example.org\nPOLLEND\n");
  // It is not handed out again although nothing is committed yet.
  CHECK(pending() == "POLLEND 1 0\n");
  // After a crash before the commit it is handed out again.
  on.client.conversation.reset();
  on.daemon.restart();
  FakeClient client = on.daemon.client();
  CHECK(client.ask("LOGIN me@example.org x\nPOLL\n") == "OK\nTYPING bob@example.org\nPOLLEND\n");
  client.conversation.reset();
  on.daemon.restart();
  FakeClient third = on.daemon.client();
  CHECK(third.ask("LOGIN me@example.org x\nPOLL\n") == "OK\nPOLLEND\n");
}

TEST_CASE("an answer that is not sent takes nothing") {
  Online on;
  const std::string text(1000, 'x');
  for (int i = 0; i < 400; ++i)
    on.daemon.network->say(model::Message{"bob@example.org", {}, text, {}});
  on.loop.run();
  {
    FakeClient slow = on.daemon.client();
    slow.room = 1000;
    slow.say(GENERATE("POLL\n", "POLL EV\n"));
    CHECK(slow.heard.size() < 200'000);
    on.client.say("POLL EV\n");
    CHECK(on.client.listen().starts_with("POLLEND "));  // the other answer has them
  }
  on.loop.run();
  CHECK(on.client.ask("QLIST\n") == "QL 1\n- 400 0\n");
  CHECK(on.client.ask("POLL MAX=1 ONLY=MSG\n").starts_with("EV 1 "));
}

TEST_CASE("an event that cannot be appended is kept and handed out later") {
  Online on;
  FakeClient waiting = on.daemon.client();
  waiting.ask("POLL WAIT=600\n");
  on.daemon.fill_disk();
  on.daemon.network->say(typing("a@example.org"));
  on.loop.run();
  on.daemon.network->say(typing("b@example.org"));
  CHECK(on.client.ask("POLL\n") == "POLLEND\n");
  on.wait(std::chrono::minutes(2));
  CHECK(waiting.heard.empty());
  CHECK(on.daemon.network->stored == 0);
  CHECK(
      on.daemon.log.has("the event log of me@example.org cannot be written (events kept in "
                        "memory: 1, 1 KiB), retrying until it can: "));

  on.daemon.free_disk();
  on.wait(std::chrono::seconds(31));
  CHECK(on.daemon.network->stored == 2);
  CHECK(waiting.listen() ==
        "EV 1 2026-11-22T15:00:00.000Z TYPING a@example.org\n"
        "EV 2 2026-11-22T15:00:00.000Z TYPING b@example.org\nPOLLEND 2 0\n");
  CHECK(
      on.daemon.log.has("the event log of me@example.org can be written again (events kept "
                        "in memory: 2, 1 KiB)\n"));
}

TEST_CASE("events that arrive while the disk is full do not delay the next retry") {
  Online on;
  on.daemon.fill_disk();
  for (int i = 0; i < 20; ++i) {
    on.daemon.network->say(typing("a@example.org"));
    on.loop.run();
  }
  on.daemon.free_disk();
  on.wait(std::chrono::seconds(2));
  CHECK(on.daemon.network->stored == 20);
}

TEST_CASE("a queue that could not be written does not exist") {
  Online on;
  on.daemon.fill_disk();
  CHECK(on.client.ask("QNEW bot\n").starts_with("ERR EINVAL event log "));
  CHECK(on.client.ask("QLIST\n") == "QL 1\n- 0 0\n");
  on.daemon.free_disk();
  CHECK(on.client.ask("QNEW bot\n") == "OK\n");
}

TEST_CASE("an event that is appended but not committed is not handed out") {
  Online on;
  on.daemon.network->say(typing("a@example.org"));
  on.loop.run();
  on.daemon.fill_disk();
  on.daemon.network->say(typing("b@example.org"));
  on.loop.run();
  CHECK(on.client.ask("POLL PEEK\n") ==
        "EV 1 2026-11-22T15:00:00.000Z TYPING a@example.org\nPOLLEND 1 0 FULL\n");
  CHECK(on.client.ask("POLL FROM=oldest\n") ==
        "EV 1 2026-11-22T15:00:00.000Z TYPING a@example.org\nPOLLEND 1 0 FULL\n");
  CHECK(on.client.ask("ACK 9\n").starts_with("ERR EINVAL event log "));
  CHECK(on.client.ask("POLL\n") == "TYPING a@example.org\nPOLLEND\n");
  CHECK(on.client.ask("POLL\n") == "POLLEND\n");
  CHECK(on.daemon.network->stored == 1);
  on.daemon.free_disk();
  on.wait(std::chrono::seconds(31));
  CHECK(on.daemon.network->stored == 2);
  CHECK(on.client.ask("POLL\n") == "TYPING b@example.org\nPOLLEND\n");
}

TEST_CASE("a failing disk is logged once - not with every retry") {
  Online on;
  on.daemon.fill_disk();
  on.daemon.network->say(typing("a@example.org"));
  on.wait(std::chrono::minutes(5));
  const std::string& text = on.daemon.log.text;
  const auto first = text.find("cannot be written");
  REQUIRE(first != std::string::npos);
  CHECK(text.find("cannot be written", first + 1) == std::string::npos);
}

TEST_CASE("a poll on a full disk hands out stored events once and takes them when there is room") {
  Online on;
  on.daemon.network->say(typing("a@example.org"));
  on.loop.run();
  on.daemon.fill_disk();
  CHECK(on.client.ask("POLL\n") == "TYPING a@example.org\nPOLLEND\n");
  CHECK(on.client.ask("POLL EV\n") == "POLLEND 1 0 FULL\n");
  CHECK(on.client.ask("STATE\n").find("storage = full\n") != std::string::npos);
  on.daemon.free_disk();
  on.wait(std::chrono::seconds(31));
  CHECK(on.client.ask("STATE\n").find("storage") == std::string::npos);
  on.client.conversation.reset();
  on.daemon.restart();
  FakeClient client = on.daemon.client();
  CHECK(client.ask("LOGIN me@example.org x\nPOLL\n") == "OK\nPOLLEND\n");
}

TEST_CASE("the OK of QNEW QDEL and ACK waits for the commit") {
  Online on;
  on.client.say("QNEW bot\n");
  CHECK(on.client.heard.empty());
  on.loop.run();
  CHECK(on.client.listen() == "OK\n");
  on.daemon.fill_disk();
  CHECK(on.client.ask("QDEL bot\n").starts_with("ERR EINVAL event log "));
  CHECK(on.client.ask("QLIST\n") == "QL 2\n- 0 0\nbot 0 0\n");
}

TEST_CASE("a restarted daemon has all events that were not acknowledged") {
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
  listener.on_batch({{typing("a@example.org")}, "41"});
  listener.on_batch({{typing("b@example.org")}, "42"});
  on.loop.run();
  CHECK(listener.mark("me@example.org") == "42");
  CHECK(listener.mark("you@example.org").empty());
  on.client.conversation.reset();
  on.daemon.restart();
  FakeClient client = on.daemon.client();
  CHECK(client.ask("LOGIN me@example.org x\n") == "OK\n");
  CHECK(on.daemon.network->listener().mark("me@example.org") == "42");
}

TEST_CASE("with too many pending events the daemon logs off and accepts no more") {
  Online on;
  on.daemon.fill_disk();
  auto& listener = on.daemon.network->listener();
  SECTION("too many events") {
    listener.on_batch({std::vector<model::Event>(100'000, typing("a@example.org"))});
  }
  SECTION("too many bytes") {
    const model::Message large{"a@example.org", {}, std::string(60'000, 'x'), {}};
    listener.on_batch({std::vector<model::Event>(1200, large)});
  }
  on.loop.run();
  bool kept = false;
  listener.on_batch({{typing("b@example.org")}, "7", [&] { kept = true; }});
  on.loop.run();
  CHECK(on.client.ask("GETCL\n") == "ERR ENOTCONN\n");
  on.daemon.free_disk();
  on.wait(std::chrono::seconds(31));
  CHECK_FALSE(kept);
  CHECK(listener.mark("me@example.org").empty());
  // The network repeats events with a mark, so they are not missing.
  CHECK(on.client.ask("LOGIN me@example.org x\nPOLL MAX=1 EV\n").substr(0, 8) == "OK\nEV 1 ");
}

TEST_CASE("dropped events that the network cannot repeat are reported as a gap") {
  Online on;
  on.client.ask("QNEW bot ONLY=MSG\n");
  on.daemon.fill_disk();
  auto& listener = on.daemon.network->listener();
  listener.on_batch({std::vector<model::Event>(100'000, typing("a@example.org"))});
  listener.on_batch({{typing("b@example.org"), typing("c@example.org")}});
  on.loop.run();
  on.daemon.free_disk();
  on.wait(std::chrono::seconds(31));
  CHECK(on.client.ask("POLL MAX=1\n").find(" GAP 2\nPOLLEND ") != std::string::npos);
  CHECK(on.client.ask("POLL QUEUE=bot\n").find(" GAP 2\nPOLLEND ") != std::string::npos);
}

TEST_CASE("SAID events take a small part of the memory while the disk is full and cause no gap") {
  Online on;
  on.client.ask("QNEW mine ONLY=MSG,SAID\n");
  on.daemon.fill_disk();
  on.client.room = SIZE_MAX;
  std::string sends;
  for (int i = 0; i < 300; ++i)
    sends += "SENDMSG 1 bob@example.org\n" + std::string(59'000, 'x') + "\n";
  std::string answers;
  for (int i = 0; i < 300; ++i) answers += "OK\n";
  CHECK(on.client.ask(sends) == answers);
  const auto& log = on.daemon.log.text;
  const auto dropped = log.find("are not recorded");
  CHECK(dropped != std::string::npos);
  CHECK(log.find("are not recorded", dropped + 1) == std::string::npos);
  // There is room for events that the network cannot repeat.
  on.daemon.network->listener().on_batch(
      {std::vector<model::Event>(99'900, typing("b@example.org"))});
  on.daemon.network->say(model::Message{"a@example.org", {}, "last", {}});
  on.loop.run();
  on.daemon.free_disk();
  on.wait(std::chrono::seconds(31));
  INFO(on.daemon.log.text);
  CHECK(on.client.ask("POLL ONLY=MSG\n").find("\nlast\nPOLLEND ") != std::string::npos);
  CHECK(on.client.ask("POLL ONLY=GAP MAX=1\n").starts_with("POLLEND "));
  CHECK(on.client.ask("POLL QUEUE=mine MAX=1\n").find(" GAP 2") != std::string::npos);
  CHECK(on.client.ask("POLL QUEUE=mine ONLY=MSG\n").find("\nlast\n") != std::string::npos);
  on.client.ask("SENDMSG 1 bob@example.org\nafter\n");
  CHECK(on.client.ask("POLL LAST=1 ONLY=SAID\n").find("\nafter\n") != std::string::npos);
  CHECK(on.client.ask("GETCL\n").starts_with("CL "));
}

TEST_CASE("a change of durability that needs disk space is made when there is space") {
  Online on;
  on.daemon.network->say(typing("a@example.org"));
  on.client.ask("QNEW bot FROM=oldest\n");
  on.daemon.fill_disk();
  daemon::Settings changed = on.daemon.settings;
  changed.durability = store::Durability::memory;
  on.daemon.daemon->change(changed);
  on.loop.run();
  CHECK(on.daemon.log.text.find("cannot change to durability = memory") != std::string::npos);
  CHECK(on.client.ask("POLL PEEK\n").find("TYPING a@example.org\n") != std::string::npos);
  CHECK(on.client.ask("QLIST\n") == "QL 2\n- 1 0\nbot 1 0\n");
  on.daemon.free_disk();
  on.wait(std::chrono::seconds(31));
  CHECK(on.daemon.log.text.find("the event log of me@example.org now has durability = memory") !=
        std::string::npos);
  CHECK(on.client.ask("POLL\n") == "TYPING a@example.org\nPOLLEND\n");
}

TEST_CASE("no other account can log in while events of the first cannot be stored") {
  Online on;
  on.daemon.fill_disk();
  on.daemon.network->say(typing("a@example.org"));
  CHECK(on.client.ask("LOGIN you@example.org x\n")
            .starts_with("ERR SOCK 1 events of me@example.org are not stored yet: "));
  on.daemon.free_disk();
  on.wait(std::chrono::seconds(31));
  CHECK(on.client.ask("LOGIN you@example.org x\nPOLL\nLOGIN me@example.org x\nPOLL\n") ==
        "OK\nPOLLEND\nOK\nTYPING a@example.org\nPOLLEND\n");
}

TEST_CASE("SAID events that cannot be stored do not prevent another account from logging in") {
  Online on;
  // The other account's log exists already.
  on.client.ask("LOGIN you@example.org x\nLOGIN me@example.org x\n");
  const NoRoom full(100'000);
  for (int i = 0; i < 3; ++i)
    on.client.ask("SENDMSG 1 bob@example.org\n" + std::string(59'000, 'x') + "\n");
  CHECK(on.client.ask("LOGIN you@example.org x\n") == "OK\n");
  CHECK(on.daemon.log.text.find(" messages sent as me@example.org are not recorded: ") !=
        std::string::npos);
}

}  // namespace msn::test

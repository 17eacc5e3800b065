// SPDX-License-Identifier: MIT
// Gaps, limits and order of the queues. Plain exchanges are in tests/transcripts.
#include "core/protocol/limits.hpp"
#include "tests/support/daemons.hpp"

#include <catch2/catch.hpp>

namespace msn::test {
namespace {

using Binding = daemon::Conversation::Binding;

store::Retention small() {
  store::Retention retention;
  retention.pending_events = 3;
  return retention;
}

struct Full {
  explicit Full(store::Retention retention = {}) : daemon(loop, clock, retention) {
    client.emplace(*daemon.daemon, loop);
    REQUIRE(client->ask("LOGIN me@example.org x\n") == "OK\n");
  }
  void messages(int from, int to) {
    for (int i = from; i <= to; ++i)
      daemon.network->say(model::AddedYou{std::to_string(i) + "@example.org"});
    loop.run();
  }
  // Enough messages for an answer in pieces.
  void long_messages(int count) {
    for (int i = 0; i < count; ++i)
      daemon.network->say(model::Message{"bob@example.org", {}, std::string(1000, 'x'), {}});
    loop.run();
  }
  FakeLoop loop;
  FakeClock clock;
  FakeDaemon daemon;
  std::optional<FakeClient> client;
};

int count(std::string_view text, std::string_view words) {
  int found = 0;
  for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a plain POLL reports a gap once as ERR QUEUE before the remaining events") {
  Full f(small());
  f.messages(1, 5);
  CHECK(f.client->ask("POLL\n") ==
        "ERR QUEUE 2 events dropped\nUADD 3@example.org\nUADD 4@example.org\n"
        "UADD 5@example.org\nPOLLEND\n");
  CHECK(f.client->ask("POLL\n") == "POLLEND\n");
}

TEST_CASE("the EV form reports a gap as an event before the first remaining one") {
  Full f(small());
  f.messages(1, 5);
  CHECK(f.client->ask("POLL PEEK MAX=2\n") ==
        "EV 2 2026-11-22T15:00:00.000Z GAP 2\n"
        "EV 3 2026-11-22T15:00:00.000Z UADD 3@example.org\nPOLLEND 3 2\n");
  CHECK(f.client->ask("POLL MAX=1\n") == "EV 2 2026-11-22T15:00:00.000Z GAP 2\nPOLLEND 2 3\n");
  CHECK(f.client->ask("POLL MAX=1\n") ==
        "EV 3 2026-11-22T15:00:00.000Z UADD 3@example.org\nPOLLEND 3 2\n");
}

TEST_CASE("a gap on hold is reported again unless it is acknowledged") {
  Full f(small());
  f.messages(1, 5);
  const std::string all =
      "EV 2 2026-11-22T15:00:00.000Z GAP 2\n"
      "EV 3 2026-11-22T15:00:00.000Z UADD 3@example.org\n"
      "EV 4 2026-11-22T15:00:00.000Z UADD 4@example.org\n"
      "EV 5 2026-11-22T15:00:00.000Z UADD 5@example.org\nPOLLEND 5 0\n";
  {
    FakeClient other = f.daemon.client();
    CHECK(other.ask("POLL HOLD\n") == all);
    CHECK(f.client->ask("POLL\n") == "POLLEND\n");
  }
  f.loop.run();
  CHECK(f.client->ask("POLL HOLD\n") == all);
  CHECK(f.client->ask("ACK 2\n") == "OK 0\n");
  CHECK(f.client->ask("ACK 4\n") == "OK 2\n");
  CHECK(f.client->ask("ACK 5\n") == "OK 1\n");
  CHECK(f.client->ask("POLL\n") == "POLLEND\n");
}

TEST_CASE("events lost after a gap was reported are in the next gap") {
  Full f(small());
  f.messages(1, 5);
  CHECK(f.client->ask("POLL HOLD MAX=1\n") == "EV 2 2026-11-22T15:00:00.000Z GAP 2\nPOLLEND 2 3\n");
  f.messages(6, 6);
  CHECK(f.client->ask("ACK 2\n") == "OK 0\n");
  CHECK(f.client->ask("POLL HOLD MAX=1\n") == "EV 3 2026-11-22T15:00:00.000Z GAP 1\nPOLLEND 3 3\n");
}

TEST_CASE("ONLY selects GAP like any other keyword") {
  Full f(small());
  f.messages(1, 5);
  CHECK(f.client->ask("POLL ONLY=MSG\n") == "POLLEND 0 3\n");
  CHECK(f.client->ask("POLL ONLY=GAP\n") == "EV 2 2026-11-22T15:00:00.000Z GAP 2\nPOLLEND 2 3\n");
  CHECK(f.client->ask("POLL ONLY=GAP\n").substr(0, 7) == "POLLEND");
}

TEST_CASE("a wait for GAP ends when there is a gap") {
  Full f(small());
  FakeClient waiting = f.daemon.client();
  CHECK(waiting.ask("POLL WAIT=60 ONLY=GAP\n").empty());
  f.messages(1, 3);
  CHECK(waiting.listen().empty());
  f.messages(4, 4);
  CHECK(waiting.listen() == "EV 1 2026-11-22T15:00:00.000Z GAP 1\nPOLLEND 1 3\n");
}

TEST_CASE("FROM with a cursor older than the first kept event gets a GAP first") {
  Full f(small());
  f.messages(1, 5);
  CHECK(f.client->ask("POLL FROM=1\n") ==
        "EV 2 2026-11-22T15:00:00.000Z GAP 1\n"
        "EV 3 2026-11-22T15:00:00.000Z UADD 3@example.org\n"
        "EV 4 2026-11-22T15:00:00.000Z UADD 4@example.org\n"
        "EV 5 2026-11-22T15:00:00.000Z UADD 5@example.org\nPOLLEND 5 0\n");
  CHECK(f.client->ask("POLL FROM=oldest MAX=1\n") ==
        "EV 3 2026-11-22T15:00:00.000Z UADD 3@example.org\nPOLLEND 3 2\n");
}

TEST_CASE("a GAP comes first with SINCE and LAST if no kept event is left out") {
  Full f(small());
  f.messages(1, 5);
  const std::string gap = "EV 2 2026-11-22T15:00:00.000Z GAP 1\n";
  const std::string fifth = "EV 5 2026-11-22T15:00:00.000Z UADD 5@example.org\n";
  const std::string rest =
      "EV 3 2026-11-22T15:00:00.000Z UADD 3@example.org\n"
      "EV 4 2026-11-22T15:00:00.000Z UADD 4@example.org\n" +
      fifth + "POLLEND 5 0\n";
  CHECK(f.client->ask("POLL FROM=1 SINCE=1970-01-02T00:00:00Z\n") == gap + rest);
  CHECK(f.client->ask("POLL FROM=1 LAST=3\n") == gap + rest);
  CHECK(f.client->ask("POLL FROM=1 LAST=4\n") == gap + rest);
  CHECK(f.client->ask("POLL FROM=1 LAST=1\n") == fifth + "POLLEND 5 0\n");
  CHECK(f.client->ask("POLL LAST=3\n") == rest);
}

TEST_CASE("the count of remaining history excludes events that arrive while the answer is read") {
  Full f;
  f.long_messages(200);
  FakeClient slow = f.daemon.client();
  slow.room = 1000;
  slow.say("POLL LAST=150 MAX=140\n");
  f.long_messages(20);
  CHECK(slow.ask("").ends_with("\nPOLLEND 190 10\n"));
}

TEST_CASE("an ACK from another connection acknowledges a peeked gap") {
  Full f(small());
  f.messages(1, 5);
  f.client->ask("POLL PEEK MAX=2\n");
  FakeClient other = f.daemon.client();
  CHECK(other.ask("ACK 3\n") == "OK 1\n");
  CHECK(f.client->ask("POLL\n") == "UADD 4@example.org\nUADD 5@example.org\nPOLLEND\n");
}

TEST_CASE("there can be 64 named queues") {
  Full f;
  for (int i = 0; i < 64; ++i)
    REQUIRE(f.client->ask("QNEW q" + std::to_string(i) + "\n") == "OK\n");
  CHECK(f.client->ask("QNEW more\n") ==
        "ERR EINVAL there are already 64 named queues; delete one with QDEL\n");
  CHECK(f.client->ask("QDEL q7\nQNEW more\n") == "OK\nOK\n");
}

TEST_CASE("holds end after 60 s where a disconnect is not detected") {
  const auto binding = GENERATE(Binding::fifo, Binding::stdio, Binding::datagram);
  Full f;
  f.messages(1, 1);
  FakeClient other = f.daemon.client(binding);
  if (binding == Binding::datagram) other.conversation->datagram("POLL HOLD");
  other.ask(binding == Binding::datagram ? "" : "POLL HOLD\n");
  const auto wake = [&] { f.daemon.daemon->on_time(); };
  pass(f.loop, f.clock, wake, std::chrono::seconds(59));
  CHECK(f.client->ask("POLL\n") == "POLLEND\n");
  CHECK_FALSE(other.conversation->idle());
  pass(f.loop, f.clock, wake, std::chrono::seconds(1));
  CHECK(other.conversation->idle());
  CHECK(f.client->ask("POLL\n") == "UADD 1@example.org\nPOLLEND\n");
}

TEST_CASE("a hold on a connection lasts as long as the connection") {
  Full f;
  f.messages(1, 1);
  FakeClient other = f.daemon.client();
  other.ask("POLL HOLD\n");
  pass(
      f.loop, f.clock, [&] { f.daemon.daemon->on_time(); }, std::chrono::hours(24));
  CHECK(f.client->ask("POLL HOLD\n").empty());
  pass(
      f.loop, f.clock, [&] { f.daemon.daemon->on_time(); }, std::chrono::seconds(2));
  CHECK(f.client->listen() == "ERR EBUSY\n");
  other.conversation.reset();
  CHECK(f.client->ask("POLL\n") == "UADD 1@example.org\nPOLLEND\n");
}

TEST_CASE("acknowledged events are off hold even before the commit") {
  Full f;
  f.messages(1, 2);
  FakeClient other = f.daemon.client();
  f.client->ask("POLL HOLD\n");
  f.client->say("ACK 2\n");
  other.say("POLL HOLD\n");
  f.loop.run();
  CHECK(f.client->listen() == "OK 2\n");
  CHECK(other.listen() == "POLLEND 2 0\n");
}

TEST_CASE("a repeated ACK removes nothing more") {
  Full f;
  f.messages(1, 2);
  f.client->ask("POLL HOLD\n");
  f.client->say("ACK 2\nACK 2\n");
  f.messages(3, 3);
  CHECK(f.client->ask("ACK 3\n") == "OK 2\nOK 0\nOK 0\n");
  CHECK(f.client->ask("QLIST\n").find("\n- 1 ") != std::string::npos);
  CHECK(f.client->ask("POLL\n") == "UADD 3@example.org\nPOLLEND\n");
}

TEST_CASE("events that a full disk prevents from being acknowledged are on hold again") {
  Full f;
  f.messages(1, 3);
  f.client->ask("POLL HOLD\n");
  for (const std::string cursor : {"2", "3"}) {
    f.daemon.fill_disk();
    CHECK(f.client->ask("ACK " + cursor + "\n").starts_with("ERR "));
    f.daemon.free_disk();
  }
  CHECK(f.client->ask("ACK 3\n") == "OK 3\n");
}

TEST_CASE("a HOLD waits for the requests that the holder sent before it disconnected") {
  Full f;
  f.messages(1, 2);
  FakeClient gone = f.daemon.client();
  gone.ask("POLL HOLD MAX=1\n");
  gone.connected = false;
  f.client->say("POLL HOLD\n");
  gone.say("ACK 1\n");
  f.loop.run();
  CHECK(f.client->listen() == "EV 2 2026-11-22T15:00:00.000Z UADD 2@example.org\nPOLLEND 2 0\n");

  FakeClient again = f.daemon.client();
  f.client->connected = false;
  again.ask("POLL HOLD\n");
  CHECK(again.listen() == "");
  f.client->conversation.reset();
  f.loop.run();
  CHECK(again.listen() == "EV 2 2026-11-22T15:00:00.000Z UADD 2@example.org\nPOLLEND 2 0\n");
}

TEST_CASE("a HOLD that waited for a disconnected holder waits for the next holder the usual time") {
  Full f;
  f.messages(1, 2);
  FakeClient gone = f.daemon.client();
  FakeClient second = f.daemon.client();
  gone.ask("POLL HOLD\n");
  gone.connected = false;
  f.client->ask("POLL HOLD MAX=1\n");
  second.ask("POLL HOLD\n");
  gone.conversation.reset();
  f.loop.run();
  CHECK(f.client->listen() ==
        "EV 1 2026-11-22T15:00:00.000Z UADD 1@example.org\nPOLLEND 1 1 SHARED\n");
  pass(
      f.loop, f.clock, [&] { f.daemon.daemon->on_time(); }, std::chrono::milliseconds(1900));
  CHECK(second.listen().empty());
  pass(
      f.loop, f.clock, [&] { f.daemon.daemon->on_time(); }, std::chrono::milliseconds(200));
  CHECK(second.listen() == "ERR EBUSY\n");
}

TEST_CASE("the events of a hold that ends are handed out first") {
  Full f;
  f.messages(1, 4);
  FakeClient second = f.daemon.client();
  FakeClient third = f.daemon.client();
  f.client->ask("POLL HOLD MAX=2\n");
  CHECK(second.ask("POLL MAX=1\n").starts_with("EV 3 "));
  f.client->conversation.reset();
  CHECK(third.ask("POLL HOLD\n").ends_with("POLLEND 4 0\n"));
  f.messages(5, 5);
  CHECK(second.ask("POLL EV\n") ==
        "EV 5 2026-11-22T15:00:00.000Z UADD 5@example.org\nPOLLEND 5 3 SHARED\n");
  third.conversation.reset();
  CHECK(second.ask("POLL EV\n").starts_with("EV 1 "));
}

TEST_CASE("the end of a hold serves the client that has waited longest") {
  Full f;
  f.messages(1, 1);
  f.client->ask("POLL HOLD\n");
  FakeClient second = f.daemon.client();
  FakeClient third = f.daemon.client();
  second.ask("POLL HOLD WAIT=60\n");
  third.ask("POLL HOLD WAIT=60\n");
  f.client->conversation.reset();
  f.loop.run();
  CHECK(second.listen() ==
        "EV 1 2026-11-22T15:00:00.000Z UADD 1@example.org\nPOLLEND 1 0 SHARED\n");
  CHECK(third.listen() == "");
}

TEST_CASE("many waiting clients are all served and leave no state when they disconnect") {
  Full f;
  std::vector<std::unique_ptr<FakeClient>> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(std::make_unique<FakeClient>(*f.daemon.daemon, f.loop));
    clients.back()->ask("POLL PEEK WAIT=3600\n");
  }
  clients.erase(clients.begin(), clients.begin() + 500);
  f.messages(1, 1);
  for (const auto& client : clients)
    REQUIRE(client->heard == "EV 1 2026-11-22T15:00:00.000Z UADD 1@example.org\nPOLLEND 1 0\n");
}

TEST_CASE("events stay in order of arrival whichever client takes them") {
  Full f;
  f.client->ask("QNEW all FROM=oldest\n");
  std::string expected;
  for (int i = 1; i <= 200; ++i) {
    f.daemon.network->say(model::AddedYou{std::to_string(i) + "@example.org"});
    if (i % 7 == 0) f.loop.run();
    if (i % 30 == 0) f.client->ask(i % 60 == 0 ? "POLL HOLD MAX=5\n" : "POLL MAX=3\n");
    expected += "UADD " + std::to_string(i) + "@example.org\n";
  }
  f.loop.run();
  const std::string all = f.client->ask("POLL QUEUE=all\n");
  std::string received;
  for (std::size_t at = all.find("UADD"); at != all.npos; at = all.find("UADD", at + 1))
    received += all.substr(at, all.find('\n', at) + 1 - at);
  CHECK(received == expected);
}

TEST_CASE("a log that replaced a damaged one reports a gap") {
  Full f;
  f.messages(1, 1);
  f.client->conversation.reset();
  f.daemon.daemon.reset();
  for (const auto& entry : std::filesystem::directory_iterator(f.daemon.directory.path()))
    std::filesystem::resize_file(entry.path(), 100);
  f.daemon.restart();
  FakeClient client = f.daemon.client();
  REQUIRE(client.ask("LOGIN me@example.org x\n") == "OK\n");
  // The clock in microseconds is above every earlier cursor.
  const std::string gap = client.ask("POLL PEEK\n");
  const std::uint64_t cursor = std::stoull(gap.substr(3));
  CHECK(cursor >= 1'795'359'600'000'000 - 1);
  const auto end = [](std::uint64_t at) { return "POLLEND " + std::to_string(at) + " 0\n"; };
  CHECK(gap == "EV " + std::to_string(cursor) + " 2026-11-22T15:00:00.000Z GAP ?\n" + end(cursor));
  CHECK(client.ask("POLL FROM=1\n") == gap);
  CHECK(client.ask("POLL FROM=" + std::to_string(cursor - 1) + "\n") == gap);
  CHECK(client.ask("POLL FROM=" + std::to_string(cursor) + "\n") == end(cursor));
  CHECK(client.ask("POLL FROM=oldest\n") == end(cursor));
  CHECK(client.ask("POLL\n") == "ERR QUEUE ? events dropped\nPOLLEND\n");
  CHECK(client.ask("POLL EV\n") == end(cursor));
  f.messages(2, 2);
  CHECK(client.ask("POLL EV\n") == "EV " + std::to_string(cursor + 1) +
                                       " 2026-11-22T15:00:00.000Z UADD 2@example.org\n" +
                                       end(cursor + 1));
  CHECK(f.daemon.log.text.find("store") != std::string::npos);
}

TEST_CASE("a waiting poll gets the events that a long answer to another client left") {
  Full f;
  f.long_messages(300);
  FakeClient slow = f.daemon.client();
  slow.say(GENERATE("POLL MAX=200\n", "POLL HOLD MAX=200\n"));
  f.client->say("POLL WAIT=60\n");
  SECTION("because of its MAX") {
    f.loop.run();
    CHECK(count(slow.listen(), "EV ") == 200);
    CHECK(count(f.client->listen(), "EV ") == 100);
  }
  SECTION("because its client disconnected") {
    slow.conversation.reset();
    f.loop.run();
    CHECK(count(f.client->listen(), "EV ") == 300);
  }
}

TEST_CASE("deleting a queue does not end an answer about another one") {
  Full f;
  f.long_messages(300);
  f.client->ask("QNEW other\n");
  FakeClient slow = f.daemon.client();
  slow.say(GENERATE("POLL FROM=oldest\n", "POLL PEEK\n", "POLL EV\n", "POLL HOLD\n"));
  f.client->say("QDEL other\n");
  f.loop.run();
  CHECK(f.client->listen() == "OK\n");
  CHECK(count(slow.listen(), "EV ") == 300);
}

TEST_CASE("an answer about a deleted queue ends and takes nothing from a new queue of that name") {
  Full f;
  f.client->ask("QNEW bot\n");
  f.long_messages(300);
  FakeClient slow = f.daemon.client();
  slow.say(GENERATE("POLL QUEUE=bot\n", "POLL HOLD QUEUE=bot\n"));
  f.client->say("QDEL bot\nQNEW bot FROM=oldest\n");
  f.loop.run();
  CHECK(f.client->listen() == "OK\nOK\n");
  CHECK(slow.listen().find("\nPOLLEND ") != std::string::npos);
  CHECK(count(f.client->ask("POLL PEEK QUEUE=bot\n"), "EV ") == 300);
}

TEST_CASE("an ACK of another client removes no events that are being handed out") {
  Full f;
  f.long_messages(300);
  FakeClient slow = f.daemon.client();
  slow.say("POLL HOLD ONLY=MSG\n");
  f.client->say("ACK 300\n");
  f.loop.run();
  CHECK(f.client->listen() == "OK 0\n");
  CHECK(slow.ask("ACK 300\n").ends_with("OK 300\n"));
}

TEST_CASE("a queue that is being filled counts once") {
  Full f;
  f.messages(1, 3000);
  for (int i = 0; i < 62; ++i) f.client->ask("QNEW q" + std::to_string(i) + "\n");
  FakeClient other = f.daemon.client();
  f.client->say("QNEW filled FROM=oldest\n");
  f.loop.turn();  // committed, but not ready
  other.say("QNEW last\n");
  f.loop.run();
  CHECK(f.client->listen() == "OK\n");
  CHECK(other.listen() == "OK\n");
}

}  // namespace msn::test

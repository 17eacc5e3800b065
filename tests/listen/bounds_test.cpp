// SPDX-License-Identifier: MIT
// The limits of unsent answers and of memory per client.
#include "tests/listen/stage.hpp"

#include <malloc.h>
#include <vector>

using namespace msn;
using namespace msn::test;

namespace {

struct Crowd : ServerStage {
  Crowd() : path(place / "s.sock") { REQUIRE(server->open(unix_address(path))); }
  Peer peer() { return Peer::connect(*this, path); }
  std::string path;
};

}  // namespace

TEST_CASE("a client that floods without reading is throttled and dropped after 30 s") {
  Crowd stage;
  stage.log_in();
  stage.queue_up(2'000'000);
  auto good = stage.peer();
  CHECK(good.ask("HELLO\n") == hello);
  auto bad = stage.peer();
  const long before = resident();
  std::string requests;
  for (int i = 0; i < 10'000; ++i) requests += "POLL PEEK\n";  // 20 GB of answers
  std::size_t sent = 0;
  for (std::size_t more = 1; more > 0 && sent < requests.size(); sent += more) {
    more = bad.push(std::string_view(requests).substr(sent));
    stage.settle();
  }
  CHECK(resident() - before < 100'000);
  CHECK(good.ask("HELLO\n") == hello);
  stage.pass(std::chrono::seconds(29));
  CHECK(stage.server->clients() == 2);
  stage.pass(std::chrono::seconds(2));
  CHECK(stage.server->clients() == 1);
  CHECK(stage.log.text.find("disconnected a client") != std::string::npos);
  CHECK(good.ask("HELLO\n") == hello);
}

TEST_CASE("requests after a wait are not all processed at once when it ends") {
  Crowd stage;
  stage.log_in();
  stage.queue_up(2'000'000);
  auto bad = stage.peer();
  const long before = resident();
  std::string requests = "POLL WAIT=3600 ONLY=TYPING PEEK\n";
  while (requests.size() < 60'000) requests += "POLL PEEK\n";  // 12 GB of answers
  bad.say(requests);
  stage.settle();
  stage.fake.network->say(model::Typing{"bob@example.org"});
  stage.settle();
  CHECK(resident() - before < 100'000);
  CHECK(bad.hear("POLLEND").find(" TYPING ") != std::string::npos);
  stage.settle();
  CHECK(resident() - before < 100'000);
}

TEST_CASE("a client that reads late gets every answer complete and in order") {
  Crowd stage;
  stage.log_in();
  stage.queue_up(2'000'000);
  auto slow = stage.peer();
  std::string requests;
  for (int i = 0; i < 10; ++i) requests += "POLL PEEK\nFOO\n";
  slow.say(requests);
  stage.settle();
  stage.pass(std::chrono::seconds(29));
  CHECK(stage.server->clients() == 1);
  const std::string once = slow.hear("ERR UNK\n");
  CHECK(once.size() > 2'000'000);
  CHECK(once.starts_with("EV 1 "));
  stage.pass(std::chrono::seconds(29));  // it has taken some output meanwhile
  CHECK(stage.server->clients() == 1);
  for (int i = 1; i < 10; ++i) CHECK(slow.hear("ERR UNK\n") == once);
  CHECK(slow.ask("HELLO\n") == hello);
  stage.pass(std::chrono::seconds(60));
  CHECK(stage.server->clients() == 1);
}

TEST_CASE("a client with less unsent output than the limit is not dropped") {
  Crowd stage;
  stage.log_in();
  stage.queue_up(400'000);  // a part of it is in the socket
  auto slow = stage.peer();
  slow.say("POLL PEEK\n");
  stage.settle();
  stage.pass(std::chrono::hours(1));
  CHECK(stage.server->clients() == 1);
  CHECK(slow.hear("POLLEND").size() > 400'000);
}

TEST_CASE("2000 idle clients need less than 1 KiB each and others are served") {
  Crowd stage;
  if (!raise_descriptors(4200)) {
    WARN("not enough descriptors here for 2000 clients in one process");
    return;
  }
  std::vector<Peer> peers;
  peers.reserve(2000);
  const auto before = ::mallinfo2();
  for (std::size_t i = 0; i < 2000; ++i) {
    peers.push_back(stage.peer());
    stage.until([&] { return stage.server->clients() == i + 1; });
  }
  CHECK(peers.front().ask("HELLO\n") == hello);
  CHECK(peers.back().ask("HELLO\n") == hello);
  if (plain_heap) {
    const auto used = (::mallinfo2().uordblks - before.uordblks) / peers.size();
    INFO(used << " bytes each");
    CHECK(used < 1024);
  }
  SECTION("after each has sent a request") {
    for (auto& peer : peers) REQUIRE(peer.ask("HELLO\n") == hello);
    if (plain_heap) {
      const auto used = (::mallinfo2().uordblks - before.uordblks) / peers.size();
      INFO(used << " bytes each");
      CHECK(used < 1024);
    }
  }
  peers.clear();
  stage.until([&] { return stage.server->clients() == 0; });
}

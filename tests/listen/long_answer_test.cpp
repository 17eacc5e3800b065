// SPDX-License-Identifier: MIT
// An answer above the limit of unsent bytes: it is produced as the client reads it, and its events
// are taken when it has been sent.
#include "tests/listen/stage.hpp"

#include <fcntl.h>
#include <vector>

using namespace msn;
using namespace msn::test;

namespace {

constexpr std::size_t queue_bytes = 8'000'000;

struct LongQueue : ServerStage {
  explicit LongQueue(Limits limits = {}) : ServerStage(limits), path(place / "s.sock") {
    REQUIRE(server->open(unix_address(path)));
    log_in();
    queue_up(queue_bytes);
  }
  Peer peer() { return Peer::connect(*this, path); }
  std::string pending() {
    auto looker = peer();
    looker.say("STATE\n");
    const std::string state = looker.hear("\n\n");
    const auto at = state.find("pending = ");
    return state.substr(at, state.find('\n', at) - at);
  }
  std::string path;
};

}  // namespace

TEST_CASE("a long answer waits for its reader and its events are removed when it has been read") {
  LongQueue stage;
  auto peer = stage.peer();
  peer.say(GENERATE("POLL\nHELLO\n", "POLL EV\nHELLO\n"));
  stage.settle();
  SECTION("read completely by a client that has closed its sending side") {
    const bool half_closed = GENERATE(false, true);
    if (half_closed) peer.shut();
    const std::string all = peer.hear(hello);
    CHECK(all.size() > queue_bytes);
    CHECK(all.ends_with(hello));
    stage.settle();
    CHECK(stage.pending() == "pending = 0");
  }
  SECTION("read in part") {
    peer.vanish();
    stage.until([&] { return stage.server->clients() == 0; });
    CHECK(stage.pending() == "pending = 160");
    auto other = stage.peer();
    other.say("POLL\nHELLO\n");
    CHECK(other.hear(hello).size() > queue_bytes);
  }
  SECTION("not read") {
    stage.pass(std::chrono::seconds(29));
    CHECK(stage.server->clients() == 1);
    stage.pass(std::chrono::seconds(2));
    CHECK(stage.server->clients() == 0);
    CHECK(stage.pending() == "pending = 160");
  }
}

TEST_CASE("the unsent output of many clients that do not read stays below the total limit") {
  Limits limits;
  limits.total_unsent = 1 << 20;
  LongQueue stage(limits);
  const long before = resident();
  std::vector<Peer> peers;
  for (int i = 0; i < 100; ++i) {
    peers.push_back(stage.peer());
    peers.back().say("POLL PEEK\n");
    stage.settle();
  }
  if (plain_heap)
    CHECK(resident() - before < 40'000);  // 256 KiB each would be 25 MB, all of it 800 MB
  auto good = stage.peer();
  CHECK(good.ask("HELLO\n") == hello);
  good.say("POLL PEEK\nHELLO\n");
  CHECK(good.hear(hello).size() > queue_bytes);
}

TEST_CASE("a new client of the named pipes ends the long answer of the previous one") {
  LongQueue stage;
  const std::string place = stage.place / "pipes";
  REQUIRE(stage.server->open(fifo_address(place)));
  Peer peer(stage, UniqueFd(::open((place + "/out").c_str(), O_RDONLY | O_NONBLOCK)),
            UniqueFd(::open((place + "/in").c_str(), O_WRONLY | O_NONBLOCK)));
  peer.say("POLL\n");
  stage.settle();
  peer.say("\nHELLO SYNC=1\n");
  CHECK(peer.hear("SYNC=1\n").size() < 1'000'000);
  CHECK(stage.pending() == "pending = 160");
  peer.say("POLL\nHELLO\n");
  CHECK(peer.hear(hello).size() > queue_bytes);
}

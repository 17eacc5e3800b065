// SPDX-License-Identifier: MIT
// Clients that disconnect: their earlier requests are carried out, and no event is handed out to
// them.
#include "core/base/text.hpp"
#include "tests/listen/stage.hpp"

#include <algorithm>

using namespace msn;
using namespace msn::test;

namespace {

struct DepartureStage : ServerStage {
  DepartureStage() : path(place / "s.sock") {
    REQUIRE(server->open(unix_address(path)));
    log_in();
  }
  // A peer that the server has accepted.
  Peer peer() {
    auto peer = Peer::connect(*this, path);
    CHECK(peer.ask("HELLO\n") == hello);
    return peer;
  }
  void until_alone() {
    until([&] { return server->clients() == 0; });
  }
  // The number of send requests that the network got.
  std::size_t sent() const {
    const auto& asked = fake.network->asked;
    return static_cast<std::size_t>(
        std::count_if(asked.begin(), asked.end(),
                      [](const std::string& ask) { return ask.starts_with("send "); }));
  }
  // The pending events of the default queue.
  std::string pending() {
    auto other = peer();
    CHECK(other.ask("QLIST\n", "\n- ") == "QL 1\n- ");
    const auto count = other.hear(" ");
    other.vanish();
    until_alone();
    return count.substr(0, count.size() - 1);
  }
  std::string path;
};

const std::string message = "SENDMSG 1 bob@example.org\nhi\n";

std::string messages(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += message;
  return all;
}

}  // namespace

TEST_CASE("all requests that a client sent before it disconnected are carried out") {
  DepartureStage stage;
  auto peer = stage.peer();
  SECTION("after a wait that ends with the connection") {
    peer.say("POLL WAIT=3600\n" + message);
    stage.settle();
    peer.say(messages(2));
    peer.vanish();
    stage.until_alone();
    CHECK(stage.sent() == 3);
  }
  SECTION("after a wait of a client that had closed its sending side") {
    peer.say("POLL WAIT=3600\n" + messages(3));
    peer.shut();
    stage.settle();
    CHECK(stage.sent() == 0);
    peer.vanish();
    stage.until_alone();
    CHECK(stage.sent() == 3);
  }
  SECTION("after so many requests that reading stopped") {
    const std::string many = "POLL WAIT=3600\n" + messages(5000);  // more than is buffered
    std::size_t pushed = 0;
    for (std::size_t more = 1; more > 0 && pushed < many.size(); pushed += more) {
      stage.settle();
      more = peer.push(std::string_view(many).substr(pushed));
    }
    REQUIRE(pushed > 70'000);
    stage.settle();
    CHECK(stage.sent() == 0);
    const auto whole = std::string_view(many).substr(0, pushed);
    const auto requests =
        static_cast<std::size_t>(std::count(whole.begin(), whole.end(), '\n') - 1) / 2;
    peer.vanish();
    stage.until_alone();
    CHECK(stage.sent() == requests);
  }
  SECTION("after a login in progress - which continues") {
    REQUIRE(stage.fake.network->command("stall"));
    peer.say("LOGIN me@example.org pw\n" + message);
    stage.settle();
    peer.vanish();
    stage.settle();
    CHECK(stage.sent() == 0);
    CHECK(stage.server->clients() == 1);
    REQUIRE(stage.fake.network->command("go on"));
    stage.until_alone();
    CHECK(stage.sent() == 1);
  }
  SECTION("without having read an answer") {
    peer.push(messages(1000));
    peer.vanish();
    stage.until_alone();
    CHECK(stage.sent() == 1000);
  }
  SECTION("an ACK directly after a long answer") {
    stage.queue_up(3'000'000);
    peer.say("POLL HOLD\n");
    peer.hear("\nPOLLEND ");
    const auto last = peer.hear(" ");
    peer.push("ACK " + last.substr(0, last.size() - 1) + "\n");
    peer.vanish();
    stage.until_alone();
    CHECK(stage.pending() == "0");
  }
}

TEST_CASE("the events on hold of a disconnected client are pending again") {
  DepartureStage stage;
  stage.queue_up(1);
  auto peer = stage.peer();
  peer.say("POLL HOLD\n");
  peer.hear("\nPOLLEND ");
  peer.push("ACK 0\nPOLL WAIT=3600\nHELLO\nSEND");
  peer.vanish();
  stage.until_alone();
  CHECK(stage.pending() == "1");
}

TEST_CASE("no event is handed out to a client that has disconnected") {
  DepartureStage stage;
  stage.queue_up(1);
  auto peer = stage.peer();
  SECTION("before its POLL was read") {
    peer.push("POLL\n");
  }
  SECTION("before its extended POLL was read") {
    peer.push("POLL EV MAX=1\n");
  }
  SECTION("before its POLL after many other requests was read") {
    peer.push(messages(1000) + "POLL\nPOLL EV\nPOLL HOLD WAIT=3600\n");
  }
  SECTION("while it waited") {
    peer.say("POLL WAIT=3600 ONLY=TYPING\nPOLL WAIT=3600 ONLY=TYPING\n");
    stage.settle();
    stage.fake.network->say(model::Typing{"bob@example.org"});
    peer.vanish();
    stage.until_alone();
    CHECK(stage.pending() == "2");
    return;
  }
  peer.vanish();
  stage.until_alone();
  CHECK(stage.pending() == "1");
}

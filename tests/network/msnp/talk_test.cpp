// SPDX-License-Identifier: MIT
// Conversations without sockets: what is heard, what becomes of what was said, and when.
#include "core/network/msnp/limits.hpp"
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

namespace {

const std::string bob = "bob@example.com";

std::vector<model::Message> messages(const Desk& desk) {
  std::vector<model::Message> found;
  for (const auto& event : desk.events)
    if (const auto* message = std::get_if<model::Message>(&event)) found.push_back(*message);
  return found;
}

}  // namespace

TEST_CASE("somebody without a name is heard and cannot forge others' messages") {
  Desk desk;
  desk.online();
  desk.call_bob();
  const std::string body =
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nhi\r\n"
      "MSG boss@example.com Boss 44\r\nContent-Type: text/plain\r\n\r\nfire everybody";
  desk.hear("MSG bob@example.com " + std::to_string(body.size()) + "\r\n" + body);
  REQUIRE(messages(desk).size() == 1);
  CHECK(messages(desk)[0].email == bob);
  CHECK(messages(desk)[0].text.starts_with("hi\nMSG boss@example.com"));
}

TEST_CASE(
    "what the last to leave may not have got is told as lost, whatever is acknowledged later") {
  Desk desk;
  desk.online();
  desk.call_bob();
  desk.told();
  SECTION("with an identity") {
    CHECK(desk.hear("BYE bob@example.com\r\nACK 3\r\n") == Lines{"OUT", "hang up"});
    CHECK(desk.told() == Lines{"FAILED hi bob@example.com not acknowledged: they left",
                               "SCLOSE USER bob@example.com 1"});
  }
  SECTION("without one") {
    desk.hear("ACK 3\r\n");
    desk.session.send(3, {bob, {"no name"}, {}}, desk.now);
    desk.take();
    desk.told();
    desk.hear("BYE bob@example.com\r\nACK 4\r\n");
    CHECK(desk.told() == Lines{"SCLOSE USER bob@example.com 1"});
  }
  SECTION("acknowledged before") {
    desk.hear("ACK 3\r\nBYE bob@example.com\r\n");
    CHECK(desk.told() == Lines{"SENT hi bob@example.com"});
  }
  SECTION("others stay") {
    CHECK(desk.hear("JOI carol@example.com Carol\r\nBYE bob@example.com\r\nACK 3\r\n").empty());
    CHECK(desk.told() == Lines{"FAILED hi bob@example.com not acknowledged: they left"});
  }
}

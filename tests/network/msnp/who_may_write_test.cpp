// SPDX-License-Identifier: MIT
// Which users may send messages to this account, in any conversation.
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

namespace {

const std::string bob = "bob@example.com";
const std::string eve = "eve@example.com";
const std::string typing =
    "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: eve@example.com\r\n"
    "\r\n\r\n";

std::string typing_of(const std::string& email) {
  return "MSG " + email + " Name " + std::to_string(typing.size()) + "\r\n" + typing;
}
void block(Desk& desk, const std::string& email, int trid) {
  desk.session.block(50, email, desk.now);
  desk.take();
  const auto n = [](int number) { return std::to_string(number); };
  desk.hear_ns("REM " + n(trid) + " AL " + email + "\r\n");
  desk.hear_ns("ADC " + n(trid + 1) + " BL N=" + email + "\r\n");
  REQUIRE(desk.session.roster().at(email).lists.block);
}

}  // namespace

TEST_CASE("BLOCK closes an open conversation with the contact") {
  Desk desk;
  desk.online();
  const auto board = desk.call_bob();
  SECTION("by this client") {
    desk.hear("ACK 3\r\n");
    desk.told();
    desk.session.block(50, bob, desk.now);
    desk.take();
    desk.hear_ns("REM 8 AL bob@example.com\r\n");
    CHECK(desk.hear_ns("ADC 9 BL N=bob@example.com\r\n") == Lines{"OUT", "hang up", "finish 50"});
    CHECK(desk.told().empty());
  }
  SECTION("by another client of the account") {
    desk.hear("ACK 3\r\n");
    desk.told();
    CHECK(desk.hear_ns("ADC 0 BL N=bob@example.com\r\n") == Lines{"OUT", "hang up"});
  }
  SECTION("unacknowledged texts are reported as lost") {
    desk.told();
    block(desk, bob, 8);
    CHECK(desk.told() ==
          Lines{"FAILED hi bob@example.com not acknowledged: you blocked the contact"});
  }
  desk.hear_on(board, Desk::text_from(bob, "still here"));
  CHECK(desk.told().empty());
}

TEST_CASE("PRIV 0 closes an open conversation with a user who is not allowed") {
  Desk desk;
  desk.online("SYN 5 a b 1 0\r\nGTC A\r\nBLP BL\r\nLST N=bob@example.com F=Bob 10\r\n");
  desk.bob_calls();
  desk.session.deny(50, bob, desk.now);
  CHECK(desk.take() == Lines{"REM 7 AL bob@example.com"});
  CHECK(desk.hear_ns("REM 7 AL bob@example.com\r\n") == Lines{"OUT", "hang up", "finish 50"});
}

TEST_CASE("a contact removed by another client may not write any more") {
  Desk desk;
  desk.online(
      "SYN 5 a b 1 0\r\nGTC A\r\nBLP BL\r\n"
      "LST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 9 \r\n");
  desk.bob_calls();
  CHECK(desk.hear_ns("REM 0 FL 94da7824-b64e-44ad-b267-38374a9d21af\r\n") ==
        Lines{"OUT", "hang up"});
}

TEST_CASE("messages of a blocked user in a conversation of several are dropped") {
  Desk desk;
  desk.online();
  const auto board = desk.call_bob();
  desk.hear("ACK 3\r\nJOI eve@example.com Eve\r\n");
  block(desk, eve, 8);
  desk.told();
  desk.hear_on(board, Desk::text_from(eve, "here I am") + typing_of(eve));
  CHECK(desk.told().empty());
  desk.hear_on(board, typing_of(bob));
  CHECK(desk.told() == Lines{"TYPING bob@example.com"});
}

TEST_CASE("a user invited by a contact may not write if only contacts may") {
  Desk desk;
  desk.online();
  const auto board = desk.call_bob();
  desk.hear("ACK 3\r\nJOI eve@example.com Eve\r\n");
  desk.told();
  desk.session.set_privacy(50, {false, true}, desk.now);
  desk.take();
  desk.hear_ns("BLP 8 BL\r\n");
  desk.hear_on(board, Desk::text_from(eve, "here I am") + typing_of(eve));
  CHECK(desk.told().empty());
  desk.session.set_privacy(51, {true, true}, desk.now);
  desk.take();
  desk.hear_ns("BLP 9 AL\r\n");
  desk.hear_on(board, typing_of(eve));
  CHECK(desk.told() == Lines{"TYPING eve@example.com"});
}

TEST_CASE("calls of users who are no contacts leave room for own calls") {
  Desk desk;
  desk.online();
  desk.told();
  std::string rings;
  for (int i = 0; i < 1000; ++i)
    rings += "RNG s" + std::to_string(i) + " 192.0.2.1:1864 CKI x eve@example.com Eve\r\n";
  CHECK(desk.hear_ns(rings).size() == limits::boards_for_non_contacts);
  CHECK(desk.hear_ns("RNG 17 192.0.2.1:1864 CKI t bob@example.com Bob\r\n").size() == 1);
  desk.session.send(3, {bob, {"hi"}, "hi"}, desk.now);
  desk.take();
  desk.hear_ns("XFR 7 SB 192.0.2.1:1864 CKI t\r\n");
  CHECK(desk.told().empty());
}

TEST_CASE("an incomplete RNG is ignored") {
  Desk desk;
  desk.online();
  CHECK(desk.hear_ns("RNG  192.0.2.1:1864 CKI t eve@example.com Eve\r\n").empty());
  CHECK(desk.hear_ns("RNG 17 192.0.2.1:1864 CKI  eve@example.com Eve\r\n").empty());
}

TEST_CASE("a remote server cannot name a local address as a switchboard") {
  Desk desk;
  const auto host = GENERATE("127.0.0.1", "localhost", "[::1]", "169.254.1.1", "0.0.0.0");
  desk.online();
  desk.hear_ns("RNG 17 " + std::string(host) + ":1864 CKI t bob@example.com Bob\r\n");
  desk.session.send(5, {"bob@example.com", {"hi"}, "a"}, desk.now);
  CHECK(desk.take() == Lines{"finish 5", "XFR 7 SB"});
  desk.told();
  CHECK(desk.hear_ns("XFR 7 SB " + std::string(host) + ":1864 CKI t\r\n").empty());
  CHECK(desk.told() ==
        Lines{"FAILED a bob@example.com the server sent no valid switchboard address"});
}

// SPDX-License-Identifier: MIT
// Conversations: received texts, the outcome of sent texts, and deadlines.
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

TEST_CASE("a sender without a name can write and cannot forge messages of others") {
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

TEST_CASE("unacknowledged texts are lost when the contact leaves in spite of later ACKs") {
  Desk desk;
  desk.online();
  desk.call_bob();
  desk.told();
  SECTION("with an ID") {
    CHECK(desk.hear("BYE bob@example.com\r\nACK 3\r\n") == Lines{"OUT", "hang up"});
    CHECK(desk.told() == Lines{"FAILED hi bob@example.com not acknowledged: the contact left"});
  }
  SECTION("without an ID") {
    desk.hear("ACK 3\r\n");
    desk.session.send(3, {bob, {"no name"}, {}}, desk.now);
    desk.take();
    desk.told();
    desk.hear("BYE bob@example.com\r\nACK 4\r\n");
    CHECK(desk.told() == Lines{"SCLOSE USER bob@example.com 1"});
  }
  SECTION("acknowledged before BYE") {
    desk.hear("ACK 3\r\nBYE bob@example.com\r\n");
    CHECK(desk.told() == Lines{"SENT hi bob@example.com"});
  }
  SECTION("others are still there") {
    CHECK(desk.hear("JOI carol@example.com Carol\r\nBYE bob@example.com\r\nACK 3\r\n").empty());
    CHECK(desk.told() == Lines{"FAILED hi bob@example.com not acknowledged: the contact left"});
  }
}

TEST_CASE("a text in a conversation of three has its participants") {
  Desk desk;
  desk.online();
  desk.call_bob();
  desk.hear(Desk::text_from("bob@example.com", "to you"));
  desk.hear("JOI carol@example.com Carol\r\n");
  desk.hear(Desk::text_from("bob@example.com", "to both"));
  desk.hear("BYE carol@example.com\r\n");
  desk.hear(Desk::text_from("bob@example.com", "to you again"));
  const auto said = messages(desk);
  REQUIRE(said.size() == 3);
  CHECK(said[0].participants.empty());
  CHECK(said[1].participants == Lines{"carol@example.com"});
  CHECK(said[2].participants.empty());
}

TEST_CASE("after a missing ACK the next text opens a new conversation") {
  Desk desk;
  desk.online();
  desk.call_bob();
  desk.told();
  desk.pass(1s);
  desk.session.send(3, {bob, {"b"}, "b"}, desk.now);
  desk.take();
  CHECK(desk.pass(29s) == Lines{"OUT", "hang up"});
  CHECK(desk.told() ==
        Lines{"FAILED hi bob@example.com the server did not acknowledge the message",
              "FAILED b bob@example.com not acknowledged: the server does not answer"});
  desk.session.send(4, {bob, {"c"}, "c"}, desk.now);
  CHECK(desk.take() == Lines{"finish 4", "XFR 8 SB"});
}

TEST_CASE("an idle conversation is closed after five minutes without an event") {
  Desk desk;
  desk.online();
  desk.call_bob();
  desk.hear("ACK 3\r\n");
  desk.told();
  CHECK(desk.pass(299s).empty());
  CHECK(desk.pass(1s) == Lines{"OUT"});
  CHECK(desk.pass(3s) == Lines{"hang up"});  // if the server does not close it
  CHECK(desk.told().empty());
}

TEST_CASE("if the server does not answer PNG its conversations end with the session") {
  Desk desk;
  desk.online();
  desk.pass(49s);
  Lines reasons;
  bool opening = false;
  SECTION("an open one") {
    desk.call_bob();
    for (int i = 0; i < 64; ++i) {
      desk.session.send(3, {bob, {"b"}, {}}, desk.now);
      desk.take();
    }
    reasons = {"FAILED hi bob@example.com not acknowledged: the server does not answer",
               "SCLOSE USER bob@example.com 63"};
  }
  SECTION("one that is opening") {
    desk.session.send(3, {bob, {"b"}, "b"}, desk.now);
    desk.take();
    opening = true;
  }
  desk.told();
  CHECK(desk.wait_until(*desk.session.deadline()) == Lines{"PNG"});
  desk.pass(19s);
  if (opening) desk.hear_ns("XFR 7 SB 192.0.2.1:1864 CKI t\r\n");
  CHECK(desk.wait_until(*desk.session.deadline()) == Lines{"hang up", "hang up"});
  reasons.insert(reasons.begin(), "SCLOSE MAIN");
  CHECK(desk.told() == reasons);
  // Texts that were not sent wait for the reconnect.
  CHECK(desk.session.self().queued == 1);
  desk.reconnect();
  const auto asked = desk.answer_login(Desk::bob_listed());
  CHECK(std::count(asked.begin(), asked.end(), "XFR 7 SB") == 1);
}

TEST_CASE("unsent texts of a dead conversation do not go into another dead one") {
  Desk desk;
  desk.online();
  desk.pass(49s);
  desk.bob_calls();
  desk.hear_ns("RNG 18 192.0.2.1:1864 CKI t bob@example.com Bob\r\n");
  desk.session.connected(desk.last, desk.now);
  desk.take();
  desk.hear("IRO 1 1 1 bob@example.com Bob\r\nANS 1 OK\r\n");
  for (Token i = 0; i <= limits::window; ++i)
    desk.session.send(10 + i, {bob, {"b"}, i == limits::window ? "last" : ""}, desk.now);
  desk.take();
  CHECK(desk.wait_until(*desk.session.deadline()) == Lines{"PNG"});
  desk.pass(19s);
  desk.told();
  CHECK(desk.wait_until(*desk.session.deadline()) == Lines{"hang up", "hang up", "hang up"});
  CHECK(desk.told() == Lines{"SCLOSE MAIN", "SCLOSE USER bob@example.com 64"});
  CHECK(desk.session.self().queued == 1);
}

TEST_CASE("texts do not overtake those queued in an older conversation with the contact") {
  Desk desk;
  desk.online();
  const auto board = desk.call_bob();
  for (Token i = 0; i < limits::window; ++i) desk.session.send(10 + i, {bob, {"b"}, {}}, desk.now);
  desk.take();
  desk.bob_calls();
  desk.session.send(99, {bob, {"last"}, {}}, desk.now);
  CHECK(desk.take() == Lines{"finish 99"});
  CHECK(desk.hear_on(board, "ACK 3\r\nACK 4\r\n") == Lines{"MSG 67 A 63", "MSG 68 A 66"});
}

TEST_CASE(
    "a conversation that becomes one with a single contact does not change the order of texts") {
  Desk desk;
  desk.online();
  const auto bobs = desk.call_bob();
  for (Token i = 0; i <= limits::window; ++i) desk.session.send(10 + i, {bob, {"b"}, ""}, desk.now);
  desk.take();
  desk.session.send(3, {"carol@example.com", {"c"}, "c"}, desk.now);
  desk.take();
  desk.hear_ns("XFR 8 SB 192.0.2.1:1864 CKI t\r\n");
  desk.session.connected(desk.last, desk.now);
  desk.hear("USR 1 OK alice@example.com A\r\nJOI carol@example.com Carol\r\nACK 3\r\n");
  desk.hear("JOI bob@example.com Bob\r\nBYE carol@example.com\r\n");
  desk.session.send(4, {bob, {"the last one"}, "last"}, desk.now);
  CHECK(desk.take() == Lines{"finish 4"});
  CHECK(desk.session.self().queued > 0);
  CHECK(desk.hear_on(bobs, "ACK 3\r\n").size() == 1);
}

TEST_CASE("a typing notice is not retried") {
  Desk desk;
  desk.online();
  desk.hear_ns("NLN NLN bob@example.com Bob 0\r\n");
  desk.session.typing(3, bob, desk.now);
  CHECK(desk.take() == Lines{"finish 3", "XFR 7 SB"});
  SECTION("the server is busy") {
    desk.hear_ns("800 7\r\n");
    CHECK(desk.pass(20min).empty());
  }
  SECTION("nor sent after a text") {
    desk.session.send(4, {bob, {"b"}, "b"}, desk.now);
    desk.take();
    desk.hear_ns("800 7\r\n");
    // XFR is sent every five seconds until the text expires after thirty.
    for (int trid = 8; trid < 13; ++trid) {
      CHECK(desk.pass(5s) == Lines{"XFR " + std::to_string(trid) + " SB"});
      desk.hear_ns("800 " + std::to_string(trid) + "\r\n");
    }
    CHECK(desk.pass(20min).empty());
  }
  CHECK(desk.session.self().queued == 0);
}

TEST_CASE("a typing notice is dropped with the texts that it waits with") {
  Desk desk;
  desk.online();
  desk.hear_ns("NLN NLN bob@example.com Bob 0\r\n");
  desk.session.send(4, {bob, {"b"}, "b"}, desk.now);
  desk.session.typing(3, bob, desk.now);
  desk.take();
  desk.pass(20s);
  desk.hear_ns("XFR 7 SB 192.0.2.1:1864 CKI t\r\n");
  desk.session.connected(desk.last, desk.now);
  desk.hear("USR 1 OK alice@example.com A\r\nCAL 2 RINGING 1\r\n");
  CHECK(desk.pass(10s) == Lines{"OUT"});
  CHECK(desk.pass(3s) == Lines{"hang up"});
  CHECK(desk.told() ==
        Lines{"STCH bob@example.com online",
              "FAILED b bob@example.com no conversation with the contact could be opened in time"});
}

TEST_CASE("a call continues when the user hides") {
  Desk desk;
  desk.online();
  desk.session.send(3, {bob, {"first"}, "a"}, desk.now);
  desk.take();
  const auto hide_and_write = [&] {
    desk.session.set_status(4, model::Status::invisible, desk.now);
    desk.session.send(5, {bob, {"second"}, "b"}, desk.now);
    CHECK(desk.take() == Lines{"CHG 8 HDN 268435488", "finish 5"});
    CHECK(desk.told().empty());
  };
  SECTION("XFR is outstanding") {
    hide_and_write();
    desk.hear_ns("XFR 7 SB 192.0.2.1:1864 CKI t\r\n");
    desk.session.connected(desk.last, desk.now);
  }
  SECTION("CAL is outstanding") {
    desk.hear_ns("XFR 7 SB 192.0.2.1:1864 CKI t\r\n");
    desk.session.connected(desk.last, desk.now);
    desk.take();
    hide_and_write();
  }
  desk.hear("USR 1 OK alice@example.com A\r\n");
  CHECK(desk.hear("CAL 2 RINGING 1\r\nJOI bob@example.com Bob\r\n") ==
        Lines{"MSG 3 A 67", "MSG 4 A 68"});
  CHECK(desk.told() == Lines{"MFLUSH bob@example.com"});
}

TEST_CASE("a hidden user answers calls and cannot call") {
  Desk desk;
  desk.online();
  desk.session.set_status(4, model::Status::invisible, desk.now);
  desk.session.send(5, {bob, {"b"}, "b"}, desk.now);
  CHECK(desk.take() == Lines{"CHG 7 HDN 268435488", "finish 5"});
  CHECK(desk.told() == Lines{"FAILED b bob@example.com 913 Not allowed when offline"});
  desk.bob_calls();
  desk.session.send(6, {bob, {"b"}, "c"}, desk.now);
  CHECK(desk.take() == Lines{"finish 6", "MSG 2 A 63"});
}

TEST_CASE("a text does not wait for a call that the caller has ended") {
  Desk desk;
  desk.online();
  desk.bob_calls();
  desk.session.send(3, {bob, {"b"}, "b"}, desk.now);
  CHECK(desk.take() == Lines{"finish 3", "MSG 2 A 63"});
  CHECK(desk.hear("BYE bob@example.com\r\n") == Lines{"OUT", "hang up"});
  desk.session.send(4, {bob, {"c"}, "c"}, desk.now);
  CHECK(desk.take() == Lines{"finish 4", "XFR 7 SB"});
}

TEST_CASE("the next text does not send XFR to a busy server") {
  Desk desk;
  desk.online();
  desk.session.send(3, {bob, {"a"}, "a"}, desk.now);
  CHECK(desk.take() == Lines{"finish 3", "XFR 7 SB"});
  CHECK(desk.hear_ns("800 7\r\n").empty());
  desk.session.send(4, {bob, {"b"}, "b"}, desk.now);
  desk.session.typing(5, bob, desk.now);
  CHECK(desk.take() == Lines{"finish 4", "finish 5"});
  CHECK(desk.pass(5s) == Lines{"XFR 8 SB"});
}

TEST_CASE("each text has its own deadline") {
  Desk desk;
  desk.online();
  desk.told();
  desk.session.send(3, {bob, {"a"}, "a"}, desk.now);
  desk.take();
  desk.hear_ns("XFR 7 SB 192.0.2.1:1864 CKI t\r\n");
  desk.pass(1s);
  desk.session.connected(desk.last, desk.now);
  desk.take();
  CHECK(desk.hear("USR 1 OK alice@example.com A\r\n") == Lines{"CAL 2 bob@example.com"});
  desk.pass(20s);
  desk.session.send(4, {bob, {"b"}, "b"}, desk.now);
  desk.take();
  const auto board = desk.last;
  const auto asked = desk.pass(10s);
  CHECK(desk.told() ==
        Lines{"FAILED a bob@example.com no conversation with the contact could be opened in time"});
  CHECK(asked == Lines{"OUT", "hang up", "XFR 8 SB"});
  desk.hear_on(board, "JOI bob@example.com Bob\r\n");
  desk.hear_ns("XFR 8 SB 192.0.2.1:1864 CKI t\r\n");
  desk.session.connected(desk.last, desk.now);
  desk.take();
  desk.hear("USR 1 OK alice@example.com A\r\n");
  CHECK(desk.hear("JOI bob@example.com Bob\r\n").size() == 1);
  CHECK(desk.told() == Lines{"MFLUSH bob@example.com"});
}

TEST_CASE("an unanswered call ends with the last text it was for") {
  Desk desk;
  desk.online();
  desk.told();
  desk.hear_ns("NLN NLN bob@example.com Bob 0\r\n");
  desk.session.send(3, {bob, {"a"}, "a"}, desk.now);
  desk.session.typing(4, bob, desk.now);
  desk.take();
  desk.hear_ns("XFR 7 SB 192.0.2.1:1864 CKI t\r\n");
  desk.session.connected(desk.last, desk.now);
  desk.take();
  desk.hear("USR 1 OK alice@example.com A\r\n");
  const auto said = desk.pass(120s);
  CHECK(said == Lines{"OUT", "hang up"});
  CHECK(desk.session.self().queued == 0);
}

TEST_CASE("a text does not wait in a conversation that others have joined") {
  Desk desk;
  desk.online();
  desk.told();
  desk.session.send(3, {bob, {"hi"}, "hi"}, desk.now);
  desk.take();
  desk.hear_ns("XFR 7 SB 192.0.2.1:1864 CKI t\r\n");
  desk.session.connected(desk.last, desk.now);
  desk.take();
  desk.hear("USR 1 OK alice@example.com A\r\n");
  CHECK(desk.hear("JOI eve@example.com Eve\r\n") == Lines{"XFR 8 SB"});
}

TEST_CASE("a call is answered while the previous conversation is closing") {
  Desk desk;
  desk.online();
  desk.bob_calls();
  desk.pass(299s);
  CHECK(desk.pass(1s) == Lines{"OUT"});
  const std::string ring = "RNG 17 192.0.2.1:1864 CKI t2 bob@example.com Bob\r\n";
  CHECK(desk.hear_ns(ring) == Lines{"connect 192.0.2.1:1864"});
  CHECK(desk.hear_ns(ring).empty());
}

// SPDX-License-Identifier: MIT
// Many texts at once: the window of unacknowledged texts, the queues, and their limits.
#include "core/network/msnp/limits.hpp"
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

namespace {

const std::string bob = "bob@example.com";

// An open conversation with Bob, its first text (3) acknowledged.
struct Burst : Desk {
  ConnectionId board = 0;
  Burst() {
    online();
    board = call_bob();
    hear("ACK 3\r\n");
    told();
  }
  // Sends `count` texts; returns what is sent to the switchboard.
  Lines send(int count, const std::string& text = "text") {
    Lines sent;
    for (int i = 0; i < count; ++i) {
      ++number;
      session.send(100 + static_cast<Token>(number), {bob, {text}, std::to_string(number)}, now);
      for (auto& line : take())
        if (!line.starts_with("finish ")) sent.push_back(std::move(line));
    }
    return sent;
  }
  Lines acknowledge(int from, int to) {
    std::string bytes;
    for (int trid = from; trid <= to; ++trid) bytes += "ACK " + std::to_string(trid) + "\r\n";
    return hear_on(board, bytes);
  }
  std::size_t count_told(const std::string& beginning) {
    std::size_t found = 0;
    for (const auto& line : told()) found += line.starts_with(beginning);
    return found;
  }
  // Opens the requested conversation; returns what is sent to it.
  Lines open_another(int trid) {
    hear_ns("XFR " + std::to_string(trid) + " SB 192.0.2.1:1864 CKI t2\r\n");
    board = last;
    session.connected(board, now);
    hear("USR 1 OK alice@example.com A\r\n");
    return hear("CAL 2 RINGING 1\r\nJOI bob@example.com Bob\r\n");
  }
  int number = 0;
};

}  // namespace

TEST_CASE("at most 64 texts are unacknowledged and the others follow with each ACK") {
  Burst desk;
  const auto sent = desk.send(100);
  CHECK(sent.size() == limits::window);
  CHECK(sent.back() == "MSG 67 A 66");
  CHECK(desk.session.self().queued == 36);
  CHECK(desk.acknowledge(4, 4) == Lines{"MSG 68 A 66"});
  CHECK(desk.acknowledge(5, 40).size() == 35);
  CHECK(desk.session.self().queued == 0);
  CHECK(desk.acknowledge(41, 103).empty());
  CHECK(desk.count_told("SENT") == 100);
}

TEST_CASE("the deadline of ACK starts when a text is sent and not while it is queued") {
  Burst desk;
  desk.send(65);
  desk.pass(29s);
  CHECK(desk.acknowledge(4, 67) == Lines{"MSG 68 A 66"});
  desk.pass(29s);
  CHECK(desk.count_told("FAILED") == 0);
  CHECK(desk.acknowledge(68, 68).empty());
  CHECK(desk.told() == Lines{"SENT 65 bob@example.com"});
}

TEST_CASE(
    "texts that were not sent when the contact leaves go into another conversation in order") {
  Burst desk;
  desk.send(66);
  CHECK(desk.hear_on(desk.board, "BYE bob@example.com\r\n") == Lines{"OUT", "hang up", "XFR 8 SB"});
  CHECK(desk.count_told("FAILED") == 64);
  CHECK(desk.session.self().queued == 2);
  CHECK(desk.open_another(8) == Lines{"MSG 3 A 66", "MSG 4 A 66"});
  CHECK(desk.told() == Lines{"MFLUSH bob@example.com"});
  desk.acknowledge(3, 4);
  CHECK(desk.told() == Lines{"SENT 65 bob@example.com", "SENT 66 bob@example.com"});
}

TEST_CASE("queued texts are not sent to a user who joins later") {
  Burst desk;
  desk.send(66);
  const auto old = desk.board;
  CHECK(desk.hear_on(old, "JOI carol@example.com Carol\r\n") == Lines{"XFR 8 SB"});
  CHECK(desk.acknowledge(4, 67).empty());
  CHECK(desk.count_told("SENT") == 64);
  CHECK(desk.open_another(8) == Lines{"MSG 3 A 66", "MSG 4 A 66"});
}

TEST_CASE("no further parts of a failed text are sent") {
  Burst desk;
  desk.send(63);
  // Two parts, one of which finds room.
  const auto sent = desk.send(1, std::string(1490, 'x'));
  CHECK(sent.size() == 1);
  SECTION("the server could not deliver the message") {
    CHECK(desk.hear_on(desk.board, "NAK 67\r\n").empty());
    CHECK(desk.told() ==
          Lines{"FAILED 64 bob@example.com the server could not deliver the message"});
  }
  SECTION("another user joined") {
    CHECK(desk.hear_on(desk.board, "JOI carol@example.com Carol\r\n").empty());
    CHECK(desk.told() == Lines{"FAILED 64 bob@example.com others joined the conversation"});
  }
  CHECK(desk.acknowledge(4, 66).empty());
  CHECK(desk.session.self().queued == 0);
}

TEST_CASE("queued texts are reported as lost when the session ends") {
  Burst desk;
  desk.send(70);
  desk.session.logoff(5, desk.now);
  desk.take();
  const auto told = desk.told();
  CHECK(told.size() == 70);  // each once
  CHECK(std::count(told.begin(), told.end(), "FAILED 70 bob@example.com the session ended") == 1);
  CHECK(std::count(told.begin(), told.end(),
                   "FAILED 64 bob@example.com not acknowledged: the session ended") == 1);
}

TEST_CASE("texts are refused while the queue is full") {
  Burst desk;
  const std::string text(1300, 'x');
  SECTION("bytes") {
    while (desk.errors.empty() && desk.number < 10'000) desk.send(100, text);
    const auto waiting = desk.session.self().queued * text.size();
    CHECK(waiting <= limits::queued_bytes);
    CHECK(waiting + text.size() > limits::queued_bytes);
  }
  SECTION("texts") {
    while (desk.errors.empty() && desk.number < 11'000) desk.send(100);
    CHECK(desk.session.self().queued == limits::queued_messages);
  }
  REQUIRE_FALSE(desk.errors.empty());
  CHECK(desk.errors[0].code == ErrorCode::busy);
  CHECK(desk.errors[0].message == "too many messages are queued; try again later");
  const auto refused = desk.errors.size();
  desk.acknowledge(4, 10);
  desk.send(1);
  CHECK(desk.errors.size() == refused);
}

TEST_CASE("texts to 300 contacts are sent because the longest idle conversation is closed") {
  Desk desk;
  std::string lists = "SYN 5 a b 300 0\r\n";
  const auto person = [](int i) { return "u" + std::to_string(i) + "@example.com"; };
  for (int i = 0; i < 300; ++i)
    lists += "LST N=" + person(i) + " F=U C=94da7824-b64e-44ad-b267-00000000" +
             std::to_string(1000 + i) + " 11\r\n";
  desk.online(lists);
  int withdrawn = 0;
  for (int i = 0; i < 300; ++i) {
    desk.session.send(100 + static_cast<Token>(i), {person(i), {"hi"}, std::to_string(i)},
                      desk.now);
    for (const auto& line : desk.take()) withdrawn += line == "OUT";
    desk.hear_ns("XFR " + std::to_string(7 + i) + " SB 192.0.2.1:1864 CKI t\r\n");
    desk.session.connected(desk.last, desk.now);
    desk.hear("USR 1 OK alice@example.com A\r\n");
    desk.hear("JOI " + person(i) + " U\r\n");
    desk.hear("ACK 3\r\n");
    desk.pass(100ms);
  }
  const auto told = desk.told();
  CHECK(std::count_if(told.begin(), told.end(),
                      [](const auto& line) { return line.starts_with("SENT "); }) == 300);
  CHECK(std::none_of(told.begin(), told.end(),
                     [](const auto& line) { return line.starts_with("FAILED "); }));
  CHECK(withdrawn == 44);
}

TEST_CASE("a text waits until a conversation is idle") {
  Desk desk;
  std::string lists = "SYN 5 a b 300 0\r\n";
  const auto person = [](int i) { return "u" + std::to_string(i) + "@example.com"; };
  for (int i = 0; i < 300; ++i)
    lists += "LST N=" + person(i) + " F=U C=94da7824-b64e-44ad-b267-00000000" +
             std::to_string(1000 + i) + " 11\r\n";
  desk.online(lists);
  desk.told();
  std::vector<Desk::ConnectionId> boards;
  int trid = 7;
  for (std::size_t i = 0; i < limits::conversations; ++i) {
    const auto name = person(static_cast<int>(i));
    desk.session.send(100 + i, {name, {"hi"}, "x"}, desk.now);
    desk.take();
    desk.hear_ns("XFR " + std::to_string(trid++) + " SB 192.0.2.1:1864 CKI t\r\n");
    boards.push_back(desk.last);
    desk.session.connected(desk.last, desk.now);
    desk.hear("USR 1 OK alice@example.com A\r\n");
    desk.hear("JOI " + name + " U\r\n");
  }
  desk.told();
  desk.session.send(999, {person(299), {"hi"}, "last"}, desk.now);
  CHECK(desk.take() == Lines{"finish 999"});
  CHECK(desk.hear_on(boards.front(), "ACK 3\r\n") ==
        Lines{"XFR " + std::to_string(trid) + " SB", "OUT"});
}

TEST_CASE("idle conversations are closed for the call of a user who is no contact") {
  Desk desk;
  desk.online();
  int trid = 7;
  for (std::size_t i = 0; i < limits::boards_for_non_contacts + 2; ++i) {
    const auto name = "u" + std::to_string(i) + "@example.com";
    desk.session.send(100 + i, {name, {"hi"}, "x"}, desk.now);
    desk.take();
    desk.hear_ns("XFR " + std::to_string(trid++) + " SB 192.0.2.1:1864 CKI t\r\n");
    desk.session.connected(desk.last, desk.now);
    desk.hear("USR 1 OK alice@example.com A\r\nJOI " + name + " U\r\nACK 3\r\n");
  }
  const auto before = desk.last;
  CHECK(desk.hear_ns("RNG 17 192.0.2.1:1864 CKI t eve@example.com Eve\r\n").size() == 2);
  CHECK(desk.last == before + 1);
}

TEST_CASE("after a busy server the texts with the earliest deadline are sent first") {
  Desk desk;
  desk.online();
  desk.session.send(3, {"zoe@example.com", {"z"}, "z"}, desk.now);
  CHECK(desk.take() == Lines{"finish 3", "XFR 7 SB"});
  desk.pass(1s);
  desk.hear_ns("800 7\r\n");
  desk.session.send(4, {"adam@example.com", {"a"}, "a"}, desk.now);
  CHECK(desk.take() == Lines{"finish 4"});
  CHECK(desk.pass(5s) == Lines{"XFR 8 SB", "XFR 9 SB"});
  desk.hear_ns("XFR 8 SB 192.0.2.1:1864 CKI t\r\n");
  desk.session.connected(desk.last, desk.now);
  desk.take();
  CHECK(desk.hear("USR 1 OK alice@example.com A\r\n") == Lines{"CAL 2 zoe@example.com"});
}

TEST_CASE("texts to many contacts wait while reconnecting and are sent a few at a time") {
  Desk desk;
  desk.online();
  desk.lose();
  for (int i = 0; i < 10'000; ++i) {
    desk.session.send(100 + static_cast<Token>(i),
                      {"u" + std::to_string(i) + "@example.com", {"hi"}, {}}, desk.now);
    desk.take();
  }
  CHECK(desk.session.self().queued == 10'000);
  desk.session.send(3, {bob, {"one too many"}, {}}, desk.now);
  CHECK(desk.take() == Lines{"finish 3 failed"});
  desk.reconnect();
  const auto said = desk.answer_login(Desk::bob_listed());
  CHECK(std::count_if(said.begin(), said.end(), [](const auto& line) {
          return line.starts_with("XFR");
        }) == static_cast<int>(limits::conversations));
}

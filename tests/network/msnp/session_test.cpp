// SPDX-License-Identifier: MIT
// The session without sockets: deadlines at their real length, and servers that misbehave.
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

TEST_CASE("reconnecting starts after 5 seconds and doubles up to 5 minutes") {
  Desk desk;
  desk.online();
  desk.session.closed(desk.ns, "gone", desk.now);
  desk.take();
  CHECK(desk.session.state() == network::State::reconnecting);
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 9; ++i) {
    const auto at = desk.session.deadline();
    REQUIRE(at);
    waits.push_back(std::chrono::duration_cast<std::chrono::seconds>(*at - desk.now).count());
    CHECK(desk.wait_until(*at) == Lines{"connect msn.example:1863"});
    desk.session.closed(desk.last, "refused", desk.now);
    CHECK(desk.take() == Lines{"hang up"});
  }
  CHECK(waits == std::vector<std::int64_t>{5, 10, 20, 40, 80, 160, 300, 300, 300});
  // A stable session resets it.
  desk.wait_until(*desk.session.deadline());
  desk.answer_login(Desk::bob_listed());
  CHECK(desk.session.state() == network::State::online);
  desk.pass(60s);
  desk.session.closed(desk.ns, "gone", desk.now);
  desk.take();
  CHECK(*desk.session.deadline() - desk.now == 5s);
}

TEST_CASE("the jitter takes off up to a quarter also after OUT SSD") {
  Desk desk(1.0);
  desk.online();
  SECTION("a loss") {
    desk.session.closed(desk.ns, "gone", desk.now);
    desk.take();
    CHECK(*desk.session.deadline() - desk.now == 3750ms);
  }
  SECTION("maintenance") {
    desk.hear_ns("OUT SSD\r\n");
    CHECK(*desk.session.deadline() - desk.now == 90s);
    CHECK(desk.events == std::vector<model::Event>{model::ErrorEvent{"604", "Server is going down"},
                                                   model::Closed{}});
  }
}

TEST_CASE("PNG is sent after 50 seconds or as QNG says and is answered within 20") {
  Desk desk;
  desk.login();
  CHECK(*desk.session.deadline() - desk.now == 50s);
  CHECK(desk.wait_until(desk.now + 50s) == Lines{"PNG"});
  desk.hear("QNG 60\r\n");
  CHECK(*desk.session.deadline() - desk.now == 60s);
  desk.wait_until(desk.now + 60s);
  desk.hear("QNG 1\r\n");  // 5 s is the minimum
  CHECK(*desk.session.deadline() - desk.now == 5s);
  desk.wait_until(desk.now + 5s);
  desk.hear("QNG\r\n");
  desk.wait_until(desk.now + 50s);
  desk.wait_until(desk.now + 20s);
  CHECK(desk.events == std::vector<model::Event>{model::Closed{}});
  CHECK(desk.session.state() == network::State::reconnecting);
}

TEST_CASE("each step of a login has a deadline and the whole login has one") {
  Desk desk;
  desk.session.login(1, "alice@example.com", {}, desk.now);
  desk.take();
  SECTION("connecting") {
    CHECK(desk.wait_until(desk.now + 15s) == Lines{"hang up", "finish 1 failed"});
  }
  SECTION("a command") {
    desk.session.connected(desk.last, desk.now);
    CHECK(desk.take() == Lines{"VER 1 MSNP11 CVR0"});
    CHECK(desk.wait_until(desk.now + 20s) == Lines{"hang up", "finish 1 failed"});
  }
  SECTION("the whole login") {
    desk.session.connected(desk.last, desk.now);
    desk.hear("VER 1 MSNP11\r\n");
    desk.hear("CVR 2 1 1 1 x x\r\n");
    CHECK(desk.hear("USR 3 TWN S abc\r\n") == Lines{"fetch abc"});
    CHECK(*desk.session.deadline() - desk.now == 80s);
    CHECK(desk.wait_until(desk.now + 80s) == Lines{"hang up", "finish 1 failed"});
    // A late ticket is ignored.
    desk.session.ticket(desk.ticket, std::string("late"), desk.now);
    CHECK(desk.take().empty());
  }
  CHECK(desk.session.state() == network::State::offline);
}

TEST_CASE("a message expires after 30 seconds also while reconnecting") {
  Desk desk;
  desk.online();
  desk.session.closed(desk.ns, "gone", desk.now);
  desk.take();
  desk.events.clear();
  desk.session.send(3, {"bob@example.com", {"hi"}, "x"}, desk.now);
  CHECK(desk.take() == Lines{"finish 3"});
  CHECK(desk.session.self().queued == 1);
  const auto sent = desk.now;
  while (desk.events.empty()) {
    desk.wait_until(*desk.session.deadline());
    if (desk.events.empty()) {
      desk.session.closed(desk.last, "refused", desk.now);
      desk.take();
    }
  }
  CHECK(desk.now - sent == 30s);
  CHECK(desk.events ==
        std::vector<model::Event>{model::Failed{
            "x", "bob@example.com", "no conversation with the contact could be opened in time"}});
  CHECK(desk.session.self().queued == 0);
}

TEST_CASE("a canceled call is closed after 3 seconds if the server does not close it") {
  Desk desk;
  desk.online();
  desk.hear("NLN NLN bob@example.com Bob 0\r\n");
  desk.session.send(3, {"bob@example.com", {"hi"}, {}}, desk.now);
  desk.take();
  desk.hear("XFR 7 SB 192.0.2.1:1864 CKI 1.2\r\n");
  SECTION("connected") {
    desk.session.connected(desk.last, desk.now);
    desk.session.received(desk.ns, "FLN bob@example.com\r\n", desk.now);
    CHECK(desk.take() == Lines{"USR 1 alice@example.com 1.2", "OUT"});
    REQUIRE(*desk.session.deadline() - desk.now == 3s);
    CHECK(desk.wait_until(desk.now + 3s) == Lines{"hang up"});
  }
  SECTION("not connected: at once") {
    desk.session.received(desk.ns, "FLN bob@example.com\r\n", desk.now);
    CHECK(desk.take() == Lines{"hang up"});
  }
}

TEST_CASE("requests are answered after 3 seconds at the latest and failures are reported later") {
  Desk desk;
  desk.online();
  desk.session.add(3, "carol@example.com", "Carol", desk.now);
  CHECK(desk.take() == Lines{"ADC 7 FL N=carol@example.com F=Carol"});
  CHECK(desk.wait_until(desk.now + 3s) == Lines{"finish 3"});
  CHECK(desk.hear("208 7\r\n").empty());
  CHECK(desk.events == std::vector<model::Event>{model::ErrorEvent{
                           "208", "Invalid username", "carol@example.com", {}, "ADD"}});
  // The name is forgotten with the failed ADD.
  desk.session.add(4, "carol@example.com", "carol@example.com", desk.now);
  desk.take();
  desk.hear("ADC 8 FL N=carol@example.com F=Caro C=94da7824-b64e-44ad-b267-000000000000\r\n");
  CHECK(desk.session.roster().at("carol@example.com").shown_nick() == "Caro");
}

TEST_CASE("requests that are outstanding when the session ends are answered") {
  Desk desk;
  desk.online();
  desk.session.set_nick(3, "A", desk.now);
  desk.session.add(4, "carol@example.com", "Carol", desk.now);
  desk.take();
  desk.told();
  SECTION("accepted if it reconnects") {
    CHECK(desk.close(desk.ns) == Lines{"hang up", "finish 3", "finish 4"});
  }
  SECTION("failed if it does not") {
    desk.session.logoff(5, desk.now);
    const auto actions = desk.take();
    CHECK(std::count(actions.begin(), actions.end(), "finish 3 failed") == 1);
    CHECK(std::count(actions.begin(), actions.end(), "finish 4 failed") == 1);
    CHECK(desk.told().empty());
  }
}

TEST_CASE("the number of challenges and calls and list entries is limited") {
  Desk desk;
  desk.online();
  std::string flood;
  for (int i = 0; i < 3000; ++i) flood += "CHL 0 1\r\n";
  CHECK(desk.hear(flood).size() <= limits::open_transactions + 1);
  flood.clear();
  for (int i = 0; i < 3000; ++i)
    flood += "RNG " + std::to_string(i) + " 192.0.2.1:1864 CKI x eve@example.com Eve\r\n";
  CHECK(desk.hear(flood).size() == limits::boards_for_non_contacts);
  flood.clear();
  for (int i = 0; i < 12000; ++i) flood += "LST N=u" + std::to_string(i) + "@example.com F=U 8\r\n";
  desk.last = desk.ns;
  desk.hear(flood);
  CHECK(desk.session.roster().size() == limits::list_entries);
}

TEST_CASE(
    "a server that supports no offered version gets the other ones and then the login fails") {
  Desk desk;
  desk.session.login(1, "alice@example.com", {}, desk.now);
  desk.take();
  desk.session.connected(desk.last, desk.now);
  desk.take();
  CHECK(desk.hear("VER 1 0 CVR0\r\n") == Lines{"hang up", "connect msn.example:1863"});
  desk.session.connected(desk.last, desk.now);
  CHECK(desk.take() == Lines{"VER 1 MSNP12 MSNP8 CVR0"});
  CHECK(desk.hear("VER 1 0\r\n") == Lines{"hang up", "finish 1 failed"});
  // The next login starts with MSNP11 again.
  desk.session.login(2, "alice@example.com", {}, desk.now);
  desk.take();
  desk.session.connected(desk.last, desk.now);
  CHECK(desk.take() == Lines{"VER 1 MSNP11 CVR0"});
}

TEST_CASE("saved lists are read back as they were written") {
  SavedLists known;
  known.reverse = {"bob@example.com", "carol@example.com"};
  known.names = {{"bob@example.com",
                  "B\xC3\xB6"
                  "b 100% \n"}};
  const auto text = write_saved_lists(known);
  CHECK(text ==
        "reverse bob@example.com\nreverse carol@example.com\nname bob@example.com "
        "B%C3%B6b%20100%25%20%0A\n");
  known.names = {{"bob@example.com",
                  "B\xC3\xB6"
                  "b 100% "}};  // without control characters
  CHECK(read_saved_lists(text) == known);
  CHECK(read_saved_lists("garbage\nreverse nobody\nname bob@example.com\nreverse\n\n") ==
        SavedLists{});
}

TEST_CASE("a refused status is not sent after a reconnect") {
  Desk desk;
  desk.online();
  desk.session.set_status(3, model::Status::invisible, desk.now);
  CHECK(desk.take() == Lines{"CHG 7 HDN 268435488"});
  CHECK(desk.hear("800 7\r\n") == Lines{"finish 3 failed"});
  desk.session.typing(4, "bob@example.com", desk.now);
  desk.session.send(5, {"bob@example.com", {"hi"}, {}}, desk.now);
  CHECK(desk.take() == Lines{"finish 4", "finish 5", "XFR 8 SB"});
  desk.lose();
  desk.reconnect();
  const auto said = desk.answer_login();
  CHECK(std::count(said.begin(), said.end(), "CHG 6 NLN 268435488") == 1);
}

TEST_CASE("a status that is refused after a reconnect is replaced by the previous one") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.session.set_status(3, model::Status::invisible, desk.now);
  CHECK(desk.take() == Lines{"finish 3"});
  desk.reconnect();
  CHECK(desk.answer_login(Desk::bob_listed()) == Lines{"CHG 6 HDN 268435488"});
  desk.told();
  CHECK(desk.hear_ns("800 6\r\n") == Lines{"CHG 7 NLN 268435488"});
  CHECK(desk.told() == Lines{"ERR 800 Changing too fast REQUEST=STATUS"});
  SECTION("which the server accepts") {
    CHECK(desk.hear_ns("CHG 7 NLN 0\r\n") == Lines{"PNG"});
    CHECK(desk.session.self().status == model::Status::online);
    desk.session.send(5, {"bob@example.com", {"hi"}, {}}, desk.now);
    CHECK(desk.take() == Lines{"finish 5", "XFR 8 SB"});
  }
  SECTION("which the server refuses too") {
    CHECK(desk.hear_ns("800 7\r\n") == Lines{"PNG"});
    CHECK_FALSE(desk.session.self().status);
  }
  desk.lose();
  desk.reconnect();
  CHECK(desk.answer_login(Desk::bob_listed()).front() == "CHG 6 NLN 268435488");
}

TEST_CASE("a status without an answer is sent again after a reconnect") {
  Desk desk;
  desk.online();
  desk.told();
  desk.session.set_status(3, model::Status::invisible, desk.now);
  CHECK(desk.take() == Lines{"CHG 7 HDN 268435488"});
  SECTION("also if it timed out before") {
    CHECK(desk.wait_until(desk.now + 3s) == Lines{"finish 3"});
    CHECK(desk.wait_until(desk.now + 27s).empty());
    CHECK(desk.told() ==
          Lines{"ERR TIMEOUT the server did not answer; msncd repeats the request after a"
                " reconnect REQUEST=STATUS"});
    // The server may have accepted it.
    desk.session.send(4, {"bob@example.com", {"hi"}, "x"}, desk.now);
    CHECK(desk.take() == Lines{"finish 4"});
  }
  SECTION("lost") {}
  desk.lose();
  CHECK(desk.session.self().status == model::Status::invisible);
  desk.reconnect();
  const auto said = desk.answer_login();
  CHECK(std::count(said.begin(), said.end(), "CHG 6 HDN 268435488") == 1);
}

TEST_CASE("a session that has ended leaves no data") {
  Desk desk;
  desk.online();
  desk.session.set_privacy(3, {false, false}, desk.now);
  desk.take();
  desk.hear("BLP 7 BL\r\nGTC 8 N\r\n");
  desk.session.send(4, {"bob@example.com", {"hi"}, "x"}, desk.now);
  CHECK(!desk.session.self().privacy.open);
  CHECK(desk.session.self().queued == 1);
  SECTION("by the server") {
    desk.hear("OUT OTH\r\n");
  }
  SECTION("log-off") {
    desk.session.logoff(5, desk.now);
  }
  CHECK(desk.session.state() == network::State::offline);
  CHECK(desk.session.roster().empty());
  const auto& self = desk.session.self();
  CHECK(self.nick.empty());
  CHECK(!self.status);
  CHECK(self.privacy.open);
  CHECK(self.privacy.ask);
  CHECK(self.queued == 0);
}

TEST_CASE("invalid requests fail without a command to the server") {
  Desk desk;
  desk.online();
  desk.session.set_nick(3, "\n", desk.now);  // some servers cannot store such an account any more
  CHECK(desk.take() == Lines{"finish 3 failed"});
  desk.events.clear();
  desk.session.add(4, "nobody", "nobody", desk.now);
  CHECK(desk.take() == Lines{"finish 4"});
  CHECK(desk.events ==
        std::vector<model::Event>{model::ErrorEvent{"205", "Invalid user", "nobody", {}, "ADD"}});
}

TEST_CASE("a remote server cannot redirect to a loopback or link-local address") {
  const auto to = GENERATE(as<std::string>{}, "127.0.0.1:18999", "localhost", "[::1]:22",
                           "2130706433", "169.254.169.254:80", "[fe80::1]");
  Desk desk;
  desk.session.login(1, "alice@example.com", {}, desk.now);
  desk.take();
  desk.session.connected(desk.last, desk.now);
  desk.take();
  CHECK(desk.hear("XFR 3 NS " + to + "\r\n") == Lines{"hang up", "finish 1 failed"});
  REQUIRE(desk.errors.size() == 1);
  CHECK(desk.errors[0].code == ErrorCode::network);
  CHECK(desk.errors[0].message.starts_with(
      "the server redirected msncd to a loopback or link-local address: "));
}

TEST_CASE("a local server may redirect to a local address") {
  Session session({{"localhost", 1863}, {}, {}});
  SteadyTime now{1h};
  session.login(1, "alice@example.com", {}, now);
  session.take_actions();
  session.connected(1, now);
  session.received(1, "XFR 3 NS 127.0.0.1:1864 0\r\n", now);
  const auto actions = session.take_actions();
  CHECK(std::any_of(actions.begin(), actions.end(), [](const Action& action) {
    const auto* connect = std::get_if<Connect>(&action);
    return connect && connect->to == HostPort{"127.0.0.1", 1864};
  }));
}

// SPDX-License-Identifier: MIT
// The session without sockets: real waits in no time, and what servers do that no sound one would.
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

TEST_CASE("the way back is tried after 5 seconds, doubling to 5 minutes") {
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
  // Once back, it begins anew.
  desk.wait_until(*desk.session.deadline());
  desk.answer_login(Desk::bob_listed());
  CHECK(desk.session.state() == network::State::online);
  desk.pass(60s);
  desk.session.closed(desk.ns, "gone", desk.now);
  desk.take();
  CHECK(*desk.session.deadline() - desk.now == 5s);
}

TEST_CASE("the jitter takes off up to a quarter, also of the longer wait for maintenance") {
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

TEST_CASE("keep-alive: 50 seconds until the server says otherwise, 20 for its answer") {
  Desk desk;
  desk.login();
  CHECK(*desk.session.deadline() - desk.now == 50s);
  CHECK(desk.wait_until(desk.now + 50s) == Lines{"PNG"});
  desk.hear("QNG 60\r\n");
  CHECK(*desk.session.deadline() - desk.now == 60s);
  desk.wait_until(desk.now + 60s);
  desk.hear("QNG 1\r\n");  // not that often
  CHECK(*desk.session.deadline() - desk.now == 5s);
  desk.wait_until(desk.now + 5s);
  desk.hear("QNG\r\n");
  desk.wait_until(desk.now + 50s);
  desk.wait_until(desk.now + 20s);
  CHECK(desk.events == std::vector<model::Event>{model::Closed{}});
  CHECK(desk.session.state() == network::State::reconnecting);
}

TEST_CASE("every step of a login has a deadline, and the whole has one below the client's") {
  Desk desk;
  desk.session.login(1, "alice@example.com", {}, desk.now);
  desk.take();
  SECTION("connecting") {
    CHECK(desk.wait_until(desk.now + 15s) == Lines{"hang up", "finish 1 failed"});
  }
  SECTION("a question") {
    desk.session.connected(desk.last, desk.now);
    CHECK(desk.take() == Lines{"VER 1 MSNP11 CVR0"});
    CHECK(desk.wait_until(desk.now + 20s) == Lines{"hang up", "finish 1 failed"});
  }
  SECTION("the whole") {
    desk.session.connected(desk.last, desk.now);
    desk.hear("VER 1 MSNP11\r\n");
    desk.hear("CVR 2 1 1 1 x x\r\n");
    CHECK(desk.hear("USR 3 TWN S abc\r\n") == Lines{"fetch abc"});
    CHECK(*desk.session.deadline() - desk.now == 80s);
    CHECK(desk.wait_until(desk.now + 80s) == Lines{"hang up", "finish 1 failed"});
    // The ticket that comes after all is for nobody.
    desk.session.ticket(desk.ticket, std::string("late"), desk.now);
    CHECK(desk.take().empty());
  }
  CHECK(desk.session.state() == network::State::offline);
}

TEST_CASE("a message waits 30 seconds, also for the way back") {
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

TEST_CASE("a call that is given up is hung up 3 seconds later, should the server not close") {
  Desk desk;
  desk.online();
  desk.hear("NLN NLN bob@example.com Bob 0\r\n");
  desk.session.send(3, {"bob@example.com", {"hi"}, {}}, desk.now);
  desk.take();
  desk.hear("XFR 7 SB 192.0.2.1:1864 CKI 1.2\r\n");
  SECTION("once it had begun") {
    desk.session.connected(desk.last, desk.now);
    desk.session.received(desk.ns, "FLN bob@example.com\r\n", desk.now);
    CHECK(desk.take() == Lines{"USR 1 alice@example.com 1.2", "OUT"});
    REQUIRE(*desk.session.deadline() - desk.now == 3s);
    CHECK(desk.wait_until(desk.now + 3s) == Lines{"hang up"});
  }
  SECTION("or at once") {
    desk.session.received(desk.ns, "FLN bob@example.com\r\n", desk.now);
    CHECK(desk.take() == Lines{"hang up"});
  }
}

TEST_CASE("verbs are answered after 3 seconds at the latest, what came of them is told later") {
  Desk desk;
  desk.online();
  desk.session.add(3, "carol@example.com", "Carol", desk.now);
  CHECK(desk.take() == Lines{"ADC 7 FL N=carol@example.com F=Carol"});
  CHECK(desk.wait_until(desk.now + 3s) == Lines{"finish 3"});
  CHECK(desk.hear("208 7\r\n").empty());
  CHECK(desk.events == std::vector<model::Event>{model::ErrorEvent{
                           "208", "Invalid username", "carol@example.com", {}, "ADD"}});
  // The name went with the attempt.
  desk.session.add(4, "carol@example.com", "carol@example.com", desk.now);
  desk.take();
  desk.hear("ADC 8 FL N=carol@example.com F=Caro C=94da7824-b64e-44ad-b267-000000000000\r\n");
  CHECK(desk.session.roster().at("carol@example.com").shown_nick() == "Caro");
}

TEST_CASE("a verb that waits for an answer when the session ends gets one") {
  Desk desk;
  desk.online();
  desk.session.set_nick(3, "A", desk.now);
  desk.session.add(4, "carol@example.com", "Carol", desk.now);
  desk.take();
  desk.told();
  SECTION("accepted, where there is a next session") {
    CHECK(desk.close(desk.ns) == Lines{"hang up", "finish 3", "finish 4"});
  }
  SECTION("not done, where there is none") {
    desk.session.logoff(5, desk.now);
    const auto actions = desk.take();
    CHECK(std::count(actions.begin(), actions.end(), "finish 3 failed") == 1);
    CHECK(std::count(actions.begin(), actions.end(), "finish 4 failed") == 1);
    CHECK(desk.told().empty());
  }
}

TEST_CASE("a flood of challenges, rings or list entries costs no more than it should") {
  Desk desk;
  desk.online();
  std::string flood;
  for (int i = 0; i < 3000; ++i) flood += "CHL 0 1\r\n";
  CHECK(desk.hear(flood).size() <= limits::open_transactions + 1);
  flood.clear();
  for (int i = 0; i < 3000; ++i)
    flood += "RNG " + std::to_string(i) + " 192.0.2.1:1864 CKI x eve@example.com Eve\r\n";
  CHECK(desk.hear(flood).size() == limits::boards_for_strangers);
  flood.clear();
  for (int i = 0; i < 12000; ++i) flood += "LST N=u" + std::to_string(i) + "@example.com F=U 8\r\n";
  desk.last = desk.ns;
  desk.hear(flood);
  CHECK(desk.session.roster().size() == limits::list_entries);
}

TEST_CASE("a server that knows none of our versions is asked with the others, then given up") {
  Desk desk;
  desk.session.login(1, "alice@example.com", {}, desk.now);
  desk.take();
  desk.session.connected(desk.last, desk.now);
  desk.take();
  CHECK(desk.hear("VER 1 0 CVR0\r\n") == Lines{"hang up", "connect msn.example:1863"});
  desk.session.connected(desk.last, desk.now);
  CHECK(desk.take() == Lines{"VER 1 MSNP12 MSNP8 CVR0"});
  CHECK(desk.hear("VER 1 0\r\n") == Lines{"hang up", "finish 1 failed"});
  // The next login begins with MSNP11 again.
  desk.session.login(2, "alice@example.com", {}, desk.now);
  desk.take();
  desk.session.connected(desk.last, desk.now);
  CHECK(desk.take() == Lines{"VER 1 MSNP11 CVR0"});
}

TEST_CASE("what is known from earlier sessions is read back as it was written") {
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
                  "b 100% "}};  // controls do not come back
  CHECK(read_saved_lists(text) == known);
  CHECK(read_saved_lists("garbage\nreverse nobody\nname bob@example.com\nreverse\n\n") ==
        SavedLists{});
}

TEST_CASE("a status that was refused is neither in force nor sent on return") {
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

TEST_CASE("a status that is refused on return gives way to the one that was in force before") {
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
  SECTION("which the server takes") {
    CHECK(desk.hear_ns("CHG 7 NLN 0\r\n") == Lines{"PNG"});
    CHECK(desk.session.self().status == model::Status::online);
    desk.session.send(5, {"bob@example.com", {"hi"}, {}}, desk.now);
    CHECK(desk.take() == Lines{"finish 5", "XFR 8 SB"});
  }
  SECTION("or does not, so that there is none until the next return") {
    CHECK(desk.hear_ns("800 7\r\n") == Lines{"PNG"});
    CHECK_FALSE(desk.session.self().status);
  }
  desk.lose();
  desk.reconnect();
  CHECK(desk.answer_login(Desk::bob_listed()).front() == "CHG 6 NLN 268435488");
}

TEST_CASE("a status that the server has not answered is sent again on return") {
  Desk desk;
  desk.online();
  desk.told();
  desk.session.set_status(3, model::Status::invisible, desk.now);
  CHECK(desk.take() == Lines{"CHG 7 HDN 268435488"});
  SECTION("though it was given up meanwhile") {
    CHECK(desk.wait_until(desk.now + 3s) == Lines{"finish 3"});
    CHECK(desk.wait_until(desk.now + 27s).empty());
    CHECK(desk.told() ==
          Lines{"ERR TIMEOUT the server did not answer; msncd repeats the request after a"
                " reconnect REQUEST=STATUS"});
    // It may be in force.
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

TEST_CASE("nothing of a session is left when it has ended") {
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
  SECTION("by a log-off") {
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

TEST_CASE("what no server should be asked is told without it") {
  Desk desk;
  desk.online();
  desk.session.set_nick(3, "\n", desk.now);  // such an account could never be saved again
  CHECK(desk.take() == Lines{"finish 3 failed"});
  desk.events.clear();
  desk.session.add(4, "nobody", "nobody", desk.now);
  CHECK(desk.take() == Lines{"finish 4"});
  CHECK(desk.events ==
        std::vector<model::Event>{model::ErrorEvent{"205", "Invalid user", "nobody", {}, "ADD"}});
}

TEST_CASE("a server may not pass us on to this machine or its link") {
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

TEST_CASE("a server on this machine may pass us on to another one here") {
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

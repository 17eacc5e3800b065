// SPDX-License-Identifier: MIT
// Reconnecting: when it is tried, what it keeps, and what ends it.
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;
using network::State;
using network::Token;

namespace {

const std::string alice = "alice@example.com";
const std::string bob = "bob@example.com";

}  // namespace

TEST_CASE("LOGIN while reconnecting connects at once and keeps queued texts") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.session.send(3, {bob, {"first"}, "a"}, desk.now);
  desk.session.set_status(4, model::Status::away, desk.now);
  desk.session.set_nick(5, "New", desk.now);
  desk.take();
  desk.told();
  SECTION("at once") {
    desk.session.login(11, alice, {}, desk.now);
  }
  SECTION("during an attempt") {
    desk.reconnect();
    desk.session.connected(desk.last, desk.now);
    desk.take();
    desk.session.login(11, alice, {}, desk.now);
  }
  SECTION("twice") {
    desk.session.login(10, alice, {}, desk.now);
    CHECK(desk.take() == Lines{"connect msn.example:1863"});
    desk.session.login(11, alice, {}, desk.now);
    CHECK(desk.take() == Lines{"finish 10 failed", "hang up", "connect msn.example:1863"});
  }
  desk.take();
  CHECK(desk.told().empty());
  CHECK(desk.session.self().queued == 1);
  CHECK(desk.answer_login(Desk::bob_listed()) ==
        Lines{"finish 11", "PRP 6 MFN New", "CHG 7 AWY 268435488", "XFR 8 SB"});
  CHECK(desk.told() == Lines{"SOPEN MAIN"});
  CHECK(desk.session.state() == State::online);
}

TEST_CASE("LOGIN that does not reach the server keeps the session reconnecting") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.session.send(3, {bob, {"first"}, "a"}, desk.now);
  desk.session.login(11, alice, {}, desk.now);
  desk.take();
  desk.told();
  SECTION("no connection") {
    CHECK(desk.close(desk.last) == Lines{"hang up", "finish 11 failed"});
  }
  SECTION("a busy server") {
    desk.session.connected(desk.last, desk.now);
    desk.take();
    CHECK(desk.hear("600 1\r\n") == Lines{"hang up", "finish 11 failed"});
  }
  SECTION("an error that is no refusal") {
    const auto number = GENERATE("201", "420", "540", "707", "731", "999");
    desk.session.connected(desk.last, desk.now);
    desk.take();
    CHECK(desk.hear(std::string(number) + " 1\r\n") == Lines{"hang up", "finish 11 failed"});
    CHECK(desk.errors.back().message.starts_with(number));
  }
  CHECK(desk.errors.back().code == ErrorCode::network);
  CHECK(desk.told().empty());
  CHECK(desk.session.state() == State::reconnecting);
  CHECK(desk.session.self().queued == 1);
  desk.reconnect();
  const auto said = desk.answer_login(Desk::bob_listed());
  CHECK(said == Lines{"CHG 6 NLN 268435488", "XFR 7 SB"});
}

TEST_CASE("LOGIN with a refused ticket while reconnecting does not end the session at once") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.session.send(3, {bob, {"first"}, "a"}, desk.now);
  desk.session.login(11, alice, {}, desk.now);
  desk.take();
  desk.told();
  desk.session.connected(desk.last, desk.now);
  desk.hear("VER 1 MSNP11\r\n");
  desk.hear("CVR 2 1 1 1 x x\r\n");
  desk.hear("USR 3 TWN S abc\r\n");
  desk.session.ticket(desk.ticket, std::string("t=1"), desk.now);
  desk.take();
  CHECK(desk.hear("911 4\r\n") == Lines{"hang up", "finish 11 failed"});
  CHECK(desk.errors.back().code == ErrorCode::network);
  CHECK(desk.errors.back().message == "911 Authentication failed");
  CHECK(desk.told().empty());
  CHECK(desk.session.state() == State::reconnecting);
  CHECK(desk.session.self().queued == 1);
}

TEST_CASE("LOGIN that is refused while reconnecting ends the session and queued texts are lost") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.session.send(3, {bob, {"first"}, "a"}, desk.now);
  desk.take();
  desk.told();
  const Lines lost{"FAILED a bob@example.com the session ended"};
  SECTION("refused") {
    desk.session.login(11, alice, {}, desk.now);
    desk.take();
    desk.session.connected(desk.last, desk.now);
    desk.take();
    CHECK(desk.hear("911 3\r\n") == Lines{"hang up", "finish 11 failed"});
    REQUIRE(desk.errors.size() == 1);
    CHECK(desk.errors[0].number == 911);
  }
  SECTION("logged off meanwhile") {
    desk.session.login(11, alice, {}, desk.now);
    desk.take();
    desk.session.logoff(12, desk.now);
    CHECK(desk.take() == Lines{"finish 11 failed", "hang up", "finish 12"});
  }
  SECTION("LOGIN of another account ends it at once") {
    desk.session.login(11, "carol@example.com", {}, desk.now);
    CHECK(desk.take() == Lines{"connect msn.example:1863"});
    CHECK(desk.session.state() == State::connecting);
    CHECK(desk.told() == lost);
    return;
  }
  CHECK(desk.told() == lost);
  CHECK(desk.session.state() == State::offline);
  CHECK_FALSE(desk.session.deadline());
}

TEST_CASE("only a session of a minute resets the back-off") {
  Desk desk;
  desk.online();
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 5; ++i) {
    desk.lose();
    waits.push_back(desk.seconds_to_deadline());
    desk.reconnect();
    desk.answer_login();
    desk.pass(59s);
  }
  CHECK(waits == std::vector<std::int64_t>{5, 10, 20, 40, 80});
  desk.pass(1s);
  desk.lose();
  CHECK(desk.seconds_to_deadline() == 5);
}

TEST_CASE("after OUT SSD each attempt waits two minutes at least until a login succeeds") {
  Desk desk;
  desk.online();
  SECTION("OUT SSD in a session") {
    desk.hear_ns("OUT SSD\r\n");
    CHECK(desk.told() == Lines{"ERR 604 Server is going down", "SCLOSE MAIN"});
    CHECK(desk.seconds_to_deadline() == 120);
    desk.reconnect();
  }
  SECTION("OUT SSD while reconnecting") {
    desk.lose();
    desk.told();
    desk.reconnect();
    desk.session.connected(desk.last, desk.now);
    desk.hear("VER 1 MSNP11\r\nOUT SSD\r\n");
    CHECK(desk.told().empty());
    CHECK(desk.seconds_to_deadline() == 120);
    desk.reconnect();
  }
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 6; ++i) {
    desk.close(desk.last);
    waits.push_back(desk.seconds_to_deadline());
    desk.reconnect();
  }
  CHECK(std::all_of(waits.begin(), waits.end(), [](auto wait) { return wait >= 120; }));
  CHECK(waits.back() == 300);
  desk.answer_login();
  desk.pass(60s);
  desk.lose();
  CHECK(desk.seconds_to_deadline() == 5);
}

TEST_CASE("a login elsewhere while reconnecting ends the session") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.told();
  SECTION("without a LOGIN") {
    desk.reconnect();
    desk.answer_login("SYN 5 a b 3 0\r\nOUT OTH\r\n");
    CHECK(desk.told() ==
          Lines{"ERR SERV_DISC this account logged in elsewhere; msncd does not reconnect"});
  }
  SECTION("during a LOGIN") {
    desk.session.login(11, alice, {}, desk.now);
    desk.take();
    CHECK(desk.answer_login("OUT OTH\r\n") == Lines{"hang up", "finish 11 failed"});
    CHECK(desk.errors.back().code == ErrorCode::login_refused);
    CHECK(desk.errors.back().number == 207);
    CHECK(desk.errors.back().message == "Already logged in: another client has logged in");
    CHECK(desk.told().empty());
  }
  CHECK(desk.session.state() == State::offline);
  CHECK_FALSE(desk.session.deadline());
}

TEST_CASE("OUT OTH before USR OK is an ordinary failure") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.reconnect();
  desk.session.connected(desk.last, desk.now);
  desk.hear("VER 1 MSNP11\r\nOUT OTH\r\n");
  CHECK(desk.session.state() == State::reconnecting);
  CHECK(desk.seconds_to_deadline() == 10);
}

TEST_CASE("requests while reconnecting are sent until the server answers") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.session.set_nick(3, "New", desk.now);
  desk.session.set_privacy(4, {false, true}, desk.now);
  desk.take();
  const auto come_back = [&] {
    desk.reconnect();
    return desk.answer_login("SYN 5 a b 0 0\r\nPRP MFN Old\r\n");
  };
  const Lines asked{"PRP 6 MFN New", "BLP 7 BL", "CHG 8 NLN 268435488"};
  CHECK(come_back() == asked);
  desk.lose();
  CHECK(desk.session.self().nick == "New");
  CHECK_FALSE(desk.session.self().privacy.open);
  CHECK(come_back() == asked);
  desk.told();
  SECTION("accepted") {
    CHECK(desk.hear_ns("PRP 6 MFN New\r\n").empty());
    CHECK(desk.hear_ns("BLP 7 BL\r\n") == Lines{"GTC 9 A"});
    desk.hear_ns("218 9\r\n");
    CHECK(desk.told().empty());
    CHECK(desk.session.self().nick == "New");
  }
  SECTION("refused") {
    desk.hear_ns("209 6\r\n600 7\r\n");
    CHECK(desk.told() == Lines{"ERR 209 Invalid friendly name REQUEST=NICK",
                               "ERR 600 Server is busy REQUEST=PRIV"});
  }
  desk.lose();
  CHECK(come_back() == Lines{"CHG 6 NLN 268435488"});
}

TEST_CASE("PRIV is not sent if the server has the setting already") {
  Desk desk;
  desk.online("SYN 5 a b 0 0\r\nGTC A\r\nBLP AL\r\n");
  desk.session.set_privacy(3, {true, true}, desk.now);
  CHECK(desk.take() == Lines{"finish 3"});
  desk.session.set_privacy(4, {true, false}, desk.now);
  CHECK(desk.take() == Lines{"GTC 7 N"});
}

TEST_CASE("a reconnect offers only the version that worked") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.reconnect();
  desk.session.connected(desk.last, desk.now);
  CHECK(desk.take() == Lines{"VER 1 MSNP11 CVR0"});
  SECTION("even if the server closes the connection") {
    CHECK(desk.close(desk.last) == Lines{"hang up"});
    CHECK(desk.seconds_to_deadline() == 10);
  }
  SECTION("unless the server says that it does not support it") {
    CHECK(desk.hear("VER 1 0\r\n") == Lines{"hang up", "connect msn.example:1863"});
    desk.session.connected(desk.last, desk.now);
    CHECK(desk.take() == Lines{"VER 1 MSNP12 MSNP8 CVR0"});
    // The version that works is kept.
    desk.answer_user("MSNP12");
    desk.hear_ns(Desk::bob_listed());
    desk.lose();
    desk.reconnect();
    desk.session.connected(desk.last, desk.now);
    CHECK(desk.take() == Lines{"VER 1 MSNP12 MSNP8 CVR0"});
  }
}

TEST_CASE("911 after the ticket while reconnecting ends the session the third time") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.told();
  const auto refuse = [&](Token login = 0) {
    if (login == 0)
      desk.reconnect();
    else
      desk.session.login(login, alice, {}, desk.now);
    desk.take();
    desk.session.connected(desk.last, desk.now);
    desk.hear("VER 1 MSNP11\r\n");
    desk.hear("CVR 2 1 1 1 x x\r\n");
    desk.hear("USR 3 TWN S abc\r\n");
    desk.session.ticket(desk.ticket, std::string("t=1"), desk.now);
    desk.take();
    desk.hear("911 4\r\n");
  };
  refuse();
  refuse();
  CHECK(desk.session.state() == State::reconnecting);
  CHECK(desk.told().empty());
  SECTION("in a row") {
    refuse();
    CHECK(desk.session.state() == State::offline);
    CHECK(desk.told() == Lines{"ERR 911 Authentication failed"});
  }
  SECTION("in a row and by LOGIN") {
    CHECK(desk.errors.empty());
    refuse(11);
    CHECK(desk.session.state() == State::offline);
    CHECK(desk.errors.back().code == ErrorCode::login_refused);
    CHECK(desk.told().empty());
  }
  SECTION("not after a successful login") {
    desk.reconnect();
    desk.answer_login();
    desk.lose();
    refuse();
    CHECK(desk.session.state() == State::reconnecting);
  }
}

TEST_CASE("an answer of the login has the transaction number of its command") {
  Desk desk;
  desk.session.login(1, alice, {}, desk.now);
  desk.take();
  desk.session.connected(desk.last, desk.now);
  desk.take();
  CHECK(desk.hear("VER 7 MSNP11\r\n").empty());
  CHECK(desk.hear("VER 1 MSNP11\r\n").front().starts_with("CVR 2 "));
  CHECK(desk.hear("CVR 1 1 1 1 x x\r\n").empty());
  CHECK(desk.hear("CVR 2 1 1 1 x x\r\n") == Lines{"USR 3 TWN I alice@example.com"});
  CHECK(desk.hear("USR 2 TWN S abc\r\n").empty());
  CHECK(desk.hear("USR 3 TWN S abc\r\n") == Lines{"fetch abc"});
  desk.session.ticket(desk.ticket, std::string("t=1"), desk.now);
  CHECK(desk.take() == Lines{"USR 4 TWN S t=1"});
  CHECK(desk.hear("USR 3 OK alice@example.com 1 0\r\n").empty());
  CHECK(desk.hear("USR 4 OK alice@example.com 1 0\r\n") == Lines{"SYN 5 0 0"});
  CHECK(desk.hear("SYN 4 a b 0 0\r\n").empty());
  CHECK(desk.hear("SYN 5 a b 0 0\r\n") == Lines{"finish 1"});
}

TEST_CASE("requests that cannot wait fail with a reason while reconnecting") {
  Desk desk;
  desk.online();
  desk.lose();
  desk.session.add(3, "carol@example.com", "C", desk.now);
  desk.session.remove(4, bob, desk.now);
  desk.session.rename(5, bob, "B", desk.now);
  desk.session.block(6, bob, desk.now);
  desk.session.unblock(7, bob, desk.now);
  desk.session.allow(8, bob, desk.now);
  desk.session.deny(9, bob, desk.now);
  desk.session.typing(10, bob, desk.now);
  desk.take();
  REQUIRE(desk.errors.size() == 8);
  for (const auto& error : desk.errors) {
    CHECK(error.code == ErrorCode::network);
    CHECK(error.message == "the connection to the network is lost; msncd reconnects by itself");
  }
}

TEST_CASE("after a reconnect without a status contacts are reported as offline") {
  Desk desk;
  desk.login(Desk::bob_listed());
  desk.hear_ns("NLN NLN bob@example.com Bob 0\r\n");
  desk.lose();
  desk.reconnect();
  desk.told();
  desk.answer_login(Desk::bob_listed());
  desk.pass(10s);
  CHECK(desk.told() == Lines{"SOPEN MAIN", "STCH bob@example.com offline 0"});
}

TEST_CASE("after a reconnect a slow server has ten seconds to announce contacts") {
  Desk desk;
  desk.online();
  desk.hear_ns("NLN NLN bob@example.com Bob 0\r\n");
  desk.lose();
  desk.reconnect();
  desk.answer_login(Desk::bob_listed());
  desk.told();
  desk.pass(15s);
  CHECK(desk.told().empty());
  CHECK(desk.hear_ns("CHG 6 NLN 0\r\n") == Lines{"PNG"});
  SECTION("the contact is announced") {
    desk.pass(9s);
    desk.hear_ns("ILN 6 NLN bob@example.com Bob 0\r\nQNG 60\r\n");
    desk.pass(60s);
    CHECK(desk.told().empty());
  }
  SECTION("the contact is not announced") {
    desk.pass(9s);
    CHECK(desk.told().empty());
    desk.pass(1s);
    CHECK(desk.told() == Lines{"STCH bob@example.com offline 0"});
  }
  SECTION("the contact is not announced before QNG") {
    desk.hear_ns("QNG 60\r\n");
    desk.pass(999ms);
    CHECK(desk.told().empty());
    desk.pass(1ms);
    CHECK(desk.told() == Lines{"STCH bob@example.com offline 0"});
  }
}

TEST_CASE("contacts keep their own names after a reconnect if the lists omit them") {
  Desk desk;
  const std::string nameless =
      "SYN 5 a b 1 0\r\n"
      "LST N=bob@example.com F=bob@example.com C=94da7824-b64e-44ad-b267-38374a9d21af 11 \r\n";
  desk.online(nameless);
  desk.hear_ns("ILN 6 NLN bob@example.com Bobby 0\r\n");
  desk.lose();
  desk.reconnect();
  desk.answer_login(nameless);
  desk.hear_ns("CHG 6 NLN 0\r\n");
  desk.told();
  CHECK(desk.session.roster().at(bob).shown_nick() == "Bobby");
  desk.hear_ns("ILN 6 NLN bob@example.com Bobby 0\r\n");
  CHECK(desk.told().empty());
}

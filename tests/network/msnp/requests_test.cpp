// SPDX-License-Identifier: MIT
// Which answer belongs to which request; late, wrong and missing answers.
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

TEST_CASE("a command is answered by its own verb or an error") {
  Desk desk;
  SECTION("a phone number with a list version in MSNP8") {
    desk.session.login(1, "alice@example.com", {}, desk.now);
    desk.take();
    desk.answer_user("MSNP8", "alice@example.com Alice 1 0");
    desk.hear_ns("SYN 5 3 1 0\r\nLST bob@example.com Bob 11 0\r\n");
    desk.told();
    desk.session.add(2, "carol@example.com", "Carol", desk.now);
    CHECK(desk.take() == Lines{"ADD 6 FL carol@example.com Carol 0"});
    CHECK(desk.hear_ns("BPR 6 bob@example.com PHH 555\r\n").empty());
    CHECK(desk.session.roster().at("bob@example.com").home_phone == "555");
    CHECK(desk.told().empty());
    desk.hear_ns("ADD 6 FL 4 carol@example.com Carol 0\r\n");
    CHECK(desk.told() == Lines{"ADDFL carol@example.com"});
  }
  SECTION("an invalid answer to XFR") {
    desk.online();
    desk.session.send(3, {"bob@example.com", {"b"}, "b"}, desk.now);
    CHECK(desk.take() == Lines{"finish 3", "XFR 7 SB"});
    for (const std::string odd :
         {"CHG 7 NLN 0", "QRY 7", "REM 7 FL x", "ADC 7 AL N=bob@example.com", "PRP 7 MFN A",
          "GTC 7 A", "REA 7 2 alice@example.com A"})
      CHECK(desk.hear_ns(odd + "\r\n").empty());
    CHECK(desk.hear_ns("XFR 7 SB 192.0.2.1:1864 CKI t\r\n") == Lines{"connect 192.0.2.1:1864"});
  }
  SECTION("XFR as the answer to another command") {
    desk.online();
    desk.session.set_nick(3, "A", desk.now);
    CHECK(desk.take() == Lines{"PRP 7 MFN A"});
    CHECK(desk.hear_ns("XFR 7 SB 192.0.2.1:1864 CKI t\r\n").empty());
    CHECK(desk.hear_ns("PRP 7 MFN A\r\n") == Lines{"finish 3"});
    CHECK(desk.session.self().nick == "A");
  }
}

TEST_CASE("BLOCK and UNBLOCK fail if the server refuses them") {
  Desk desk;
  desk.online();
  SECTION("in time") {
    desk.session.block(3, "zzz@example.com", desk.now);
    CHECK(desk.take() == Lines{"ADC 7 BL N=zzz@example.com"});
    CHECK(desk.hear_ns("208 7\r\n") == Lines{"finish 3 failed"});
    CHECK(desk.errors.back().code == ErrorCode::invalid);
    CHECK(desk.errors.back().message == "the server refused the request: 208 Invalid username");
    CHECK(desk.told().empty());
  }
  SECTION("UNBLOCK in time") {
    desk.hear_ns("ADC 0 BL N=eve@example.com\r\n");
    desk.session.unblock(3, "eve@example.com", desk.now);
    CHECK(desk.take() == Lines{"REM 7 BL eve@example.com"});
    CHECK(desk.hear_ns("600 7\r\n") == Lines{"finish 3 failed"});
    CHECK(desk.told().empty());
  }
  SECTION("too late") {
    desk.session.block(3, "zzz@example.com", desk.now);
    desk.take();
    CHECK(desk.pass(3s) == Lines{"finish 3"});
    CHECK(desk.hear_ns("208 7\r\n").empty());
    CHECK(desk.told() == Lines{"ERR 208 Invalid username WHO=zzz@example.com REQUEST=BLOCK"});
  }
}

TEST_CASE("911 after the ticket is explained by the case of the address") {
  Desk desk;
  desk.session.login(1, "alice@example.com", {}, desk.now);
  desk.take();
  desk.session.connected(desk.last, desk.now);
  desk.hear("VER 1 MSNP11\r\n");
  desk.hear("CVR 2 1 1 1 x x\r\n");
  desk.hear("USR 3 TWN S abc\r\n");
  desk.session.ticket(desk.ticket, std::string("t=1"), desk.now);
  desk.take();
  CHECK(desk.hear("911 4\r\n") == Lines{"hang up", "finish 1 failed"});
  CHECK(desk.errors.back().number == 911);
  CHECK(desk.errors.back().message ==
        "Authentication failed: the password is right, but the server does not know the address in"
        " lower case, the only form that msncd sends; register the address in lower case");
}

TEST_CASE("a late answer changes the lists and is no request of another user") {
  Desk desk;
  desk.online();
  desk.hear_ns("ADC 0 RL N=eve@example.com F=Eve\r\n");
  desk.session.add(3, "eve@example.com", "Eve", desk.now);
  desk.take();
  desk.hear_ns("ADC 7 FL N=eve@example.com F=Eve C=94da7824-b64e-44ad-b267-000000000000\r\n");
  CHECK(desk.hear_ns("ADC 8 AL N=eve@example.com\r\n") == Lines{"ADC 9 RL N=eve@example.com"});
  CHECK(desk.told() == Lines{"UADD eve@example.com", "ADDFL eve@example.com"});
  desk.pass(60s);
  CHECK(desk.told().empty());
  // Servers close the connection if ADC RL is sent again.
  CHECK(desk.hear_ns("ADC 9 RL N=eve@example.com F=Eve\r\nREM 10 PL eve@example.com\r\n").empty());
  CHECK(desk.told().empty());
  CHECK(desk.session.roster().at("eve@example.com").lists.reverse);
  desk.session.add(4, "carol@example.com", "Carol", desk.now);
  desk.take();
  desk.pass(30s);
  CHECK(desk.told() == Lines{"ERR TIMEOUT the server did not answer WHO=carol@example.com"
                             " REQUEST=ADD"});
  desk.hear_ns("ADC 11 FL N=carol@example.com F=Carol\r\n");
  CHECK(desk.told() == Lines{"ADDFL carol@example.com"});
}

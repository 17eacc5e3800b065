// SPDX-License-Identifier: MIT
// Requests that were accepted and not carried out when the connection is lost: they are repeated
// after the reconnect, or reported when the session ends.
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;
using network::State;

namespace {

const std::string bob = "bob@example.com";
const std::string carol = "carol@example.com";
const std::string carol_id = "11111111-2222-3333-4444-555555555555";

// The requests are answered as accepted, after Timing::accept_after.
void accept(Desk& desk, const Lines& finished) {
  CHECK(desk.pass(3s) == finished);
}
// The lists after the reconnect: the bits of LST for Bob and Carol; 0: not on any list.
std::string lists(int bits_of_bob, int bits_of_carol = 0) {
  std::string out =
      "SYN 5 a b " + std::to_string((bits_of_bob > 0) + (bits_of_carol > 0)) + " 0\r\n";
  if (bits_of_bob > 0)
    out += "LST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af " +
           std::to_string(bits_of_bob) + " \r\n";
  if (bits_of_carol > 0)
    out += "LST N=carol@example.com F=Carol C=" + carol_id + " " + std::to_string(bits_of_carol) +
           " \r\n";
  return out;
}
Lines reconnect(Desk& desk, const std::string& with) {
  desk.reconnect();
  auto out = desk.answer_login(with);
  REQUIRE(desk.session.state() == State::online);
  return out;
}
const std::string online_again = "CHG 6 NLN 268435488";

}  // namespace

TEST_CASE("accepted settings are sent again after a reconnect") {
  Desk desk;
  desk.online();
  desk.session.set_nick(3, "New", desk.now);
  desk.session.set_privacy(4, {false, true}, desk.now);
  desk.session.set_status(5, model::Status::invisible, desk.now);
  desk.session.set_status(6, model::Status::busy, desk.now);
  desk.take();
  accept(desk, {"finish 3", "finish 4", "finish 5", "finish 6"});
  desk.lose();
  CHECK(desk.session.self().nick == "New");
  CHECK(desk.session.self().status == model::Status::busy);
  CHECK_FALSE(desk.session.self().privacy.open);
  const Lines asked{"PRP 6 MFN New", "BLP 7 BL", "CHG 8 BSY 268435488"};
  CHECK(reconnect(desk, lists(11)) == asked);
  desk.lose();  // before the server answers
  CHECK(reconnect(desk, lists(11)) == asked);
}

TEST_CASE("a newer setting is sent after the answer to the previous one") {
  Desk desk;
  desk.online();
  desk.session.set_status(3, model::Status::busy, desk.now);
  desk.session.set_status(4, model::Status::lunch, desk.now);
  desk.session.set_status(5, model::Status::away, desk.now);
  desk.session.set_nick(6, "Old", desk.now);
  desk.session.set_nick(7, "New", desk.now);
  CHECK(desk.take() == Lines{"CHG 7 BSY 268435488", "PRP 8 MFN Old"});
  CHECK(desk.hear_ns("CHG 7 BSY 0\r\n209 8\r\n") == Lines{"CHG 9 AWY 268435488", "PRP 10 MFN New"});
  CHECK(desk.told().empty());
  SECTION("answered") {
    CHECK(desk.hear_ns("CHG 9 AWY 0\r\nPRP 10 MFN New\r\n") ==
          Lines{"finish 3", "finish 4", "finish 5", "finish 6", "finish 7"});
    desk.lose();
    CHECK(reconnect(desk, lists(11)) == Lines{"CHG 6 AWY 268435488"});
  }
  SECTION("refused") {
    CHECK(desk.hear_ns("600 9\r\n").size() == 3);
    CHECK(desk.errors.size() == 3);
    desk.lose();
    CHECK(reconnect(desk, lists(11)) == Lines{"PRP 6 MFN New", "CHG 7 BSY 268435488"});
  }
}

TEST_CASE("outstanding requests are accepted when the connection is lost and repeated afterwards") {
  Desk desk;
  desk.online();
  desk.session.set_nick(3, "New", desk.now);
  desk.session.block(4, bob, desk.now);
  desk.take();
  CHECK(desk.close(desk.ns) == Lines{"hang up", "finish 3", "finish 4"});
  CHECK(desk.session.self().nick == "New");
  CHECK(reconnect(desk, lists(11)) ==
        Lines{"PRP 6 MFN New", "CHG 7 NLN 268435488", "REM 8 AL bob@example.com"});
}

TEST_CASE("accepted list changes are carried out after a reconnect") {
  Desk desk;
  desk.online();
  desk.told();
  SECTION("BLOCK that did not reach the server") {
    desk.session.block(3, bob, desk.now);
    CHECK(desk.take() == Lines{"REM 7 AL bob@example.com"});
    accept(desk, {"finish 3"});
    desk.lose();
    CHECK(reconnect(desk, lists(11)) == Lines{online_again, "REM 7 AL bob@example.com"});
    CHECK(desk.hear_ns("REM 7 AL bob@example.com\r\n") == Lines{"ADC 8 BL N=bob@example.com"});
    CHECK(desk.hear_ns("ADC 8 BL N=bob@example.com\r\n").empty());
    CHECK(desk.session.roster().at(bob).lists.block);
  }
  SECTION("BLOCK that is half done") {
    desk.session.block(3, bob, desk.now);
    desk.take();
    accept(desk, {"finish 3"});
    desk.lose();
    CHECK(reconnect(desk, lists(9)) == Lines{online_again, "ADC 7 BL N=bob@example.com"});
  }
  SECTION("UNBLOCK that is half done") {
    desk.hear_ns("ADC 0 BL N=bob@example.com\r\nREM 0 AL bob@example.com\r\n");
    desk.session.unblock(3, bob, desk.now);
    CHECK(desk.take() == Lines{"REM 7 BL bob@example.com"});
    accept(desk, {"finish 3"});
    desk.lose();
    CHECK(reconnect(desk, lists(9)) == Lines{online_again, "ADC 7 AL N=bob@example.com"});
  }
  SECTION("ADD that did not reach the server") {
    desk.session.add(3, carol, "Carol", desk.now);
    CHECK(desk.take() == Lines{"ADC 7 FL N=carol@example.com F=Carol"});
    accept(desk, {"finish 3"});
    desk.lose();
    CHECK(reconnect(desk, lists(11)) ==
          Lines{online_again, "ADC 7 FL N=carol@example.com F=Carol"});
    desk.told();
    CHECK(desk.hear_ns("ADC 7 FL N=carol@example.com F=Carol C=" + carol_id + "\r\n") ==
          Lines{"ADC 8 AL N=carol@example.com"});
    CHECK(desk.told() == Lines{"ADDFL carol@example.com"});
  }
  SECTION("ADD that the server has carried out") {
    desk.session.add(3, carol, "Carol", desk.now);
    desk.take();
    accept(desk, {"finish 3"});
    desk.lose();
    desk.told();
    CHECK(reconnect(desk, lists(11, 1)) == Lines{online_again, "ADC 7 AL N=carol@example.com"});
    CHECK(desk.told() == Lines{"SOPEN MAIN", "ADDFL carol@example.com"});
  }
  SECTION("ADD that is reported but without the allow list") {
    desk.session.add(3, carol, "Carol", desk.now);
    desk.take();
    desk.hear_ns("ADC 7 FL N=carol@example.com F=Carol C=" + carol_id + "\r\n");
    accept(desk, {"finish 3"});
    desk.lose();
    CHECK(reconnect(desk, lists(11, 1)) == Lines{online_again, "ADC 7 AL N=carol@example.com"});
  }
  SECTION("DEL that the server has carried out") {
    desk.session.remove(3, bob, desk.now);
    desk.take();
    accept(desk, {"finish 3"});
    desk.lose();
    desk.told();
    CHECK(reconnect(desk, lists(10)) == Lines{online_again, "REM 7 AL bob@example.com"});
    CHECK(desk.told() == Lines{"SOPEN MAIN", "DELFL bob@example.com"});
  }
  SECTION("one that is queued after another") {
    desk.session.block(3, bob, desk.now);
    desk.session.unblock(4, bob, desk.now);
    CHECK(desk.take() == Lines{"REM 7 AL bob@example.com"});
    accept(desk, {"finish 3", "finish 4"});
    desk.lose();
    SECTION("which was carried out") {
      CHECK(reconnect(desk, lists(13)) == Lines{online_again, "REM 7 BL bob@example.com"});
      CHECK(desk.hear_ns("REM 7 BL bob@example.com\r\n") == Lines{"ADC 8 AL N=bob@example.com"});
    }
    SECTION("which was not carried out") {
      CHECK(reconnect(desk, lists(11)) == Lines{online_again});
    }
  }
  SECTION("one that is queued after its opposite") {
    desk.hear_ns("ADC 0 BL N=bob@example.com\r\nREM 0 AL bob@example.com\r\n");
    desk.session.unblock(3, bob, desk.now);
    desk.session.block(4, bob, desk.now);
    desk.take();
    accept(desk, {"finish 3", "finish 4"});
    desk.lose();
    SECTION("which was not carried out") {
      CHECK(reconnect(desk, lists(13)) == Lines{online_again});
    }
    SECTION("which was carried out") {
      CHECK(reconnect(desk, lists(11)) == Lines{online_again, "REM 7 AL bob@example.com"});
      CHECK(desk.hear_ns("REM 7 AL bob@example.com\r\n") == Lines{"ADC 8 BL N=bob@example.com"});
    }
  }
  SECTION("after several reconnects") {
    desk.session.block(3, bob, desk.now);
    desk.take();
    accept(desk, {"finish 3"});
    for (int i = 0; i < 3; ++i) {
      desk.lose();
      CHECK(reconnect(desk, lists(11)) == Lines{online_again, "REM 7 AL bob@example.com"});
    }
  }
}

TEST_CASE("accepted requests that cannot be carried out any more are reported") {
  Desk desk;
  desk.online();
  desk.session.add(3, carol, "Carol", desk.now);
  desk.session.block(4, bob, desk.now);
  desk.session.set_nick(5, "New", desk.now);
  desk.take();
  accept(desk, {"finish 3", "finish 4", "finish 5"});
  desk.told();
  const std::string why = "ERR TIMEOUT the session ended before the server answered";
  const Lines undone{why + " for " + bob + " WHO=" + bob + " REQUEST=BLOCK",
                     why + " for " + carol + " WHO=" + carol + " REQUEST=ADD",
                     why + " REQUEST=NICK"};
  SECTION("logged in elsewhere") {
    desk.hear_ns("OUT OTH\r\n");
    CHECK(desk.told() ==
          Lines{"ERR SERV_DISC this account logged in elsewhere; msncd does not reconnect",
                undone[0], undone[1], undone[2], "SCLOSE MAIN"});
  }
  SECTION("logged off") {
    desk.session.logoff(6, desk.now);
    desk.take();
    CHECK(desk.told() == undone);
  }
  SECTION("logged off while reconnecting") {
    desk.lose();
    desk.told();
    desk.session.logoff(6, desk.now);
    desk.take();
    CHECK(desk.told() == undone);
  }
  CHECK(desk.session.state() == State::offline);
  CHECK(desk.remembered.find("name carol") == std::string::npos);
  desk.login();
  CHECK(desk.take().empty());
}

TEST_CASE("the name of an ADD that is answered late is kept") {
  Desk desk;
  desk.online();
  desk.session.add(3, carol, "Caz", desk.now);
  desk.take();
  accept(desk, {"finish 3"});
  desk.pass(30s);
  SECTION("the late answer is received") {
    desk.hear_ns("ADC 7 FL N=carol@example.com F=Caz C=" + carol_id + "\r\n");
    CHECK(desk.session.roster().at(carol).nick == "Caz");
  }
  SECTION("the next lists do not have the contact") {
    desk.lose();
    reconnect(desk, lists(11));
    desk.hear_ns("ADC 0 FL N=carol@example.com F=Carol C=" + carol_id + "\r\n");
    CHECK(desk.session.roster().at(carol).nick.empty());
  }
}

TEST_CASE("pending requests that were answered before are removed at every login") {
  Desk desk;
  const std::string anybody = "SYN 5 a b 1 0\r\nGTC N\r\nBLP AL\r\n";
  desk.online(anybody +
              "LST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 11 \r\n");
  desk.lose();
  desk.session.set_privacy(3, {true, true}, desk.now);
  desk.take();
  CHECK(reconnect(desk, anybody + "LST N=eve@example.com F=Eve 18\r\n") ==
        Lines{"GTC 6 A", "CHG 7 NLN 268435488", "ADC 8 RL N=eve@example.com"});
}

TEST_CASE("pending requests are not accepted while GTC A is outstanding") {
  Desk desk;
  const std::string anybody = "SYN 5 a b 1 0\r\nGTC N\r\nBLP AL\r\n";
  desk.online(anybody +
              "LST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 11 \r\n");
  desk.lose();
  desk.session.set_privacy(3, {true, true}, desk.now);
  desk.take();
  CHECK(reconnect(desk, anybody + "LST N=eve@example.com F=Eve 16\r\n") ==
        Lines{"GTC 6 A", "CHG 7 NLN 268435488"});
  CHECK(desk.hear_ns("GTC 6 A\r\n").empty());
}

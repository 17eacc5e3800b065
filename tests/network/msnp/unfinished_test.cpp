// SPDX-License-Identifier: MIT
// Verbs that were answered as accepted before the server had answered: in which order they are
// carried out, and what a loss of the session does to them.
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

// Accepted, which takes the verb's patience.
void accept(Desk& desk, const Lines& finished) {
  CHECK(desk.pass(3s) == finished);
}
// The lists at the return: Bob's bits, and Carol's unless these are 0.
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
Lines come_back(Desk& desk, const std::string& with) {
  desk.reconnect();
  auto out = desk.answer_login(with);
  REQUIRE(desk.session.state() == State::online);
  return out;
}
const std::string online_again = "CHG 6 NLN 268435488";

}  // namespace

TEST_CASE("settings accepted before the session is lost are wanted after the return") {
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
  CHECK(come_back(desk, lists(11)) == asked);
  desk.lose();  // and the server had no time to answer
  CHECK(come_back(desk, lists(11)) == asked);
}

TEST_CASE("a newer setting waits for the answer to the one before, and is the one that counts") {
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
    CHECK(come_back(desk, lists(11)) == Lines{"CHG 6 AWY 268435488"});
  }
  SECTION("refused") {
    CHECK(desk.hear_ns("600 9\r\n").size() == 3);
    CHECK(desk.errors.size() == 3);
    desk.lose();
    CHECK(come_back(desk, lists(11)) == Lines{"PRP 6 MFN New", "CHG 7 BSY 268435488"});
  }
}

TEST_CASE("what waits for its answer at the loss is accepted, and wanted after the return") {
  Desk desk;
  desk.online();
  desk.session.set_nick(3, "New", desk.now);
  desk.session.block(4, bob, desk.now);
  desk.take();
  CHECK(desk.close(desk.ns) == Lines{"hang up", "finish 3", "finish 4"});
  CHECK(desk.session.self().nick == "New");
  CHECK(come_back(desk, lists(11)) ==
        Lines{"PRP 6 MFN New", "CHG 7 NLN 268435488", "REM 8 AL bob@example.com"});
}

TEST_CASE("a change of the lists accepted before the session is lost is carried out afterwards") {
  Desk desk;
  desk.online();
  desk.told();
  SECTION("BLOCK, of which the server knows nothing") {
    desk.session.block(3, bob, desk.now);
    CHECK(desk.take() == Lines{"REM 7 AL bob@example.com"});
    accept(desk, {"finish 3"});
    desk.lose();
    CHECK(come_back(desk, lists(11)) == Lines{online_again, "REM 7 AL bob@example.com"});
    CHECK(desk.hear_ns("REM 7 AL bob@example.com\r\n") == Lines{"ADC 8 BL N=bob@example.com"});
    CHECK(desk.hear_ns("ADC 8 BL N=bob@example.com\r\n").empty());
    CHECK(desk.session.roster().at(bob).lists.block);
  }
  SECTION("BLOCK, half done") {
    desk.session.block(3, bob, desk.now);
    desk.take();
    accept(desk, {"finish 3"});
    desk.lose();
    CHECK(come_back(desk, lists(9)) == Lines{online_again, "ADC 7 BL N=bob@example.com"});
  }
  SECTION("UNBLOCK, half done") {
    desk.hear_ns("ADC 0 BL N=bob@example.com\r\nREM 0 AL bob@example.com\r\n");
    desk.session.unblock(3, bob, desk.now);
    CHECK(desk.take() == Lines{"REM 7 BL bob@example.com"});
    accept(desk, {"finish 3"});
    desk.lose();
    CHECK(come_back(desk, lists(9)) == Lines{online_again, "ADC 7 AL N=bob@example.com"});
  }
  SECTION("ADD, of which the server knows nothing") {
    desk.session.add(3, carol, "Carol", desk.now);
    CHECK(desk.take() == Lines{"ADC 7 FL N=carol@example.com F=Carol"});
    accept(desk, {"finish 3"});
    desk.lose();
    CHECK(come_back(desk, lists(11)) ==
          Lines{online_again, "ADC 7 FL N=carol@example.com F=Carol"});
    desk.told();
    CHECK(desk.hear_ns("ADC 7 FL N=carol@example.com F=Carol C=" + carol_id + "\r\n") ==
          Lines{"ADC 8 AL N=carol@example.com"});
    CHECK(desk.told() == Lines{"ADDFL carol@example.com"});
  }
  SECTION("ADD, that the server knows of") {
    desk.session.add(3, carol, "Carol", desk.now);
    desk.take();
    accept(desk, {"finish 3"});
    desk.lose();
    desk.told();
    CHECK(come_back(desk, lists(11, 1)) == Lines{online_again, "ADC 7 AL N=carol@example.com"});
    CHECK(desk.told() == Lines{"SOPEN MAIN", "ADDFL carol@example.com"});
  }
  SECTION("ADD, told as done, but they may not see us yet") {
    desk.session.add(3, carol, "Carol", desk.now);
    desk.take();
    desk.hear_ns("ADC 7 FL N=carol@example.com F=Carol C=" + carol_id + "\r\n");
    accept(desk, {"finish 3"});
    desk.lose();
    CHECK(come_back(desk, lists(11, 1)) == Lines{online_again, "ADC 7 AL N=carol@example.com"});
  }
  SECTION("DEL, that the server knows of") {
    desk.session.remove(3, bob, desk.now);
    desk.take();
    accept(desk, {"finish 3"});
    desk.lose();
    desk.told();
    CHECK(come_back(desk, lists(10)) == Lines{online_again, "REM 7 AL bob@example.com"});
    CHECK(desk.told() == Lines{"SOPEN MAIN", "DELFL bob@example.com"});
  }
  SECTION("one that waits behind another") {
    desk.session.block(3, bob, desk.now);
    desk.session.unblock(4, bob, desk.now);
    CHECK(desk.take() == Lines{"REM 7 AL bob@example.com"});
    accept(desk, {"finish 3", "finish 4"});
    desk.lose();
    SECTION("and that one was done") {
      CHECK(come_back(desk, lists(13)) == Lines{online_again, "REM 7 BL bob@example.com"});
      CHECK(desk.hear_ns("REM 7 BL bob@example.com\r\n") == Lines{"ADC 8 AL N=bob@example.com"});
    }
    SECTION("and that one was not") {
      CHECK(come_back(desk, lists(11)) == Lines{online_again});
    }
  }
  SECTION("one that waits behind its opposite") {
    desk.hear_ns("ADC 0 BL N=bob@example.com\r\nREM 0 AL bob@example.com\r\n");
    desk.session.unblock(3, bob, desk.now);
    desk.session.block(4, bob, desk.now);
    desk.take();
    accept(desk, {"finish 3", "finish 4"});
    desk.lose();
    SECTION("and that one was not done") {
      CHECK(come_back(desk, lists(13)) == Lines{online_again});
    }
    SECTION("and that one was") {
      CHECK(come_back(desk, lists(11)) == Lines{online_again, "REM 7 AL bob@example.com"});
      CHECK(desk.hear_ns("REM 7 AL bob@example.com\r\n") == Lines{"ADC 8 BL N=bob@example.com"});
    }
  }
  SECTION("over several losses") {
    desk.session.block(3, bob, desk.now);
    desk.take();
    accept(desk, {"finish 3"});
    for (int i = 0; i < 3; ++i) {
      desk.lose();
      CHECK(come_back(desk, lists(11)) == Lines{online_again, "REM 7 AL bob@example.com"});
    }
  }
}

TEST_CASE("what was accepted and can never be carried out any more is told") {
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

TEST_CASE("a name given by an ADD that is answered too late is kept") {
  Desk desk;
  desk.online();
  desk.session.add(3, carol, "Caz", desk.now);
  desk.take();
  accept(desk, {"finish 3"});
  desk.pass(30s);
  SECTION("the answer comes after all") {
    desk.hear_ns("ADC 7 FL N=carol@example.com F=Caz C=" + carol_id + "\r\n");
    CHECK(desk.session.roster().at(carol).nick == "Caz");
  }
  SECTION("the next lists do not have them") {
    desk.lose();
    come_back(desk, lists(11));
    desk.hear_ns("ADC 0 FL N=carol@example.com F=Carol C=" + carol_id + "\r\n");
    CHECK(desk.session.roster().at(carol).nick.empty());
  }
}

TEST_CASE("of verbs about the same the last one wins, however slow the server is") {
  Desk desk;
  desk.online(
      "SYN 5 a b 1 0\r\nGTC A\r\nBLP AL\r\n"
      "LST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 11 \r\n");
  SECTION("PRIV") {
    desk.session.set_privacy(3, {false, true}, desk.now);
    desk.session.set_privacy(4, {true, true}, desk.now);
    CHECK(desk.take() == Lines{"BLP 7 BL"});
    SECTION("in time") {
      CHECK(desk.hear_ns("BLP 7 BL\r\n") == Lines{"BLP 8 AL"});
    }
    SECTION("later") {
      accept(desk, {"finish 3", "finish 4"});
      CHECK(desk.hear_ns("BLP 7 BL\r\n") == Lines{"BLP 8 AL"});
    }
    SECTION("never, but the one before late") {
      accept(desk, {"finish 3", "finish 4"});
      CHECK(desk.pass(27s) == Lines{"BLP 8 AL"});
      desk.session.set_privacy(5, {false, true}, desk.now);
      desk.take();
      desk.hear_ns("BLP 7 BL\r\n");
      CHECK(desk.pass(30s) == Lines{"finish 5", "BLP 9 BL"});
      CHECK(desk.hear_ns("BLP 8 AL\r\nBLP 9 BL\r\n").empty());
      CHECK_FALSE(desk.session.self().privacy.open);
      return;
    }
    SECTION("never, and the answer to the first comes after the time of the second") {
      accept(desk, {"finish 3", "finish 4"});
      CHECK(desk.pass(27s) == Lines{"BLP 8 AL"});
      CHECK(desk.pass(30s).empty());
      desk.hear_ns("BLP 7 BL\r\n");  // no proof: the server may carry out the second yet
      desk.session.set_privacy(5, {false, true}, desk.now);
      CHECK(desk.take() == Lines{"BLP 9 BL"});
      CHECK(desk.hear_ns("BLP 8 AL\r\nBLP 9 BL\r\n") == Lines{"finish 5"});
      CHECK_FALSE(desk.session.self().privacy.open);
      return;
    }
    SECTION("never") {
      accept(desk, {"finish 3", "finish 4"});
      // It may have reached the server all the same.
      CHECK(desk.pass(27s) == Lines{"BLP 8 AL"});
      desk.hear_ns("BLP 7 BL\r\n");
    }
    CHECK(desk.hear_ns("BLP 8 AL\r\n").size() <= 2);
    CHECK(desk.session.self().privacy.open);
  }
  SECTION("BLOCK, UNBLOCK, BLOCK") {
    desk.session.block(3, bob, desk.now);
    desk.session.unblock(4, bob, desk.now);
    desk.session.block(5, bob, desk.now);
    CHECK(desk.take() == Lines{"REM 7 AL bob@example.com"});
    desk.session.block(6, carol, desk.now);  // nobody else has to wait
    CHECK(desk.take() == Lines{"ADC 8 BL N=carol@example.com"});
    CHECK(desk.hear_ns("REM 7 AL bob@example.com\r\n") == Lines{"ADC 9 BL N=bob@example.com"});
    CHECK(desk.hear_ns("ADC 9 BL N=bob@example.com\r\n") ==
          Lines{"finish 3", "finish 4", "finish 5"});
    CHECK(desk.session.roster().at(bob).lists.block);
  }
  SECTION("BLOCK, ADD: nobody is allowed and blocked") {
    desk.session.block(3, bob, desk.now);
    desk.session.remove(4, bob, desk.now);
    desk.session.add(5, bob, "Bob", desk.now);
    CHECK(desk.take() == Lines{"REM 7 AL bob@example.com"});
    CHECK(desk.hear_ns("REM 7 AL bob@example.com\r\n") == Lines{"ADC 8 BL N=bob@example.com"});
    CHECK(desk.hear_ns("ADC 8 BL N=bob@example.com\r\n") ==
          Lines{"finish 4", "finish 5", "finish 3"});
    CHECK(desk.session.roster().at(bob).lists == model::Lists{true, false, true, true});
  }
  SECTION("BLOCK that fails, UNBLOCK, which has nothing to undo") {
    desk.session.block(3, carol, desk.now);
    CHECK(desk.take() == Lines{"ADC 7 BL N=carol@example.com"});
    desk.session.unblock(4, carol, desk.now);
    CHECK(desk.hear_ns("600 7\r\n") == Lines{"ADC 8 AL N=carol@example.com"});
    CHECK(desk.hear_ns("ADC 8 AL N=carol@example.com\r\n") == Lines{"finish 3", "finish 4"});
    CHECK(desk.told().empty());
  }
  SECTION("BLOCK twice, which fails") {
    desk.session.block(3, carol, desk.now);
    desk.session.block(4, carol, desk.now);
    CHECK(desk.take() == Lines{"ADC 7 BL N=carol@example.com"});
    CHECK(desk.hear_ns("600 7\r\n") == Lines{"finish 3 failed", "finish 4 failed"});
  }
  SECTION("DEL, ADD") {
    desk.told();
    desk.session.remove(3, bob, desk.now);
    const auto deleted = desk.take();
    REQUIRE(deleted.size() == 1);
    accept(desk, {"finish 3"});
    desk.session.add(4, bob, "Bobby", desk.now);
    CHECK(desk.take().empty());
    CHECK(desk.hear_ns("REM 7 FL 94da7824-b64e-44ad-b267-38374a9d21af\r\n") ==
          Lines{"ADC 8 FL N=bob@example.com F=Bobby"});
    CHECK(desk.hear_ns("ADC 8 FL N=bob@example.com F=Bobby C=" + carol_id + "\r\n") ==
          Lines{"finish 4"});
    CHECK(desk.told() == Lines{"DELFL bob@example.com", "ADDFL bob@example.com"});
    CHECK(desk.session.roster().at(bob).lists == model::Lists{true, true, false, true});
    CHECK(desk.session.roster().at(bob).nick == "Bobby");
  }
  SECTION("ADD, DEL") {
    desk.told();
    desk.session.add(3, carol, "Carol", desk.now);
    desk.take();
    accept(desk, {"finish 3"});
    desk.session.remove(4, carol, desk.now);
    CHECK(desk.take().empty());
    CHECK(desk.hear_ns("ADC 7 FL N=carol@example.com F=Carol C=" + carol_id + "\r\n") ==
          Lines{"REM 8 FL " + carol_id});
    CHECK(desk.hear_ns("REM 8 FL " + carol_id + "\r\n") == Lines{"finish 4"});
    CHECK(desk.told() == Lines{"ADDFL carol@example.com", "DELFL carol@example.com"});
    CHECK(desk.session.roster().count(carol) == 0);
  }
  SECTION("ADD twice, the name given last") {
    desk.told();
    desk.session.add(3, carol, "Carol", desk.now);
    desk.take();
    desk.session.add(4, carol, "Caro", desk.now);
    CHECK(desk.take() == Lines{"finish 4"});
    CHECK(desk.told() == Lines{"ERR 215 User already there WHO=carol@example.com REQUEST=ADD"});
    desk.hear_ns("ADC 7 FL N=carol@example.com F=Carol C=" + carol_id + "\r\n");
    CHECK(desk.hear_ns("ADC 8 AL N=carol@example.com\r\n") ==
          Lines{"SBP 9 " + carol_id + " MFN Caro"});
    CHECK(desk.hear_ns("SBP 9 " + carol_id + " MFN Caro\r\n") == Lines{"finish 3"});
    CHECK(desk.session.roster().at(carol).nick == "Caro");
    CHECK(desk.session.roster().at(carol).real_nick.empty());  // the name that we gave first
  }
  SECTION("ADD of one who is on the list, the name given last") {
    desk.session.add(3, bob, "Bobby", desk.now);
    CHECK(desk.take() == Lines{"finish 3", "SBP 7 94da7824-b64e-44ad-b267-38374a9d21af MFN Bobby"});
    CHECK(desk.told().back() == "ERR 215 User already there WHO=bob@example.com REQUEST=ADD");
    desk.session.add(4, bob, bob, desk.now);
    CHECK(desk.take() == Lines{"finish 4"});
    CHECK(desk.session.roster().at(bob).nick == "Bobby");
    CHECK(desk.remembered.find("name bob@example.com Bobby\n") != std::string::npos);
  }
  SECTION("very many of them") {
    for (Token i = 0; i < 100'000; ++i) desk.session.unblock(100 + i, bob, desk.now);
    desk.session.block(3, bob, desk.now);
    CHECK(desk.take().size() == 100'001);  // Bob is not blocked: nothing to be done
  }
  SECTION("very many of them behind one that is under way") {
    desk.session.block(3, carol, desk.now);
    for (Token i = 0; i < 100'000; ++i) desk.session.block(100 + i, carol, desk.now);
    CHECK(desk.take() == Lines{"ADC 7 BL N=carol@example.com"});
    CHECK(desk.hear_ns("ADC 7 BL N=carol@example.com\r\n").size() == 100'001);
  }
}

TEST_CASE("ADD of one whom only the server knows to be on the list gives them the name") {
  Desk desk;
  desk.session.login(1, "alice@example.com", {}, desk.now);
  desk.take();
  desk.answer_user("MSNP8", "alice@example.com Alice 1 0");
  desk.hear_ns("SYN 5 3 0 0\r\n");
  desk.session.add(2, carol, "Carol", desk.now);
  CHECK(desk.take() == Lines{"ADD 6 FL carol@example.com Carol 0"});
  CHECK(desk.hear_ns("215 6\r\n") == Lines{"finish 2", "REA 7 carol@example.com Carol"});
  CHECK(desk.told() == Lines{"ERR 215 User already there WHO=carol@example.com REQUEST=ADD"});
  CHECK(desk.remembered == "name carol@example.com Carol\n");
}

TEST_CASE("UNBLOCK of somebody who is not blocked asks the server for nothing") {
  Desk desk;
  desk.online();
  desk.session.unblock(3, carol, desk.now);
  CHECK(desk.take() == Lines{"finish 3"});
  CHECK(desk.session.roster().count(carol) == 0);
}

TEST_CASE("BLOCK is sent where an UNBLOCK was not answered and may have been carried out") {
  Desk desk;
  desk.online();
  desk.hear_ns("REM 0 AL bob@example.com\r\nADC 0 BL N=bob@example.com\r\n");
  desk.told();
  desk.session.unblock(3, bob, desk.now);
  CHECK(desk.take() == Lines{"REM 7 BL bob@example.com"});
  CHECK(desk.pass(30s) == Lines{"finish 3"});
  CHECK(desk.told() ==
        Lines{"ERR TIMEOUT the server did not answer WHO=bob@example.com REQUEST=UNBLOCK"});
  SECTION("the late answer comes after it") {
    desk.session.block(4, bob, desk.now);
    CHECK(desk.take() == Lines{"ADC 8 BL N=bob@example.com"});
    CHECK(desk.hear_ns("REM 7 BL bob@example.com\r\n").empty());
    CHECK(desk.hear_ns("ADC 8 BL N=bob@example.com\r\n") == Lines{"finish 4"});
  }
  SECTION("the server has not carried it out") {
    desk.session.block(4, bob, desk.now);
    desk.take();
    CHECK(desk.hear_ns("215 8\r\n") == Lines{"finish 4"});
  }
  SECTION("the late answer comes before it") {
    desk.hear_ns("REM 7 BL bob@example.com\r\n");
    desk.session.block(4, bob, desk.now);
    CHECK(desk.take() == Lines{"ADC 8 BL N=bob@example.com"});
    desk.hear_ns("ADC 8 BL N=bob@example.com\r\n");
  }
  CHECK(desk.session.roster().at(bob).lists.block);
  CHECK(desk.hear_ns("RNG 17 192.0.2.1:1864 CKI t bob@example.com Bob\r\n").empty());
}

TEST_CASE("DEL is sent again where the contact got another id meanwhile") {
  Desk desk;
  const std::string old_id = "94da7824-b64e-44ad-b267-38374a9d21af";
  desk.online();
  desk.session.remove(3, bob, desk.now);
  CHECK(desk.take() == Lines{"REM 7 FL " + old_id});
  desk.pass(30s);
  desk.session.add(4, bob, "Bob", desk.now);
  CHECK(desk.take() == Lines{"ADC 8 FL N=bob@example.com F=Bob"});
  desk.pass(30s);
  desk.session.remove(5, bob, desk.now);
  CHECK(desk.take() == Lines{"REM 9 FL " + old_id});
  desk.told();
  desk.hear_ns("REM 7 FL " + old_id + "\r\nADC 8 FL N=bob@example.com F=Bob C=" + carol_id +
               "\r\n");
  CHECK(desk.hear_ns("208 9\r\n") == Lines{"REM 10 FL " + carol_id});
  desk.hear_ns("REM 10 FL " + carol_id + "\r\n");
  CHECK(desk.told() ==
        Lines{"DELFL bob@example.com", "ADDFL bob@example.com", "DELFL bob@example.com"});
}

TEST_CASE("ADD is sent where a DEL was not answered, whatever older command is answered late") {
  Desk desk;
  desk.online();
  desk.session.add(3, carol, "Carol", desk.now);
  desk.take();
  desk.pass(30s);
  desk.session.remove(4, carol, desk.now);
  CHECK(desk.take() == Lines{"REM 8 FL carol@example.com"});
  desk.pass(30s);
  desk.hear_ns("ADC 7 FL N=carol@example.com F=Carol C=" + carol_id + "\r\n");
  desk.told();
  desk.session.add(5, carol, "Carol", desk.now);
  CHECK(desk.take() == Lines{"ADC 9 FL N=carol@example.com F=Carol"});
  CHECK(desk.told().empty());
}

TEST_CASE("ALLOW and DENY answer one who asks, with or without a pending list") {
  Desk desk;
  const std::string eve = "eve@example.com";
  const auto contact = [&] { return desk.session.roster().at(eve); };
  SECTION("with one") {
    desk.online("SYN 5 a b 1 0\r\nGTC A\r\nLST N=eve@example.com F=Eve 16\r\n");
    CHECK(contact().asks);
    SECTION("yes") {
      desk.session.allow(3, eve, desk.now);
      CHECK(desk.take() == Lines{"ADC 7 AL N=eve@example.com"});
      CHECK(desk.hear_ns("ADC 7 AL N=eve@example.com\r\n") == Lines{"ADC 8 RL N=eve@example.com"});
      CHECK(desk.hear_ns("ADC 8 RL N=eve@example.com\r\n") == Lines{"REM 9 PL eve@example.com"});
      CHECK(desk.hear_ns("REM 9 PL eve@example.com\r\n") == Lines{"finish 3"});
      CHECK(contact().lists == model::Lists{false, true, false, true});
    }
    SECTION("no") {
      desk.session.deny(3, eve, desk.now);
      CHECK(desk.take() == Lines{"ADC 7 RL N=eve@example.com"});
      CHECK(desk.hear_ns("ADC 7 RL N=eve@example.com\r\n") == Lines{"REM 8 PL eve@example.com"});
      CHECK(desk.hear_ns("REM 8 PL eve@example.com\r\n") == Lines{"finish 3"});
      CHECK(contact().lists == model::Lists{false, false, false, true});
    }
    CHECK_FALSE(contact().asks);
  }
  SECTION("without one") {
    const std::string asked = "SYN 5 a b 1 0\r\nGTC A\r\nLST N=eve@example.com F=Eve 8\r\n";
    desk.online(asked);
    CHECK(contact().asks);
    desk.session.deny(3, eve, desk.now);
    CHECK(desk.take() == Lines{"finish 3"});
    CHECK_FALSE(contact().asks);
    // The server goes on showing it; a later session knows better.
    const auto known = read_saved_lists(desk.remembered);
    desk.session.login(4, "alice@example.com", known, desk.now);
    desk.take();
    desk.answer_login(asked);
    CHECK_FALSE(contact().asks);
    desk.hear_ns("REM 0 RL eve@example.com\r\nADC 0 RL N=eve@example.com F=Eve\r\n");
    CHECK(contact().asks);
  }
  SECTION("a consent is taken back") {
    desk.online();
    CHECK_FALSE(desk.session.roster().at(bob).asks);
    desk.session.deny(3, bob, desk.now);
    CHECK(desk.take() == Lines{"REM 7 AL bob@example.com"});
    CHECK(desk.hear_ns("REM 7 AL bob@example.com\r\n") == Lines{"finish 3"});
    CHECK_FALSE(desk.session.roster().at(bob).asks);
    desk.session.allow(4, bob, desk.now);
    CHECK(desk.take() == Lines{"ADC 8 AL N=bob@example.com"});
    CHECK(desk.hear_ns("208 8\r\n") == Lines{"finish 4 failed"});
  }
}

TEST_CASE("one who was answered long ago is taken off the pending list at any login") {
  Desk desk;
  const std::string anybody = "SYN 5 a b 1 0\r\nGTC N\r\nBLP AL\r\n";
  desk.online(anybody +
              "LST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 11 \r\n");
  desk.lose();
  desk.session.set_privacy(3, {true, true}, desk.now);
  desk.take();
  CHECK(come_back(desk, anybody + "LST N=eve@example.com F=Eve 18\r\n") ==
        Lines{"GTC 6 A", "CHG 7 NLN 268435488", "ADC 8 RL N=eve@example.com"});
}

TEST_CASE("who is to be asked first is not let in before the server knows") {
  Desk desk;
  const std::string anybody = "SYN 5 a b 1 0\r\nGTC N\r\nBLP AL\r\n";
  desk.online(anybody +
              "LST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 11 \r\n");
  desk.lose();
  desk.session.set_privacy(3, {true, true}, desk.now);
  desk.take();
  CHECK(come_back(desk, anybody + "LST N=eve@example.com F=Eve 16\r\n") ==
        Lines{"GTC 6 A", "CHG 7 NLN 268435488"});
  CHECK(desk.hear_ns("GTC 6 A\r\n").empty());
}

TEST_CASE("a server that tells the same news for ever does not keep our verbs from going") {
  Desk desk;
  desk.online("SYN 5 a b 0 0\r\nGTC N\r\n");
  std::string news;
  for (int i = 0; i < 10'000; ++i) news += "ADC 0 RL N=eve@example.com F=Eve\r\n";
  CHECK(desk.hear_ns(news) == Lines{"ADC 7 AL N=eve@example.com"});
  desk.session.block(3, "eve@example.com", desk.now);
  desk.take();
  const auto said = desk.pass(130s);  // behind four steps that nobody answers
  CHECK(std::count_if(said.begin(), said.end(), [](const auto& line) {
          return line.starts_with("ADC") && line.ends_with(" BL N=eve@example.com");
        }) == 1);
}

TEST_CASE("whom we have removed is not let in again, though anybody may add us") {
  Desk desk;
  SECTION("without a pending list") {
    desk.session.login(1, "alice@example.com", SavedLists{{bob}, {}}, desk.now);
    desk.take();
    CHECK(desk.answer_login(
              "SYN 5 a b 1 0\r\nGTC N\r\nBLP BL\r\nLST N=bob@example.com F=Bob 8\r\n") ==
          Lines{"finish 1"});
  }
  SECTION("but who is news is") {
    desk.session.login(1, "alice@example.com", SavedLists{}, desk.now);
    desk.take();
    CHECK(desk.answer_login(
              "SYN 5 a b 1 0\r\nGTC N\r\nBLP BL\r\nLST N=bob@example.com F=Bob 8\r\n") ==
          Lines{"finish 1", "ADC 6 AL N=bob@example.com"});
    CHECK(desk.told() == Lines{"UADD bob@example.com"});
  }
}

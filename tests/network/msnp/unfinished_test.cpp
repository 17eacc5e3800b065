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

TEST_CASE("of two settings the one that the server has answered is newer than the one it has not") {
  Desk desk;
  desk.online();
  desk.session.set_status(3, model::Status::busy, desk.now);
  desk.session.set_status(4, model::Status::away, desk.now);
  desk.session.set_nick(5, "Old", desk.now);
  desk.session.set_nick(6, "New", desk.now);
  desk.take();
  CHECK(desk.hear_ns("CHG 8 AWY 0\r\nPRP 10 MFN New\r\n") == Lines{"finish 4", "finish 6"});
  accept(desk, {"finish 3", "finish 5"});
  desk.lose();
  CHECK(desk.session.self().status == model::Status::away);
  CHECK(come_back(desk, lists(11)) == Lines{"CHG 6 AWY 268435488"});
}

TEST_CASE("settings told as not done are not wanted after the return") {
  Desk desk;
  desk.online();
  desk.session.set_nick(3, "New", desk.now);
  desk.session.set_status(4, model::Status::busy, desk.now);
  desk.take();
  CHECK(desk.close(desk.ns) == Lines{"hang up", "finish 3 failed", "finish 4 failed"});
  CHECK(desk.session.self().nick.empty());
  CHECK(come_back(desk, lists(11)) == Lines{online_again});
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
      CHECK(come_back(desk, lists(11)) == Lines{online_again, "REM 7 AL bob@example.com"});
      desk.hear_ns("REM 7 AL bob@example.com\r\n");
      CHECK(desk.hear_ns("ADC 8 BL N=bob@example.com\r\n") == Lines{"REM 9 BL bob@example.com"});
      CHECK(desk.hear_ns("REM 9 BL bob@example.com\r\n") == Lines{"ADC 10 AL N=bob@example.com"});
    }
  }
  SECTION("one that waits behind its opposite") {
    desk.hear_ns("ADC 0 BL N=bob@example.com\r\nREM 0 AL bob@example.com\r\n");
    desk.session.unblock(3, bob, desk.now);
    desk.session.block(4, bob, desk.now);
    desk.take();
    accept(desk, {"finish 3", "finish 4"});
    desk.lose();
    CHECK(come_back(desk, lists(13)) == Lines{online_again, "REM 7 BL bob@example.com"});
    CHECK(desk.hear_ns("REM 7 BL bob@example.com\r\n") == Lines{"ADC 8 AL N=bob@example.com"});
    CHECK(desk.hear_ns("ADC 8 AL N=bob@example.com\r\n") == Lines{"REM 9 AL bob@example.com"});
    CHECK(desk.hear_ns("REM 9 AL bob@example.com\r\n") == Lines{"ADC 10 BL N=bob@example.com"});
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

TEST_CASE("a change of the lists that was told as not done is left alone") {
  Desk desk;
  desk.online();
  desk.session.block(3, bob, desk.now);
  desk.take();
  CHECK(desk.close(desk.ns) == Lines{"hang up", "finish 3 failed"});
  CHECK(come_back(desk, lists(11)) == Lines{online_again});
}

TEST_CASE("what was accepted and can never be carried out any more is told") {
  Desk desk;
  desk.online();
  desk.session.add(3, carol, "Carol", desk.now);
  desk.session.block(4, bob, desk.now);
  desk.take();
  accept(desk, {"finish 3", "finish 4"});
  desk.told();
  const Lines undone{"ERR TIMEOUT the session ended before the server answered for " + carol,
                     "ERR TIMEOUT the session ended before the server answered for " + bob};
  SECTION("logged in elsewhere") {
    desk.hear_ns("OUT OTH\r\n");
    CHECK(desk.told() ==
          Lines{"ERR SERV_DISC Server sent disconnect", undone[0], undone[1], "SCLOSE MAIN"});
  }
  SECTION("logged off") {
    desk.session.logoff(5, desk.now);
    desk.take();
    CHECK(desk.told() == undone);
  }
  SECTION("logged off while reconnecting") {
    desk.lose();
    desk.told();
    desk.session.logoff(5, desk.now);
    desk.take();
    CHECK(desk.told() == undone);
  }
  CHECK(desk.session.state() == State::offline);
  CHECK(desk.remembered.find("name carol") == std::string::npos);
  desk.login();
  CHECK(desk.take().empty());
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
      CHECK(desk.hear_ns("BLP 7 BL\r\n") == Lines{"finish 3", "BLP 8 AL"});
    }
    SECTION("later") {
      accept(desk, {"finish 3", "finish 4"});
      CHECK(desk.hear_ns("BLP 7 BL\r\n") == Lines{"BLP 8 AL"});
    }
    SECTION("never") {
      accept(desk, {"finish 3", "finish 4"});
      // It may have reached the server all the same.
      CHECK(desk.pass(27s) == Lines{"BLP 8 AL"});
      desk.hear_ns("BLP 7 BL\r\n");
    }
    CHECK(desk.hear_ns("BLP 8 AL\r\n").size() <= 1);
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
          Lines{"finish 3", "REM 10 BL bob@example.com"});
    CHECK(desk.hear_ns("REM 10 BL bob@example.com\r\n") == Lines{"ADC 11 AL N=bob@example.com"});
    CHECK(desk.hear_ns("ADC 11 AL N=bob@example.com\r\n") ==
          Lines{"finish 4", "REM 12 AL bob@example.com"});
    CHECK(desk.hear_ns("REM 12 AL bob@example.com\r\n") == Lines{"ADC 13 BL N=bob@example.com"});
    CHECK(desk.hear_ns("ADC 13 BL N=bob@example.com\r\n") == Lines{"finish 5"});
    CHECK(desk.session.roster().at(bob).lists.block);
  }
  SECTION("behind one that fails") {
    desk.session.block(3, carol, desk.now);
    desk.session.block(4, carol, desk.now);
    CHECK(desk.take() == Lines{"ADC 7 BL N=carol@example.com"});
    CHECK(desk.hear_ns("600 7\r\n") == Lines{"finish 3 failed", "ADC 8 BL N=carol@example.com"});
    CHECK(desk.hear_ns("ADC 8 BL N=carol@example.com\r\n") == Lines{"finish 4"});
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

TEST_CASE("UNBLOCK of somebody who is not blocked asks the server for nothing") {
  Desk desk;
  desk.online();
  desk.session.unblock(3, carol, desk.now);
  CHECK(desk.take() == Lines{"finish 3"});
  CHECK(desk.session.roster().count(carol) == 0);
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
    desk.session.login(1, "alice@example.com", Known{{bob}, {}}, desk.now);
    desk.take();
    CHECK(desk.answer_login(
              "SYN 5 a b 1 0\r\nGTC N\r\nBLP BL\r\nLST N=bob@example.com F=Bob 8\r\n") ==
          Lines{"finish 1"});
  }
  SECTION("but who is news is") {
    desk.session.login(1, "alice@example.com", Known{}, desk.now);
    desk.take();
    CHECK(desk.answer_login(
              "SYN 5 a b 1 0\r\nGTC N\r\nBLP BL\r\nLST N=bob@example.com F=Bob 8\r\n") ==
          Lines{"finish 1", "ADC 6 AL N=bob@example.com"});
    CHECK(desk.told() == Lines{"UADD bob@example.com"});
  }
}

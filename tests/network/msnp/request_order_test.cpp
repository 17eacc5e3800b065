// SPDX-License-Identifier: MIT
// Several requests about the same user or setting, and answers that are late or missing: the last
// request counts.
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

namespace {

const std::string bob = "bob@example.com";
const std::string carol = "carol@example.com";
const std::string carol_id = "11111111-2222-3333-4444-555555555555";

}  // namespace

TEST_CASE("the last of several requests counts however slow the server is") {
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
      CHECK(desk.pass(3s) == Lines{"finish 3", "finish 4"});
      CHECK(desk.hear_ns("BLP 7 BL\r\n") == Lines{"BLP 8 AL"});
    }
    SECTION("never and the previous one late") {
      CHECK(desk.pass(3s) == Lines{"finish 3", "finish 4"});
      CHECK(desk.pass(27s) == Lines{"BLP 8 AL"});
      desk.session.set_privacy(5, {false, true}, desk.now);
      desk.take();
      desk.hear_ns("BLP 7 BL\r\n");
      CHECK(desk.pass(30s) == Lines{"finish 5", "BLP 9 BL"});
      CHECK(desk.hear_ns("BLP 8 AL\r\nBLP 9 BL\r\n").empty());
      CHECK_FALSE(desk.session.self().privacy.open);
      return;
    }
    SECTION("never and the first one after the timeout of the second") {
      CHECK(desk.pass(3s) == Lines{"finish 3", "finish 4"});
      CHECK(desk.pass(27s) == Lines{"BLP 8 AL"});
      CHECK(desk.pass(30s).empty());
      desk.hear_ns(
          "BLP 7 BL\r\n");  // proves nothing: the server may still carry out the second one
      desk.session.set_privacy(5, {false, true}, desk.now);
      CHECK(desk.take() == Lines{"BLP 9 BL"});
      CHECK(desk.hear_ns("BLP 8 AL\r\nBLP 9 BL\r\n") == Lines{"finish 5"});
      CHECK_FALSE(desk.session.self().privacy.open);
      return;
    }
    SECTION("never") {
      CHECK(desk.pass(3s) == Lines{"finish 3", "finish 4"});
      // The server may have carried it out.
      CHECK(desk.pass(27s) == Lines{"BLP 8 AL"});
      desk.hear_ns("BLP 7 BL\r\n");
    }
    CHECK(desk.hear_ns("BLP 8 AL\r\n").size() <= 2);
    CHECK(desk.session.self().privacy.open);
  }
  SECTION("BLOCK and UNBLOCK and BLOCK") {
    desk.session.block(3, bob, desk.now);
    desk.session.unblock(4, bob, desk.now);
    desk.session.block(5, bob, desk.now);
    CHECK(desk.take() == Lines{"REM 7 AL bob@example.com"});
    desk.session.block(6, carol, desk.now);  // other users do not wait
    CHECK(desk.take() == Lines{"ADC 8 BL N=carol@example.com"});
    CHECK(desk.hear_ns("REM 7 AL bob@example.com\r\n") == Lines{"ADC 9 BL N=bob@example.com"});
    CHECK(desk.hear_ns("ADC 9 BL N=bob@example.com\r\n") ==
          Lines{"finish 3", "finish 4", "finish 5"});
    CHECK(desk.session.roster().at(bob).lists.block);
  }
  SECTION("BLOCK and ADD: not on both allow and block list") {
    desk.session.block(3, bob, desk.now);
    desk.session.remove(4, bob, desk.now);
    desk.session.add(5, bob, "Bob", desk.now);
    CHECK(desk.take() == Lines{"REM 7 AL bob@example.com"});
    CHECK(desk.hear_ns("REM 7 AL bob@example.com\r\n") == Lines{"ADC 8 BL N=bob@example.com"});
    CHECK(desk.hear_ns("ADC 8 BL N=bob@example.com\r\n") ==
          Lines{"finish 4", "finish 5", "finish 3"});
    CHECK(desk.session.roster().at(bob).lists == model::Lists{true, false, true, true});
  }
  SECTION("BLOCK that fails and UNBLOCK") {
    desk.session.block(3, carol, desk.now);
    CHECK(desk.take() == Lines{"ADC 7 BL N=carol@example.com"});
    desk.session.unblock(4, carol, desk.now);
    CHECK(desk.hear_ns("600 7\r\n") == Lines{"ADC 8 AL N=carol@example.com"});
    CHECK(desk.hear_ns("ADC 8 AL N=carol@example.com\r\n") == Lines{"finish 3", "finish 4"});
    CHECK(desk.told().empty());
  }
  SECTION("BLOCK twice and both fail") {
    desk.session.block(3, carol, desk.now);
    desk.session.block(4, carol, desk.now);
    CHECK(desk.take() == Lines{"ADC 7 BL N=carol@example.com"});
    CHECK(desk.hear_ns("600 7\r\n") == Lines{"finish 3 failed", "finish 4 failed"});
  }
  SECTION("DEL and ADD") {
    desk.told();
    desk.session.remove(3, bob, desk.now);
    const auto deleted = desk.take();
    REQUIRE(deleted.size() == 1);
    CHECK(desk.pass(3s) == Lines{"finish 3"});
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
  SECTION("ADD and DEL") {
    desk.told();
    desk.session.add(3, carol, "Carol", desk.now);
    desk.take();
    CHECK(desk.pass(3s) == Lines{"finish 3"});
    desk.session.remove(4, carol, desk.now);
    CHECK(desk.take().empty());
    CHECK(desk.hear_ns("ADC 7 FL N=carol@example.com F=Carol C=" + carol_id + "\r\n") ==
          Lines{"REM 8 FL " + carol_id});
    CHECK(desk.hear_ns("REM 8 FL " + carol_id + "\r\n") == Lines{"finish 4"});
    CHECK(desk.told() == Lines{"ADDFL carol@example.com", "DELFL carol@example.com"});
    CHECK(desk.session.roster().count(carol) == 0);
  }
  SECTION("ADD twice: the last name counts") {
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
    CHECK(desk.session.roster().at(carol).real_nick.empty());  // not the first name
  }
  SECTION("ADD of a contact: the last name counts") {
    desk.session.add(3, bob, "Bobby", desk.now);
    CHECK(desk.take() == Lines{"finish 3", "SBP 7 94da7824-b64e-44ad-b267-38374a9d21af MFN Bobby"});
    CHECK(desk.told().back() == "ERR 215 User already there WHO=bob@example.com REQUEST=ADD");
    desk.session.add(4, bob, bob, desk.now);
    CHECK(desk.take() == Lines{"finish 4"});
    CHECK(desk.session.roster().at(bob).nick == "Bobby");
    CHECK(desk.remembered.find("name bob@example.com Bobby\n") != std::string::npos);
  }
  SECTION("very many requests") {
    for (Token i = 0; i < 100'000; ++i) desk.session.unblock(100 + i, bob, desk.now);
    desk.session.block(3, bob, desk.now);
    CHECK(desk.take().size() == 100'001);  // Bob is not blocked: only the first one is sent
  }
  SECTION("very many requests after an outstanding one") {
    desk.session.block(3, carol, desk.now);
    for (Token i = 0; i < 100'000; ++i) desk.session.block(100 + i, carol, desk.now);
    CHECK(desk.take() == Lines{"ADC 7 BL N=carol@example.com"});
    CHECK(desk.hear_ns("ADC 7 BL N=carol@example.com\r\n").size() == 100'001);
  }
}

TEST_CASE("ADD that is answered by 215 sets the name of the contact") {
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

TEST_CASE("UNBLOCK of a user who is not blocked sends no command") {
  Desk desk;
  desk.online();
  desk.session.unblock(3, carol, desk.now);
  CHECK(desk.take() == Lines{"finish 3"});
  CHECK(desk.session.roster().count(carol) == 0);
}

TEST_CASE("BLOCK is sent if an UNBLOCK was not answered") {
  Desk desk;
  desk.online();
  desk.hear_ns("REM 0 AL bob@example.com\r\nADC 0 BL N=bob@example.com\r\n");
  desk.told();
  desk.session.unblock(3, bob, desk.now);
  CHECK(desk.take() == Lines{"REM 7 BL bob@example.com"});
  CHECK(desk.pass(30s) == Lines{"finish 3"});
  CHECK(desk.told() ==
        Lines{"ERR TIMEOUT the server did not answer WHO=bob@example.com REQUEST=UNBLOCK"});
  SECTION("the late answer arrives after BLOCK") {
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
  SECTION("the late answer arrives before BLOCK") {
    desk.hear_ns("REM 7 BL bob@example.com\r\n");
    desk.session.block(4, bob, desk.now);
    CHECK(desk.take() == Lines{"ADC 8 BL N=bob@example.com"});
    desk.hear_ns("ADC 8 BL N=bob@example.com\r\n");
  }
  CHECK(desk.session.roster().at(bob).lists.block);
  CHECK(desk.hear_ns("RNG 17 192.0.2.1:1864 CKI t bob@example.com Bob\r\n").empty());
}

TEST_CASE("DEL is sent again if the contact ID has changed") {
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

TEST_CASE("ADD is sent if a DEL was not answered in spite of older late answers") {
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

TEST_CASE("ALLOW and DENY answer a request with or without a pending list") {
  Desk desk;
  const std::string eve = "eve@example.com";
  const auto contact = [&] { return desk.session.roster().at(eve); };
  SECTION("with a pending list") {
    desk.online("SYN 5 a b 1 0\r\nGTC A\r\nLST N=eve@example.com F=Eve 16\r\n");
    CHECK(contact().asks);
    SECTION("accepted") {
      desk.session.allow(3, eve, desk.now);
      CHECK(desk.take() == Lines{"ADC 7 AL N=eve@example.com"});
      CHECK(desk.hear_ns("ADC 7 AL N=eve@example.com\r\n") == Lines{"ADC 8 RL N=eve@example.com"});
      CHECK(desk.hear_ns("ADC 8 RL N=eve@example.com\r\n") == Lines{"REM 9 PL eve@example.com"});
      CHECK(desk.hear_ns("REM 9 PL eve@example.com\r\n") == Lines{"finish 3"});
      CHECK(contact().lists == model::Lists{false, true, false, true});
    }
    SECTION("refused") {
      desk.session.deny(3, eve, desk.now);
      CHECK(desk.take() == Lines{"ADC 7 RL N=eve@example.com"});
      CHECK(desk.hear_ns("ADC 7 RL N=eve@example.com\r\n") == Lines{"REM 8 PL eve@example.com"});
      CHECK(desk.hear_ns("REM 8 PL eve@example.com\r\n") == Lines{"finish 3"});
      CHECK(contact().lists == model::Lists{false, false, false, true});
    }
    CHECK_FALSE(contact().asks);
  }
  SECTION("without a pending list") {
    const std::string asked = "SYN 5 a b 1 0\r\nGTC A\r\nLST N=eve@example.com F=Eve 8\r\n";
    desk.online(asked);
    CHECK(contact().asks);
    desk.session.deny(3, eve, desk.now);
    CHECK(desk.take() == Lines{"finish 3"});
    CHECK_FALSE(contact().asks);
    // The server still shows the request; the saved lists have the answer.
    const auto known = read_saved_lists(desk.remembered);
    desk.session.login(4, "alice@example.com", known, desk.now);
    desk.take();
    desk.answer_login(asked);
    CHECK_FALSE(contact().asks);
    desk.hear_ns("REM 0 RL eve@example.com\r\nADC 0 RL N=eve@example.com F=Eve\r\n");
    CHECK(contact().asks);
  }
  SECTION("DENY of an allowed contact") {
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

TEST_CASE("repeated ADC RL of the server do not delay requests") {
  Desk desk;
  desk.online("SYN 5 a b 0 0\r\nGTC N\r\n");
  std::string news;
  for (int i = 0; i < 10'000; ++i) news += "ADC 0 RL N=eve@example.com F=Eve\r\n";
  CHECK(desk.hear_ns(news) == Lines{"ADC 7 AL N=eve@example.com"});
  desk.session.block(3, "eve@example.com", desk.now);
  desk.take();
  const auto said = desk.pass(130s);  // after four commands without an answer
  CHECK(std::count_if(said.begin(), said.end(), [](const auto& line) {
          return line.starts_with("ADC") && line.ends_with(" BL N=eve@example.com");
        }) == 1);
}

TEST_CASE("a removed user is not allowed again by GTC N") {
  Desk desk;
  SECTION("without a pending list") {
    desk.session.login(1, "alice@example.com", SavedLists{{bob}, {}}, desk.now);
    desk.take();
    CHECK(desk.answer_login(
              "SYN 5 a b 1 0\r\nGTC N\r\nBLP BL\r\nLST N=bob@example.com F=Bob 8\r\n") ==
          Lines{"finish 1"});
  }
  SECTION("but a new one is") {
    desk.session.login(1, "alice@example.com", SavedLists{}, desk.now);
    desk.take();
    CHECK(desk.answer_login(
              "SYN 5 a b 1 0\r\nGTC N\r\nBLP BL\r\nLST N=bob@example.com F=Bob 8\r\n") ==
          Lines{"finish 1", "ADC 6 AL N=bob@example.com"});
    CHECK(desk.told() == Lines{"UADD bob@example.com"});
  }
}

// SPDX-License-Identifier: MIT
// The lists of a login: incomplete, late, changed meanwhile, and compared with the previous ones.
#include "core/network/msnp/limits.hpp"
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

namespace {

const std::string one = Desk::bob_listed().substr(Desk::bob_listed().find("LST"));
const std::string others =
    "LST N=carol@example.com F=Carol C=94da7824-b64e-44ad-b267-38374a9d21ae 11 \r\n"
    "LST N=dave@example.com F=Dave C=94da7824-b64e-44ad-b267-38374a9d21ad 11 \r\n";
const std::string promise_of_three = "SYN 5 a b 3 0\r\n";
const std::string three = promise_of_three + one + others;

std::vector<std::string> names(const Desk& desk) {
  std::vector<std::string> found;
  for (const auto& [email, contact] : desk.session.roster())
    found.push_back(email.substr(0, email.find('@')));
  return found;
}

}  // namespace

TEST_CASE(
    "incomplete lists are dropped and the next ones are compared with the last complete ones") {
  Desk desk;
  desk.online(three);
  desk.lose();
  desk.reconnect();
  SECTION("the connection was lost") {
    desk.answer_login(promise_of_three + one);
    CHECK(desk.session.state() == network::State::reconnecting);
    desk.close(desk.last);
    desk.reconnect();
  }
  SECTION("the server redirected the login") {
    desk.answer_login(promise_of_three + one + "CHL 0 1\r\nXFR 5 NS other.example:1863\r\n");
  }
  SECTION("the server restarted the login") {
    desk.answer_login(promise_of_three + one + "XFR 5 NS 0\r\n");
    desk.told();
    desk.answer_user("MSNP11", "alice@example.com 1 0", 6);
    desk.hear_ns("SYN 10" + three.substr(5));
  }
  if (desk.session.state() != network::State::online) {
    desk.told();
    desk.answer_login(three);
  }
  CHECK(desk.session.state() == network::State::online);
  CHECK(desk.told() == Lines{"SOPEN MAIN"});
  CHECK(names(desk) == Lines{"bob", "carol", "dave"});
}

TEST_CASE("incomplete lists fail the login and remove no contacts") {
  Desk desk;
  desk.online(three);
  desk.lose();
  desk.reconnect();
  desk.told();
  desk.answer_login(promise_of_three + one);
  SECTION("each line has its own deadline") {
    desk.pass(19s);
    desk.hear_ns(others.substr(0, others.find("LST", 3)));
    desk.pass(19s);
    desk.hear_ns(others.substr(others.find("LST", 3)));
    CHECK(desk.session.state() == network::State::online);
    CHECK(desk.told() == Lines{"SOPEN MAIN"});
    return;
  }
  CHECK(desk.pass(20s) == Lines{"hang up"});
  CHECK(desk.told().empty());
  CHECK(desk.session.state() == network::State::reconnecting);
  CHECK(names(desk) == Lines{"bob", "carol", "dave"});
  // The next complete lists count.
  desk.reconnect();
  desk.answer_login(Desk::bob_listed());
  CHECK(desk.told() == Lines{"SOPEN MAIN", "DELFL carol@example.com", "DELFL dave@example.com",
                             "UDEL carol@example.com", "UDEL dave@example.com"});
}

TEST_CASE("lists without counts and incomplete lists fail a login") {
  Desk desk;
  desk.session.login(1, "alice@example.com", {}, desk.now);
  desk.take();
  SECTION("no counts") {
    CHECK(desk.answer_login("SYN 5\r\n") == Lines{"hang up", "finish 1 failed"});
    CHECK(desk.errors.back().message ==
          "the server did not send the length of the contact list; msncd cannot use it");
  }
  SECTION("fewer lines than announced") {
    desk.answer_login(promise_of_three + one);
    CHECK(desk.pass(20s) == Lines{"hang up", "finish 1 failed"});
    CHECK(desk.errors.back().message ==
          "the server sent fewer contacts than it announced; try again later");
  }
  CHECK(desk.errors.back().code == ErrorCode::network);
  CHECK(desk.session.state() == network::State::offline);
  CHECK(desk.remembered.empty());
}

TEST_CASE("LST after the login is reported as the change that it is") {
  Desk desk;
  desk.online();
  desk.hear_ns(one);
  CHECK(desk.told().empty());
  desk.hear_ns("LST N=carol@example.com F=Carol C=94da7824-b64e-44ad-b267-38374a9d21ae 11 \r\n");
  CHECK(desk.told() == Lines{"ADDFL carol@example.com", "UADD carol@example.com"});
  desk.hear_ns("LST N=carol@example.com F=Carol 2\r\n");
  CHECK(desk.told() == Lines{"DELFL carol@example.com", "UDEL carol@example.com"});
  // A pending request that was answered before is answered again.
  CHECK(desk.hear_ns("LST N=dave@example.com F=Dave 18\r\n") ==
        Lines{"ADC 7 RL N=dave@example.com"});
  CHECK(desk.told() == Lines{"UADD dave@example.com"});
}

TEST_CASE("a phone number after an invalid LST is dropped") {
  Desk desk;
  desk.online("SYN 5 a b 2 0\r\n" + one + "BPR PHH 1\r\nLST nonsense\r\nBPR PHW 2\r\n");
  const auto& bob = desk.session.roster().at("bob@example.com");
  CHECK(bob.home_phone == "1");
  CHECK(bob.work_phone.empty());
}

TEST_CASE("changes of the reverse list during SYN are reported after it") {
  Desk desk;
  const std::string change = "ADC 0 RL N=eve@example.com F=Eve\r\nREM 0 RL bob@example.com\r\n";
  const Lines told{"UADD eve@example.com", "UDEL bob@example.com"};
  SECTION("at a login") {
    desk.session.login(1, "alice@example.com", {}, desk.now);
    desk.take();
    CHECK(desk.answer_login("SYN 5 a b 1 0\r\n" + change + one).front() == "finish 1");
    CHECK(desk.told() == told);
  }
  SECTION("while reconnecting") {
    desk.online();
    desk.lose();
    desk.reconnect();
    desk.told();
    desk.answer_login(change + "SYN 5 a b 1 0\r\n" + one);
    CHECK(desk.told() == Lines{"SOPEN MAIN", told[0], told[1]});
  }
  SECTION("but not those of a lost connection") {
    desk.online();
    desk.lose();
    desk.reconnect();
    desk.answer_login("SYN 5 a b 1 0\r\n" + change);
    desk.close(desk.last);
    desk.reconnect();
    desk.told();
    desk.answer_login(Desk::bob_listed());
    CHECK(desk.told() == Lines{"SOPEN MAIN"});
  }
  SECTION("their number is limited") {
    std::string flood = "SYN 5 a b 1 0\r\n";
    for (int i = 0; i < 3000; ++i)
      flood += "ADC 0 RL N=u" + std::to_string(i) + "@example.com F=U\r\n";
    desk.session.login(1, "alice@example.com", {}, desk.now);
    desk.take();
    desk.answer_login(flood + one);
    const auto told_of = desk.told().size();
    CHECK(told_of > 1000);
    CHECK(told_of < 2500);
  }
}

TEST_CASE("an error that answers QRY during SYN does not fail the login") {
  Desk desk;
  desk.session.login(1, "alice@example.com", {}, desk.now);
  desk.take();
  CHECK(desk.answer_login("CHL 0 15570131571988941333\r\n").front().starts_with("QRY 6 "));
  CHECK(desk.hear_ns("540 6\r\n").empty());
  desk.hear_ns(three);
  CHECK(desk.session.state() == network::State::online);
}

TEST_CASE("any other error during SYN fails the login") {
  Desk desk;
  desk.session.login(1, "alice@example.com", {}, desk.now);
  desk.take();
  CHECK(desk.answer_login("603 5\r\n") == Lines{"hang up", "finish 1 failed"});
}

TEST_CASE("the account's name may be missing in USR OK of MSNP8") {
  const auto nick = [](const std::string& ok) {
    Desk desk;
    desk.session.login(1, "alice@example.com", {}, desk.now);
    desk.take();
    desk.answer_user("MSNP8", ok);
    return desk.session.self().nick;
  };
  CHECK(nick("alice@example.com Alice%20A 1 0") == "Alice A");
  CHECK(nick("alice@example.com 1 0").empty());
  CHECK(nick("alice@example.com  1 0").empty());
  CHECK(nick("alice@example.com 7 1 0") == "7");
  CHECK(nick("alice@example.com Alice 1") == "Alice");
  CHECK(nick("alice@example.com Alice") == "Alice");
}

TEST_CASE("users on the reverse list count as asking only while PRIV requires consent") {
  Desk desk;
  desk.online("SYN 5 a b 1 0\r\nGTC A\r\nBLP AL\r\nLST N=eve@example.com F=Eve 16\r\n");
  CHECK(desk.session.roster().at("eve@example.com").asks);
  desk.hear_ns("GTC 0 N\r\n");
  CHECK_FALSE(desk.session.roster().at("eve@example.com").asks);
}

TEST_CASE("pending requests are accepted when PRIV requires no consent any more") {
  Desk desk;
  desk.online("SYN 5 a b 1 0\r\nGTC A\r\nBLP AL\r\nLST N=eve@example.com F=Eve 16\r\n");
  desk.session.set_privacy(3, {true, false}, desk.now);
  CHECK(desk.take() == Lines{"GTC 7 N"});
  CHECK(desk.hear_ns("GTC 7 N\r\n") == Lines{"ADC 8 AL N=eve@example.com", "finish 3"});
  CHECK(desk.hear_ns("ADC 8 AL N=eve@example.com\r\n") == Lines{"ADC 9 RL N=eve@example.com"});
}

// SPDX-License-Identifier: MIT
// Lists without sockets: cut short, late, from elsewhere, and compared with those of before.
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
    "lists that broke off are forgotten, and the next ones are compared with the last whole") {
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
  SECTION("the server passed us on") {
    desk.answer_login(promise_of_three + one + "CHL 0 1\r\nXFR 5 NS other.example:1863\r\n");
  }
  SECTION("the server wanted to begin again") {
    desk.answer_login(promise_of_three + one + "XFR 5 NS 0\r\n");
  }
  desk.told();
  desk.answer_login(three);
  CHECK(desk.session.state() == network::State::online);
  CHECK(desk.told() == Lines{"SOPEN MAIN"});
  CHECK(names(desk) == Lines{"bob", "carol", "dave"});
}

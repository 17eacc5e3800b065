// SPDX-License-Identifier: MIT
// The session without sockets: real waits in no time, and what servers do that no sound one would.
#include "core/network/msnp/session.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace msn;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

namespace {

// What the session wants, as text; the newest connection is the one that is spoken on.
class Desk {
 public:
  explicit Desk(double jitter = 0.0)
      : session({{"msn.example", 1863}, {}, [jitter] { return jitter; }}) {}

  std::vector<std::string> take() {
    std::vector<std::string> out;
    for (auto& action : session.take_actions()) {
      if (auto* connect = std::get_if<Connect>(&action)) {
        last = connect->id;
        out.push_back("connect " + connect->to.host + ":" + std::to_string(connect->to.port));
      } else if (auto* send = std::get_if<Send>(&action)) {
        out.push_back(send->octets.substr(0, send->octets.find('\r')));
      } else if (std::get_if<HangUp>(&action)) {
        out.push_back("hang up");
      } else if (auto* fetch = std::get_if<FetchTicket>(&action)) {
        ticket = fetch->number;
        out.push_back("fetch " + fetch->challenge);
      } else if (auto* emit = std::get_if<Emit>(&action)) {
        for (auto& event : emit->events) events.push_back(event);
      } else if (auto* finish = std::get_if<Finish>(&action)) {
        out.push_back("finish " + std::to_string(finish->token) +
                      (finish->result ? "" : " failed"));
      }
    }
    return out;
  }
  std::vector<std::string> hear(const std::string& octets) {
    session.received(last, octets, now);
    return take();
  }
  std::vector<std::string> wait_until(SteadyTime at) {
    now = at;
    session.on_time(now);
    return take();
  }
  // Answers the login dialogue on the newest connection; the lists are these.
  void answer_login(const std::string& lists = "SYN 5 a b 0 0\r\n") {
    ns = last;
    session.connected(last, now);
    hear("VER 1 MSNP11\r\n");
    hear("CVR 2 1 1 1 x x\r\n");
    hear("USR 3 TWN S abc\r\n");
    session.ticket(ticket, std::string("t=1"), now);
    hear("USR 4 OK alice@example.com 1 0\r\n");
    hear(lists);
  }
  void login(const std::string& lists = "SYN 5 a b 0 0\r\n") {
    session.login(1, "alice@example.com", {}, now);
    take();
    answer_login(lists);
    REQUIRE(session.state() == network::State::online);
    events.clear();
  }
  void online() {
    login(
        "SYN 5 a b 1 0\r\nLST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 11 "
        "\r\n");
    session.set_status(2, model::Status::online, now);
    take();
    hear("CHG 6 NLN 0\r\n");
  }

  Session session;
  SteadyTime now{1h};
  ConnectionId last = 0, ns = 0;
  std::uint64_t ticket = 0;
  std::vector<model::Event> events;
};

using Lines = std::vector<std::string>;

}  // namespace

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
  desk.answer_login(
      "SYN 5 a b 1 0\r\nLST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 11 "
      "\r\n");
  CHECK(desk.session.state() == network::State::online);
  desk.session.closed(desk.ns, "gone", desk.now);
  desk.take();
  CHECK(*desk.session.deadline() - desk.now == 5s);
}

TEST_CASE("the jitter takes off up to a quarter, and maintenance waits longer") {
  Desk desk(1.0);
  desk.online();
  SECTION("a loss") {
    desk.session.closed(desk.ns, "gone", desk.now);
    desk.take();
    CHECK(*desk.session.deadline() - desk.now == 3750ms);
  }
  SECTION("maintenance") {
    desk.hear("OUT SSD\r\n");
    CHECK(*desk.session.deadline() - desk.now == 120s);
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
  CHECK(desk.events == std::vector<model::Event>{model::Failed{"x", "bob@example.com", "no answer"},
                                                 model::Closed{"bob@example.com", 1}});
  CHECK(desk.session.self().queued == 0);
}

TEST_CASE("verbs are answered after 3 seconds at the latest, what came of them is told later") {
  Desk desk;
  desk.online();
  desk.session.add(3, "carol@example.com", "Carol", desk.now);
  CHECK(desk.take() == Lines{"ADC 7 FL N=carol@example.com F=Carol"});
  CHECK(desk.wait_until(desk.now + 3s) == Lines{"finish 3"});
  CHECK(desk.hear("208 7\r\n").empty());
  CHECK(desk.events == std::vector<model::Event>{model::ErrorEvent{"208", "Invalid username"}});
  // The name went with the attempt.
  desk.session.add(4, "carol@example.com", "carol@example.com", desk.now);
  desk.take();
  desk.hear("ADC 8 FL N=carol@example.com F=Caro C=94da7824-b64e-44ad-b267-000000000000\r\n");
  CHECK(desk.session.roster().at("carol@example.com").shown_nick() == "Caro");
}

TEST_CASE("who waits for an answer when the session ends gets one") {
  Desk desk;
  desk.online();
  desk.session.set_nick(3, "A", desk.now);
  desk.session.add(4, "carol@example.com", "Carol", desk.now);
  desk.take();
  desk.session.closed(desk.ns, "gone", desk.now);
  auto actions = desk.take();
  CHECK(std::count(actions.begin(), actions.end(), "finish 3 failed") == 1);
  CHECK(std::count(actions.begin(), actions.end(), "finish 4 failed") == 1);
}

TEST_CASE("a flood of challenges, rings or list entries costs no more than it should") {
  Desk desk;
  desk.online();
  std::string flood;
  for (int i = 0; i < 3000; ++i) flood += "CHL 0 1\r\n";
  CHECK(desk.hear(flood).size() <= limits::open_transactions + 1);
  flood.clear();
  for (int i = 0; i < 3000; ++i)
    flood += "RNG " + std::to_string(i) + " 127.0.0.1:1864 CKI x eve@example.com Eve\r\n";
  CHECK(desk.hear(flood).size() == limits::conversations);
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
  Known known;
  known.reverse = {"bob@example.com", "carol@example.com"};
  known.names = {{"bob@example.com",
                  "B\xC3\xB6"
                  "b 100% \n"}};
  const auto text = write_known(known);
  CHECK(text ==
        "reverse bob@example.com\nreverse carol@example.com\nname bob@example.com "
        "B%C3%B6b%20100%25%20%0A\n");
  known.names = {{"bob@example.com",
                  "B\xC3\xB6"
                  "b 100% "}};  // controls do not come back
  CHECK(read_known(text) == known);
  CHECK(read_known("garbage\nreverse nobody\nname bob@example.com\nreverse\n\n") == Known{});
}

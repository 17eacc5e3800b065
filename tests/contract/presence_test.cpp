// SPDX-License-Identifier: MIT
#include "tests/contract/bench.hpp"

#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::test;
using model::Status;

namespace {

// Waits until all earlier events have arrived, by a message from the other user: so that "no event"
// can be checked without a delay.
void settle(Peer& from, Peer& to) {
  static int number = 0;
  const std::string text = "settle " + std::to_string(++number);
  REQUIRE(from.send(to.email, text));
  REQUIRE(to.until([&] {
    const auto texts = to.texts(from.email);
    return !texts.empty() && texts.back() == text;
  }));
}

// Like it, if one of the two has no status yet and maybe cannot send: then waits until a third user
// has received a message from `seen`.
void settle_unseen(Bench& bench, Peer& from, Peer& to, Peer& seen) {
  if (bench.abilities().sends_before_status)
    settle(from, to);
  else
    settle(seen, bench.online("third"));
}

std::vector<std::string> statuses(const Peer& peer, const std::string& of) {
  std::vector<std::string> found;
  for (const auto& change : peer.said.all<model::StatusChange>())
    if (change.email == of) found.push_back(change.status);
  return found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("contacts see every visible status and our own is no event") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    for (const auto& row : model::statuses()) {
      if (row.status == Status::invisible || row.status == Status::online) continue;
      REQUIRE(alice.status(row.status));
      CHECK(alice.network->self().status == row.status);
      REQUIRE(bob.hears(status_event(alice.email, std::string(row.name))));
      CHECK(bob.contact(alice.email)->status == row.status);
    }
    CHECK(statuses(alice, alice.email).empty());
  });
}

TEST_CASE("contacts look offline before the first status and then their states arrive") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice", Status::online);
    Peer& bob = bench.online("bob", Status::online);
    Peer& carol = bench.online("carol", Status::online);
    bench.befriend(alice, bob);
    bench.befriend(alice, carol);
    REQUIRE(carol.logoff());
    REQUIRE(alice.logoff());
    REQUIRE(bob.status(Status::lunch));
    alice.said.events.clear();

    REQUIRE(alice.login());
    CHECK(alice.contact(bob.email)->status == Status::offline);
    REQUIRE(alice.status(Status::online));
    REQUIRE(alice.hears(status_event(bob.email, "lunch")));
    CHECK(alice.contact(bob.email)->status == Status::lunch);
    settle(bob, alice);
    CHECK(statuses(alice, bob.email) == Names{"lunch"});
    CHECK(statuses(alice, carol.email).empty());
  });
}

TEST_CASE("a contact added before the first status looks offline until then") {
  on_every_network([](Bench& bench) {
    Peer& bob = bench.online("bob");
    Peer& alice = bench.peer("alice");
    REQUIRE(alice.login());
    REQUIRE(alice.add(bob.email));
    REQUIRE(alice.hears(model::ContactAdded{bob.email}));
    settle_unseen(bench, bob, alice, bob);
    CHECK(statuses(alice, bob.email).empty());
    CHECK(alice.contact(bob.email)->status == Status::offline);
    REQUIRE(alice.status(Status::online));
    REQUIRE(alice.hears(status_event(bob.email, "online")));
    CHECK(statuses(alice, bob.email) == Names{"online"});
  });
}

TEST_CASE("we look offline before the first status of a session") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.logoff());
    REQUIRE(bob.hears(status_event(alice.email, "offline")));
    bob.said.events.clear();
    REQUIRE(alice.login());
    settle_unseen(bench, alice, bob, bob);
    CHECK(statuses(bob, alice.email).empty());
    REQUIRE(alice.status(Status::brb));
    REQUIRE(bob.hears(status_event(alice.email, "brb")));
  });
}

TEST_CASE("a log-off is seen as offline with no message discarded") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.logoff());
    REQUIRE(bob.hears(model::StatusChange{alice.email, "offline", 0}));
    CHECK(bob.contact(alice.email)->status == Status::offline);
  });
}

TEST_CASE("status offline looks like a log-off but keeps the session and what it sees") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.status(Status::offline));
    REQUIRE(bob.hears(status_event(alice.email, "offline")));
    CHECK(alice.network->state() == network::State::online);
    CHECK_FALSE(alice.network->roster().empty());
    REQUIRE(bob.status(Status::phone));
    REQUIRE(alice.hears(status_event(bob.email, "phone")));
    REQUIRE(alice.status(Status::online));
    REQUIRE(bob.until([&] {
      return statuses(bob, alice.email) == Names{"online", "offline", "online"};
    }));
  });
}

TEST_CASE("an invisible user looks offline and still sees others") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.status(Status::invisible));
    REQUIRE(bob.hears(status_event(alice.email, "offline")));
    REQUIRE(bob.status(Status::busy));
    REQUIRE(alice.hears(status_event(bob.email, "busy")));
    // A name changed while invisible is not reported.
    REQUIRE(alice.nick("Ghost"));
    REQUIRE(alice.status(Status::offline));
    settle(bob, bench.online("carol"));
    CHECK(statuses(bob, alice.email) == Names{"online", "offline"});
    CHECK(bob.contact(alice.email)->real_nick.empty());
    REQUIRE(bob.login());
    CHECK(bob.contact(alice.email)->real_nick.empty() == !bench.lists_tell_all_names());
    REQUIRE(bob.status(Status::online));
    REQUIRE(alice.status(Status::away));
    REQUIRE(bob.hears(status_event(alice.email, "away")));
    CHECK(bob.contact(alice.email)->real_nick == "Ghost");
  });
}

TEST_CASE("presence is reported to users who have us as a contact") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    REQUIRE(alice.add(bob.email));
    REQUIRE(alice.hears(status_event(bob.email, "online")));
    REQUIRE(alice.status(Status::busy));
    settle(alice, bob);
    CHECK(statuses(bob, alice.email).empty());
    CHECK(bob.contact(alice.email)->status == Status::offline);
    REQUIRE(alice.remove(bob.email));
    REQUIRE(alice.hears(model::ContactRemoved{bob.email}));
    REQUIRE(bob.status(Status::away));
    settle(bob, alice);
    CHECK(statuses(alice, bob.email) == Names{"online"});
  });
}

TEST_CASE("a blocked contact sees us offline until unblocked") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.block(bob.email));
    CHECK(alice.contact(bob.email)->lists == model::Lists{true, false, true, true});
    REQUIRE(bob.hears(status_event(alice.email, "offline")));
    REQUIRE(alice.status(Status::away));
    REQUIRE(bob.status(Status::busy));  // the blocker still sees the blocked user
    REQUIRE(alice.hears(status_event(bob.email, "busy")));
    REQUIRE(alice.nick("Not For Bob"));
    settle(alice, bob);
    CHECK(bob.contact(alice.email)->real_nick.empty());
    CHECK(statuses(bob, alice.email) == Names{"online", "offline"});
    REQUIRE(bob.login());
    REQUIRE(bob.status(Status::busy));
    CHECK(bob.contact(alice.email)->real_nick.empty() == !bench.lists_tell_all_names());
    REQUIRE(alice.unblock(bob.email));
    CHECK(alice.contact(bob.email)->lists == model::Lists{true, true, false, true});
    REQUIRE(bob.hears(status_event(alice.email, "away")));
  });
}

TEST_CASE("a block survives adding the contact again") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.block(bob.email));
    REQUIRE(alice.remove(bob.email));
    CHECK(alice.contact(bob.email)->lists == model::Lists{false, false, true, true});
    REQUIRE(alice.add(bob.email));
    REQUIRE(alice.until([&] { return alice.said.count(model::ContactAdded{bob.email}) == 2; }));
    CHECK(alice.contact(bob.email)->lists == model::Lists{true, false, true, true});
  });
}

TEST_CASE("with privacy 0 only contacts see us") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    Peer& carol = bench.online("carol");
    bench.befriend(alice, bob);
    REQUIRE(carol.add(alice.email));
    REQUIRE(carol.hears(status_event(alice.email, "online")));

    REQUIRE(alice.privacy(false, true));
    CHECK_FALSE(alice.network->self().privacy.open);
    REQUIRE(carol.hears(status_event(alice.email, "offline")));
    REQUIRE(alice.status(Status::busy));
    REQUIRE(bob.hears(status_event(alice.email, "busy")));
    CHECK(statuses(carol, alice.email) == Names{"online", "offline"});

    REQUIRE(alice.add(carol.email));
    REQUIRE(carol.hears(status_event(alice.email, "busy")));
    REQUIRE(alice.remove(carol.email));
    REQUIRE(carol.until([&] {
      return statuses(carol, alice.email) == Names{"online", "offline", "busy", "offline"};
    }));
    REQUIRE(alice.privacy(true, true));
    REQUIRE(carol.until([&] { return statuses(carol, alice.email).size() == 5; }));
    CHECK(statuses(carol, alice.email).back() == "busy");
    CHECK(statuses(bob, alice.email) == Names{"online", "busy"});
  });
}

TEST_CASE("blocking ourselves or an invalid address is an error at once") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    CHECK(alice.block(alice.email).error().code == ErrorCode::invalid);
    CHECK(alice.block("bob").error().code == ErrorCode::invalid);
    CHECK(alice.network->roster().empty());
    REQUIRE(alice.unblock("bob@example.org"));  // no error, although not blocked
    CHECK(alice.network->roster().empty());
  });
}

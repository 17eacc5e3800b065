// SPDX-License-Identifier: MIT
// Contact requests: asking for consent, allow and deny.
#include "tests/contract/bench.hpp"

#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::test;
using model::Lists;
using model::Status;

namespace {

// Runs the body on every network with consent; bob has added alice.
void on_every_network_that_asks(const std::function<void(Bench&, Peer& alice, Peer& bob)>& body) {
  on_every_network([&](Bench& bench) {
    Peer& alice = bench.online("alice");
    const auto known = alice.allow("bob@example.org");
    if (!known && known.error().code == ErrorCode::unsupported) return;
    REQUIRE(alice.deny("bob@example.org"));
    Peer& carol = bench.online("carol");
    Peer& bob = bench.online("robert");
    REQUIRE(bob.add(carol.email));
    REQUIRE(bob.hears(model::ContactAdded{carol.email}));
    REQUIRE(carol.hears(model::AddedYou{bob.email}));
    body(bench, carol, bob);
  });
}

bool asks(const Peer& peer, const Peer& other) {
  const auto* contact = peer.contact(other.email);
  return contact && contact->asks;
}

}  // namespace

TEST_CASE("a user who adds us asks until we allow") {
  on_every_network_that_asks([](Bench&, Peer& alice, Peer& bob) {
    CHECK(asks(alice, bob));
    REQUIRE(alice.logoff());
    REQUIRE(alice.login());
    CHECK(asks(alice, bob));
    REQUIRE(alice.allow(bob.email));
    CHECK_FALSE(asks(alice, bob));
    CHECK(alice.contact(bob.email)->lists == Lists{false, true, false, true});
    REQUIRE(alice.login());
    CHECK_FALSE(asks(alice, bob));
    CHECK(alice.contact(bob.email)->lists == Lists{false, true, false, true});
  });
}

TEST_CASE("a denied user asks no more and deny withdraws consent") {
  on_every_network_that_asks([](Bench&, Peer& alice, Peer& bob) {
    SECTION("at once") {}
    SECTION("after consent") {
      REQUIRE(alice.allow(bob.email));
    }
    REQUIRE(alice.deny(bob.email));
    CHECK_FALSE(asks(alice, bob));
    CHECK(alice.contact(bob.email)->lists == Lists{false, false, false, true});
    REQUIRE(alice.login());
    CHECK_FALSE(asks(alice, bob));
    CHECK(alice.contact(bob.email)->lists == Lists{false, false, false, true});
    // And in the other direction.
    REQUIRE(alice.allow(bob.email));
    CHECK(alice.contact(bob.email)->lists.allow);
  });
}

TEST_CASE("adding or blocking a user who asks is an answer") {
  on_every_network_that_asks([](Bench&, Peer& alice, Peer& bob) {
    SECTION("added") {
      REQUIRE(alice.add(bob.email));
      REQUIRE(alice.hears(model::ContactAdded{bob.email}));
    }
    SECTION("blocked") {
      REQUIRE(alice.block(bob.email));
    }
    CHECK_FALSE(asks(alice, bob));
    REQUIRE(alice.login());
    CHECK_FALSE(asks(alice, bob));
  });
}

TEST_CASE("without PRIV a no user asks") {
  on_every_network_that_asks([](Bench&, Peer& alice, Peer& bob) {
    REQUIRE(alice.privacy(true, false));
    CHECK_FALSE(asks(alice, bob));
    REQUIRE(alice.login());
    CHECK_FALSE(asks(alice, bob));
  });
}

TEST_CASE("with privacy 0 an allowed user sees us and can write to us until denied") {
  on_every_network_that_asks([](Bench& bench, Peer& alice, Peer& bob) {
    if (!bench.abilities().reports_blocks) return;
    REQUIRE(alice.privacy(false, true));
    REQUIRE(bob.hears(status_event(alice.email, "offline")));
    REQUIRE(alice.allow(bob.email));
    REQUIRE(bob.until([&] { return bob.said.count(status_event(alice.email, "online")) == 2; }));
    REQUIRE(bob.send(alice.email, "thanks"));
    REQUIRE(alice.until([&] { return alice.texts(bob.email).size() == 1; }));
    REQUIRE(alice.deny(bob.email));
    REQUIRE(bob.until([&] { return bob.said.count(status_event(alice.email, "offline")) == 2; }));
    if (bench.has_server()) return;  // a server may not support PRIV; the client enforces it
    REQUIRE(bob.send(alice.email, "please"));
    REQUIRE(bob.hears_error("217", "User not online"));
  });
}

TEST_CASE("allow does not unblock") {
  on_every_network_that_asks([](Bench&, Peer& alice, Peer& bob) {
    REQUIRE(alice.block(bob.email));
    REQUIRE(alice.allow(bob.email));
    CHECK(alice.contact(bob.email)->lists == Lists{false, false, true, true});
    REQUIRE(alice.login());
    CHECK(alice.contact(bob.email)->lists == Lists{false, false, true, true});
  });
}

TEST_CASE("with privacy 0 a denied contact sees us offline and cannot write to us") {
  on_every_network_that_asks([](Bench& bench, Peer& alice, Peer& bob) {
    if (bench.abilities().consent) return;
    REQUIRE(alice.add(bob.email));
    REQUIRE(alice.hears(model::ContactAdded{bob.email}));
    REQUIRE(alice.privacy(false, true));
    REQUIRE(bob.hears(status_event(alice.email, "online")));
    REQUIRE(bob.send(alice.email, "first"));
    REQUIRE(alice.until([&] { return alice.texts(bob.email).size() == 1; }));
    REQUIRE(alice.deny(bob.email));
    CHECK(alice.contact(bob.email)->lists == Lists{true, false, false, true});
    REQUIRE(bob.hears(status_event(alice.email, "offline")));
    if (!bench.has_server()) {  // a server may not support PRIV; the client enforces it
      REQUIRE(bob.send(alice.email, "please"));
      REQUIRE(bob.hears_error("217", "User not online"));
    }
    const auto before = bob.said.count(status_event(alice.email, "online"));
    REQUIRE(alice.allow(bob.email));
    CHECK(alice.contact(bob.email)->lists == Lists{true, true, false, true});
    REQUIRE(bob.until(
        [&] { return bob.said.count(status_event(alice.email, "online")) == before + 1; }));
    REQUIRE(bob.send(alice.email, "thanks"));
    REQUIRE(alice.until([&] { return alice.texts(bob.email).size() == 2; }));
    CHECK(alice.texts(bob.email).back() == "thanks");
  });
}

TEST_CASE("with privacy 1 a denied user sees us and can write to us") {
  on_every_network_that_asks([](Bench& bench, Peer& alice, Peer& bob) {
    if (bench.abilities().consent) return;
    SECTION("a contact") {
      REQUIRE(alice.add(bob.email));
      REQUIRE(alice.hears(model::ContactAdded{bob.email}));
    }
    SECTION("not a contact") {}
    REQUIRE(bob.hears(status_event(alice.email, "online")));
    REQUIRE(alice.deny(bob.email));
    REQUIRE(alice.status(Status::away));
    REQUIRE(bob.hears(status_event(alice.email, "away")));
    CHECK_FALSE(bob.said.has(status_event(alice.email, "offline")));
    REQUIRE(bob.send(alice.email, "hi"));
    REQUIRE(alice.until([&] { return alice.texts(bob.email).size() == 1; }));
  });
}

TEST_CASE("a removed contact asks no more until they add us again") {
  on_every_network_that_asks([](Bench&, Peer& alice, Peer& bob) {
    REQUIRE(alice.add(bob.email));
    REQUIRE(alice.hears(model::ContactAdded{bob.email}));
    REQUIRE(alice.remove(bob.email));
    REQUIRE(alice.hears(model::ContactRemoved{bob.email}));
    CHECK_FALSE(asks(alice, bob));
    REQUIRE(alice.login());
    CHECK_FALSE(asks(alice, bob));
    CHECK(alice.contact(bob.email)->lists == Lists{false, false, false, true});
    REQUIRE(bob.remove(alice.email));
    REQUIRE(alice.hears(model::RemovedYou{bob.email}));
    REQUIRE(bob.add(alice.email));
    REQUIRE(alice.until([&] { return alice.said.count(model::AddedYou{bob.email}) == 2; }));
    CHECK(asks(alice, bob));
    REQUIRE(alice.login());
    CHECK(asks(alice, bob));
  });
}

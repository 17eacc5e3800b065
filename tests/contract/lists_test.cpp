// SPDX-License-Identifier: MIT
#include "tests/contract/bench.hpp"

#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::test;
using model::Status;

TEST_CASE("add is accepted and then reported by an event on both sides") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    REQUIRE(alice.add(bob.email, "Bob B"));
    REQUIRE(alice.hears(model::ContactAdded{bob.email}));
    REQUIRE(bob.hears(model::AddedYou{alice.email}));
    REQUIRE(alice.hears(status_event(bob.email, "online")));

    const auto* contact = alice.contact(bob.email);
    REQUIRE(contact);
    CHECK(contact->nick == "Bob B");
    CHECK(contact->shown_nick() == "Bob B");
    CHECK(contact->lists.forward);
    CHECK(contact->lists.allow);
    CHECK_FALSE(contact->lists.reverse);
    CHECK(contact->status == Status::online);
    REQUIRE(bob.contact(alice.email));
    CHECK(bob.contact(alice.email)->lists.reverse);
    CHECK_FALSE(bob.contact(alice.email)->lists.forward);
  });
}

TEST_CASE("the roster is up to date when the event arrives") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bool reverse_known = false, forward_known = false, status_known = false;
    bob.said.on_event = [&] {
      if (bob.said.has(model::AddedYou{alice.email})) {
        const auto* contact = bob.contact(alice.email);
        reverse_known = contact && contact->lists.reverse;
      }
    };
    alice.said.on_event = [&] {
      const auto* contact = alice.contact(bob.email);
      if (alice.said.has(model::ContactAdded{bob.email}))
        forward_known = contact && contact->lists.forward;
      if (alice.said.has(status_event(bob.email, "online")))
        status_known = contact && contact->status == Status::online;
    };
    REQUIRE(alice.add(bob.email));
    REQUIRE(alice.hears(status_event(bob.email, "online")));
    REQUIRE(bob.hears(model::AddedYou{alice.email}));
    CHECK(reverse_known);
    CHECK(forward_known);
    CHECK(status_known);
  });
}

TEST_CASE("after ContactAdded a contact looks offline until the next status event") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.peer("bob");
    REQUIRE(alice.add(bob.email));
    REQUIRE(alice.hears(model::ContactAdded{bob.email}));
    CHECK(alice.contact(bob.email)->status == Status::offline);
    REQUIRE(bob.login());
    REQUIRE(bob.status(Status::away));
    REQUIRE(alice.hears(status_event(bob.email, "away")));
    CHECK(alice.contact(bob.email)->status == Status::away);
  });
}

TEST_CASE("a failed add is reported by an event with the network's number") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.peer("bob");
    REQUIRE(alice.add(bob.email, "Bob"));
    REQUIRE(alice.hears(model::ContactAdded{bob.email}));
    SECTION("an existing contact: 215") {
      REQUIRE(alice.add(bob.email, "Other"));
      REQUIRE(alice.hears_error("215", "User already there"));
    }
    SECTION("the same in another case: 215") {
      REQUIRE(alice.add("BOB@Example.ORG", "Other"));
      REQUIRE(alice.hears_error("215", "User already there"));
    }
    SECTION("an invalid address: 205") {
      REQUIRE(alice.add("bob", "Bob"));
      REQUIRE(alice.hears_error("205", "Invalid user"));
      CHECK_FALSE(alice.contact("bob"));
    }
    SECTION("ourselves: 201") {
      REQUIRE(alice.add(alice.email, "Me"));
      REQUIRE(alice.hears_error("201", "Invalid parameter"));
      CHECK_FALSE(alice.contact(alice.email));
    }
    CHECK(alice.said.all<model::ContactAdded>().size() == 1);
  });
}

TEST_CASE("adding an existing contact changes the nick unless the new one is empty") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.peer("bob");
    REQUIRE(alice.add(bob.email, "Bob"));
    REQUIRE(alice.hears(model::ContactAdded{bob.email}));
    REQUIRE(alice.add(bob.email, "Other"));
    REQUIRE(alice.hears_error("215", "User already there"));
    REQUIRE(alice.add(bob.email, bob.email));
    REQUIRE(alice.add(bob.email, ""));
    CHECK(alice.contact(bob.email)->nick == "Other");
    REQUIRE(alice.logoff());
    REQUIRE(alice.login());
    CHECK(alice.contact(bob.email)->nick == "Other");
  });
}

TEST_CASE("remove is reported by an event on both sides and changes the lists") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.remove(bob.email));
    REQUIRE(alice.hears(model::ContactRemoved{bob.email}));
    REQUIRE(bob.hears(model::RemovedYou{alice.email}));
    // The contact still has us as a contact.
    REQUIRE(alice.contact(bob.email));
    CHECK_FALSE(alice.contact(bob.email)->lists.forward);
    CHECK(alice.contact(bob.email)->lists.reverse);
    CHECK(alice.contact(bob.email)->status == Status::offline);
    CHECK_FALSE(bob.contact(alice.email)->lists.reverse);
    CHECK(bob.contact(alice.email)->lists.forward);

    REQUIRE(bob.remove(alice.email));
    REQUIRE(alice.hears(model::RemovedYou{bob.email}));
    CHECK_FALSE(alice.contact(bob.email));
    CHECK(alice.remove(bob.email).error().code == ErrorCode::unknown_contact);
  });
}

TEST_CASE("lists and nick and privacy and blocks are kept and complete at login's Done") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    Peer& carol = bench.online("carol");
    bench.befriend(alice, bob);
    REQUIRE(carol.add(alice.email));
    REQUIRE(alice.hears(model::AddedYou{carol.email}));
    REQUIRE(alice.rename(bob.email, "Robert"));
    REQUIRE(alice.block(carol.email));
    REQUIRE(alice.nick("Alice A"));
    REQUIRE(alice.privacy(false, true));
    REQUIRE(alice.logoff());

    REQUIRE(alice.login());
    CHECK(alice.network->self().nick == "Alice A");
    CHECK_FALSE(alice.network->self().privacy.open);
    CHECK(alice.network->self().privacy.ask);
    REQUIRE(alice.network->roster().size() == 2);
    CHECK(alice.contact(bob.email)->nick == "Robert");
    CHECK(alice.contact(bob.email)->lists == model::Lists{true, true, false, true});
    CHECK(alice.contact(bob.email)->status == Status::offline);
    CHECK(alice.contact(carol.email)->lists == model::Lists{false, false, true, true});
  });
}

TEST_CASE("users who added or removed us while offline are reported at the next login") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.peer("bob");
    REQUIRE(alice.add(bob.email));
    REQUIRE(alice.hears(model::ContactAdded{bob.email}));
    REQUIRE(bob.login());
    CHECK(bob.contact(alice.email)->lists.reverse);
    REQUIRE(bob.hears(model::AddedYou{alice.email}));
    REQUIRE(bob.logoff());

    REQUIRE(alice.remove(bob.email));
    REQUIRE(alice.hears(model::ContactRemoved{bob.email}));
    REQUIRE(bob.login());
    REQUIRE(bob.hears(model::RemovedYou{alice.email}));
    CHECK_FALSE(bob.contact(alice.email));
    CHECK(bob.said.count(model::AddedYou{alice.email}) == 1);
  });
}

TEST_CASE("rename changes only our own list and is no event") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    const auto events = alice.said.events.size();
    REQUIRE(alice.rename(bob.email, "Bobby"));
    CHECK(alice.contact(bob.email)->shown_nick() == "Bobby");
    CHECK(alice.said.events.size() == events);
    CHECK(alice.rename("nobody@example.org", "N").error().code == ErrorCode::unknown_contact);
  });
}

TEST_CASE("names may be any text without control characters") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.nick("Zoë 100% ☺\n\x07\x1b[31mERR"));
    REQUIRE(bob.until([&] { return bob.contact(alice.email)->real_nick == "Zoë 100% ☺[31mERR"; }));
    CHECK(alice.network->self().nick == "Zoë 100% ☺[31mERR");
    REQUIRE(alice.rename(bob.email, "two\r\nlines\x7f ÿ"));
    CHECK(alice.contact(bob.email)->nick == "twolines ÿ");
  });
}

TEST_CASE("contacts who gave us no nick see our own once we are online") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    CHECK(bob.contact(alice.email)->shown_nick() == alice.email);
    const auto before = bob.said.events.size();
    REQUIRE(alice.nick("Alice in Chains"));
    REQUIRE(bob.until([&] { return bob.contact(alice.email)->real_nick == "Alice in Chains"; }));
    CHECK(bob.said.events.size() == before);  // a new name is no status change
    CHECK(bob.contact(alice.email)->shown_nick() == "Alice in Chains");
    CHECK(bob.contact(alice.email)->nick.empty());
  });
}

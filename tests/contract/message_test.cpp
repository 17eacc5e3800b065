// SPDX-License-Identifier: MIT
#include "tests/contract/bench.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace msn;
using namespace msn::test;
using model::Status;

using Texts = std::vector<std::string>;

TEST_CASE("a message arrives as sent with the headers of plain text") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.wait([&](auto done) {
      alice.network->send({bob.email, {"  hi Bob ", "", "coffee? ☕ 100%", ""}, {}}, done);
    }));
    REQUIRE(bob.until([&] { return !bob.texts(alice.email).empty(); }));
    const auto message = bob.said.all<model::Message>().front();
    CHECK(message.email == alice.email);
    CHECK(message.text == "  hi Bob \n\ncoffee? ☕ 100%\n");
    CHECK(message.headers ==
          std::vector<std::pair<std::string, std::string>>{
              {"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=UTF-8"}});
    // The sender gets no event for a message to an online user.
    if (bench.abilities().flushed_means_kept) CHECK(alice.said.all<model::Flushed>().empty());
  });
}

// The daemon itself records messages that it sends, so a Said event would duplicate them.
TEST_CASE("a network does not report a message sent by send() as Said") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.send(bob.email, "plain"));
    REQUIRE(alice.send(bob.email, "named", "id-1"));
    REQUIRE(alice.hears(model::Sent{"id-1", bob.email}));
    REQUIRE(bob.send(alice.email, "yes?"));
    REQUIRE(alice.until([&] { return alice.texts(bob.email) == Texts{"yes?"}; }));
    CHECK(alice.said.all<model::Said>().empty());
    CHECK(bob.said.all<model::Said>().empty());
  });
}

TEST_CASE("messages keep their order in both directions") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    Texts wanted;
    int done = 0;
    for (int i = 0; i < 200; ++i) {
      wanted.push_back(std::to_string(i));
      alice.network->send({bob.email, {wanted.back()}, {}},
                          [&](const Result<void>& r) { done += r.has_value(); });
      bob.network->send({alice.email, {wanted.back()}, {}},
                        [&](const Result<void>& r) { done += r.has_value(); });
    }
    REQUIRE(alice.until([&] {
      return done == 400 && alice.texts(bob.email).size() >= 200 &&
             bob.texts(alice.email).size() >= 200;
    }));
    CHECK(alice.texts(bob.email) == wanted);
    CHECK(bob.texts(alice.email) == wanted);
  });
}

TEST_CASE("a message from a stranger arrives") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    REQUIRE(alice.send(bob.email, "hello stranger"));
    REQUIRE(bob.until([&] { return bob.texts(alice.email) == Texts{"hello stranger"}; }));
    CHECK(bob.network->roster().empty());
  });
}

TEST_CASE("a message to an address that is neither a contact nor an account fails at once") {
  on_every_network([](Bench& bench) {
    if (!bench.abilities().rejects_unknown_addresses) return;
    Peer& alice = bench.online("alice");
    CHECK(alice.send("nobody@example.org", "hi").error().code == ErrorCode::unknown_contact);
    REQUIRE(alice.add("nobody@example.org"));
    REQUIRE(alice.send("nobody@example.org", "hi"));
  });
}

TEST_CASE("a message that fails does not affect others") {
  on_every_network([](Bench& bench) {
    if (!bench.abilities().rejects_unknown_addresses) return;
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    std::vector<bool> done;
    for (const auto& to : {bob.email, std::string("nobody@example.org"), bob.email})
      alice.network->send({to, {std::to_string(done.size())}, {}},
                          [&](const Result<void>& r) { done.push_back(r.has_value()); });
    REQUIRE(bob.until([&] { return done.size() == 3 && bob.texts(alice.email).size() == 2; }));
    CHECK(done == std::vector<bool>{true, false, true});
  });
}

TEST_CASE("a message to an offline user is delivered at login and reported to the sender") {
  on_every_network([](Bench& bench) {
    if (!bench.abilities().offline_messages) return;
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(bob.logoff());
    REQUIRE(alice.hears(status_event(bob.email, "offline")));
    REQUIRE(alice.send(bob.email, "one"));
    REQUIRE(alice.send(bob.email, "two", "id-2"));
    REQUIRE(alice.send(bob.email, "three", "id-3"));
    CHECK(alice.network->self().queued == 3);
    CHECK(alice.said.all<model::Flushed>().empty());

    REQUIRE(bob.login());
    REQUIRE(bob.status(Status::online));
    REQUIRE(bob.until([&] { return bob.texts(alice.email) == Texts{"one", "two", "three"}; }));
    REQUIRE(alice.hears(model::Sent{"id-3", bob.email}));
    CHECK(alice.said.count(model::Flushed{bob.email}) == 1);
    CHECK(alice.said.count(model::Sent{"id-2", bob.email}) == 1);
    CHECK(alice.said.count(model::Sent{"id-3", bob.email}) == 1);
    CHECK(alice.network->self().queued == 0);
    // MFLUSH is first, then the outcomes.
    const auto& events = alice.said.events;
    const auto flushed =
        std::find(events.begin(), events.end(), model::Event(model::Flushed{bob.email}));
    const auto sent =
        std::find(events.begin(), events.end(), model::Event(model::Sent{"id-2", bob.email}));
    CHECK(flushed < sent);
  });
}

TEST_CASE("a delivered message with an identity gets exactly one Sent") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.send(bob.email, "hi", "a.b-c_1"));
    REQUIRE(alice.hears(model::Sent{"a.b-c_1", bob.email}));
    CHECK(bob.texts(alice.email) == Texts{"hi"});
    CHECK(alice.said.all<model::Sent>().size() == 1);
    CHECK(alice.said.all<model::Failed>().empty());
  });
}

TEST_CASE("Sent follows only after the recipient has stored the message") {
  on_every_network([](Bench& bench) {
    if (!bench.abilities().sent_means_stored) return;
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    bob.said.stores = false;
    REQUIRE(alice.send(bob.email, "hi", "x"));
    REQUIRE(bob.until([&] { return bob.texts(alice.email) == Texts{"hi"}; }));
    // A later event, which would arrive before a delayed Sent.
    REQUIRE(bob.send(alice.email, "yes?"));
    REQUIRE(alice.until([&] { return alice.texts(bob.email) == Texts{"yes?"}; }));
    CHECK(alice.said.all<model::Sent>().empty());
    REQUIRE(bob.said.unstored.size() == 1);
    bob.said.unstored.front()();
    REQUIRE(alice.hears(model::Sent{"x", bob.email}));
  });
}

TEST_CASE("while our status is offline messages are refused with 913") {
  on_every_network([](Bench& bench) {
    if (bench.abilities().sends_while_offline) return;
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.status(Status::offline));
    REQUIRE(alice.send(bob.email, "psst"));
    REQUIRE(alice.hears_error("913", "Not allowed when offline"));
    REQUIRE(alice.send(bob.email, "psst", "x"));
    REQUIRE(alice.hears(model::Failed{"x", bob.email, "913 Not allowed when offline"}));
    REQUIRE(alice.status(Status::online));
    REQUIRE(alice.send(bob.email, "now"));
    REQUIRE(bob.until([&] { return !bob.texts(alice.email).empty(); }));
    CHECK(bob.texts(alice.email) == Texts{"now"});
    CHECK(alice.said.all<model::ErrorEvent>().size() == 1);
    CHECK(alice.said.all<model::Failed>().size() == 1);
  });
}

TEST_CASE("a blocked sender gets 217 and the message does not arrive") {
  on_every_network([](Bench& bench) {
    if (!bench.abilities().reports_blocks) return;
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.block(bob.email));
    REQUIRE(bob.hears(status_event(alice.email, "offline")));
    REQUIRE(bob.send(alice.email, "let me in"));
    REQUIRE(bob.hears_error("217", "User not online"));
    REQUIRE(bob.send(alice.email, "let me in", "x"));
    REQUIRE(bob.hears(model::Failed{"x", alice.email, "217 User not online"}));
    CHECK(bob.said.all<model::ErrorEvent>().size() == 1);
    REQUIRE(bob.typing(alice.email));
    REQUIRE(alice.unblock(bob.email));
    REQUIRE(bob.send(alice.email, "thanks"));
    REQUIRE(alice.until([&] { return !alice.texts(bob.email).empty(); }));
    CHECK(alice.texts(bob.email) == Texts{"thanks"});
    CHECK(alice.said.all<model::Typing>().empty());
  });
}

TEST_CASE("with privacy 0 only contacts can write to us and others get 217") {
  on_every_network([](Bench& bench) {
    if (!bench.abilities().reports_blocks) return;
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    Peer& carol = bench.online("carol");
    bench.befriend(alice, bob);
    REQUIRE(alice.privacy(false, false));
    REQUIRE(carol.send(alice.email, "buy this"));
    REQUIRE(carol.hears_error("217", "User not online"));
    REQUIRE(bob.send(alice.email, "hi"));
    REQUIRE(alice.until([&] { return alice.texts(bob.email) == Texts{"hi"}; }));
    CHECK(alice.texts(carol.email).empty());
  });
}

TEST_CASE("typing is reported only to users who are online") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.typing(bob.email));
    REQUIRE(bob.hears(model::Typing{alice.email}));
    REQUIRE(bob.logoff());
    REQUIRE(alice.hears(status_event(bob.email, "offline")));
    REQUIRE(alice.typing(bob.email));
    REQUIRE(bob.login());
    REQUIRE(bob.status(Status::online));
    REQUIRE(alice.send(bob.email, "back?"));
    REQUIRE(bob.until([&] { return bob.texts(alice.email) == Texts{"back?"}; }));
    CHECK(bob.said.all<model::Typing>().size() == 1);
  });
}

TEST_CASE("events that were not stored when the daemon died are delivered again") {
  on_every_network([](Bench& bench) {
    if (!bench.abilities().offline_messages) return;
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(alice.send(bob.email, "stored", "1"));
    REQUIRE(alice.hears(model::Sent{"1", bob.email}));
    bob.said.stores = false;
    REQUIRE(alice.send(bob.email, "not stored", "2"));
    REQUIRE(bob.until([&] { return bob.texts(alice.email).size() == 2; }));
    bob.network.reset();
    bob.said.unstored.clear();

    Peer& again = bench.peer("bob");
    REQUIRE(again.login());
    REQUIRE(again.until([&] { return !again.texts(alice.email).empty(); }));
    REQUIRE(alice.hears(model::Sent{"2", bob.email}));
    CHECK(again.texts(alice.email) == Texts{"not stored"});
    CHECK(alice.said.all<model::Sent>().size() == 2);
  });
}

TEST_CASE("a listener that keeps marks gets an event once even after a crash before stored") {
  on_every_network([](Bench& bench) {
    if (!bench.abilities().offline_messages) return;
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    REQUIRE(bob.logoff());
    bob.said.keeps_marks = true;
    REQUIRE(bob.login());
    bob.said.stores = false;
    REQUIRE(alice.send(bob.email, "in the log", "1"));
    REQUIRE(bob.until([&] { return bob.texts(alice.email) == Texts{"in the log"}; }));
    const auto marks = bob.said.marks;
    bob.network.reset();

    Peer& again = bench.peer("bob");
    again.said.keeps_marks = true;
    again.said.marks = marks;
    REQUIRE(again.login());
    // The network gets `stored` and continues.
    REQUIRE(alice.send(bob.email, "after", "2"));
    REQUIRE(again.until([&] { return !again.texts(alice.email).empty(); }));
    CHECK(again.texts(alice.email) == Texts{"after"});
    REQUIRE(again.status(Status::online));
    REQUIRE(alice.hears(model::Sent{"1", bob.email}));
    REQUIRE(alice.hears(model::Sent{"2", bob.email}));
  });
}

TEST_CASE("a mark from another database skips no event") {
  on_every_network([](Bench& bench) {
    if (!bench.abilities().offline_messages) return;
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    Peer& carol = bench.online("carol");
    REQUIRE(bob.logoff());
    REQUIRE(carol.logoff());
    carol.said.keeps_marks = true;
    REQUIRE(carol.login());
    REQUIRE(alice.send(bob.email, "still waiting"));
    REQUIRE(alice.send(carol.email, "for the mark"));
    REQUIRE(carol.until([&] { return !carol.said.marks[carol.email].empty(); }));

    // Carol's mark is newer than all of Bob's messages, but is not of his inbox.
    bob.said.keeps_marks = true;
    bob.said.marks[bob.email] = carol.said.marks[carol.email];
    REQUIRE(bob.login());
    REQUIRE(bob.until([&] { return bob.texts(alice.email) == Texts{"still waiting"}; }));
  });
}

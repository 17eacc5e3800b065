// SPDX-License-Identifier: MIT
#include "core/network/registry.hpp"
#include "tests/contract/bench.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace msn;
using namespace msn::test;
using model::Status;
using network::State;

TEST_CASE("every compiled-in network is tested for the contract") {
  std::set<std::string_view> tested;
  for (const auto& maker : benches()) tested.insert(maker.network);
  for (const auto* driver : network::drivers()) {
    INFO(driver->name);
    CHECK(tested.count(driver->name) == 1);
    CHECK(network::find_driver(driver->name) == driver);
    CHECK_FALSE(driver->summary.empty());
    for (const auto& setting : driver->settings) CHECK_FALSE(setting.help.empty());
  }
  CHECK(network::find_driver("no such network") == nullptr);
}

TEST_CASE("a setting that a network does not have is a usage error that names it") {
  on_every_network([](Bench& bench) {
    RecordingListener listener;
    for (const auto* driver : network::drivers()) {
      const auto made = driver->create(
          {{"colour", "blue"}}, {bench.loop, listener, bench.clock, bench.log, "/nonexistent"});
      REQUIRE_FALSE(made);
      CHECK(made.error().code == ErrorCode::usage);
      CHECK(made.error().message.find("colour") != std::string::npos);
    }
  });
}

TEST_CASE("a network starts offline and login and log-off change its state") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.peer("alice");
    CHECK(alice.network->state() == State::offline);
    const std::string server = alice.network->self().server;
    CHECK(server.empty() == !bench.has_server());
    REQUIRE(alice.login());
    CHECK(alice.network->state() == State::online);
    CHECK(alice.network->self().server == server);
    CHECK(alice.network->self().email == alice.email);
    CHECK_FALSE(alice.network->self().status);
    REQUIRE(alice.logoff());
    CHECK(alice.network->state() == State::offline);
    CHECK(alice.network->roster().empty());
    CHECK(alice.network->self().server == server);
    CHECK(alice.said.events.empty());
    CHECK(alice.said.states.empty());
  });
}

TEST_CASE("a wrong password is refused with 911 and leaves the network offline and usable") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.peer("alice");
    const auto refused = alice.login("wrong");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::login_refused);
    CHECK(refused.error().number == 911);
    CHECK(refused.error().message == "Authentication failed");
    CHECK(alice.network->state() == State::offline);
    REQUIRE(alice.login());
    CHECK(alice.network->state() == State::online);
  });
}

TEST_CASE("a failed login over a session leaves the network offline") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    REQUIRE_FALSE(alice.login("wrong"));
    CHECK(alice.network->state() == State::offline);
    CHECK(alice.status(Status::online).error().code == ErrorCode::not_logged_in);
  });
}

TEST_CASE("a network creates accounts and changes passwords or reports unsupported") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    auto& network = *alice.network;
    const auto register_new = [&] {
      return alice.wait([&](auto done) {
        network.create_account({"new@example.org", network::Secret(std::string("first"))}, done);
      });
    };
    const auto change = [&](const std::string& old, const std::string& next) {
      return alice.wait([&](auto done) {
        network.change_password(network::Secret(old), network::Secret(next), done);
      });
    };
    if (bench.abilities().registers) {
      REQUIRE(register_new());
      CHECK(register_new().error().code == ErrorCode::exists);
      Peer& fresh = bench.peer_of("new");
      CHECK(fresh.login("second").error().code == ErrorCode::login_refused);
      CHECK(fresh.login("first"));
    } else {
      CHECK(register_new().error().code == ErrorCode::unsupported);
    }
    if (bench.abilities().changes_password) {
      CHECK(change("wrong", "new").error().number == 911);
      REQUIRE(change("secret", "new"));
      CHECK(network.state() == State::online);
      REQUIRE(alice.status(Status::away));
      REQUIRE(alice.logoff());
      CHECK(change("new", "newer").error().code == ErrorCode::not_logged_in);
      CHECK(alice.login("secret").error().number == 911);
      CHECK(alice.login("new"));
    } else {
      CHECK(change("secret", "new").error().code == ErrorCode::unsupported);
    }
  });
}

TEST_CASE("without a session every operation but login fails with not_logged_in") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.peer("alice");
    const std::string bob = "bob@example.org";
    CHECK(alice.logoff().error().code == ErrorCode::not_logged_in);
    CHECK(alice.status(Status::away).error().code == ErrorCode::not_logged_in);
    CHECK(alice.nick("A").error().code == ErrorCode::not_logged_in);
    CHECK(alice.privacy(true, true).error().code == ErrorCode::not_logged_in);
    CHECK(alice.add(bob).error().code == ErrorCode::not_logged_in);
    CHECK(alice.remove(bob).error().code == ErrorCode::not_logged_in);
    CHECK(alice.rename(bob, "B").error().code == ErrorCode::not_logged_in);
    CHECK(alice.block(bob).error().code == ErrorCode::not_logged_in);
    CHECK(alice.unblock(bob).error().code == ErrorCode::not_logged_in);
    CHECK(alice.send(bob, "hi").error().code == ErrorCode::not_logged_in);
    CHECK(alice.typing(bob).error().code == ErrorCode::not_logged_in);
  });
}

TEST_CASE("Done is called exactly once and never inside the operation") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.peer("alice");
    auto& network = *alice.network;
    std::vector<int> calls(5, 0);
    bool inside = true;
    const auto counter = [&](std::size_t at) {
      return [&, at](const Result<void>&) {
        CHECK_FALSE(inside);
        ++calls[at];
      };
    };
    network.typing("bob@example.org", counter(0));  // there is no session yet
    network.login({alice.email, network::Secret("secret")}, counter(1));
    inside = false;
    REQUIRE(alice.until([&] { return calls[0] == 1 && calls[1] == 1; }));
    inside = true;
    network.set_status(Status::online, counter(2));
    network.add("not an address", "x", counter(3));
    network.logoff(counter(4));
    inside = false;
    REQUIRE(alice.until([&] { return calls[4] == 1; }));
    REQUIRE(alice.until([&] { return calls[2] + calls[3] == 2; }));
    REQUIRE(alice.login());
    CHECK(calls == std::vector<int>{1, 1, 1, 1, 1});
  });
}

TEST_CASE("a log-off cancels a login in progress completely") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.peer("alice");
    std::vector<Result<void>> results;
    const auto keep = [&](Result<void> result) { results.push_back(std::move(result)); };
    alice.network->login({alice.email, network::Secret("secret")}, keep);
    CHECK(alice.network->state() == State::connecting);
    REQUIRE(alice.logoff());
    CHECK(alice.network->state() == State::offline);
    CHECK(alice.network->roster().empty());
    // The next login may begin before the previous one is answered.
    REQUIRE(alice.login());
    REQUIRE(alice.until([&] { return !results.empty(); }));
    REQUIRE_FALSE(results[0]);
    CHECK(results[0].error().code == ErrorCode::network);
    CHECK(results[0].error().message == "logged off meanwhile");
    CHECK(alice.network->state() == State::online);
    REQUIRE(alice.status(Status::online));
    CHECK(results.size() == 1);
    CHECK(alice.said.events.empty());
    CHECK(alice.said.states.empty());
  });
}

TEST_CASE("a network that is destroyed while busy calls nothing any more") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    int calls = 0;
    for (int i = 0; i < 50; ++i)
      alice.network->send({bob.email, {"hello"}, {}}, [&](const Result<void>&) { ++calls; });
    alice.network->login({alice.email, network::Secret("secret")},
                         [&](const Result<void>&) { ++calls; });
    alice.network.reset();
    const auto events = alice.said.events.size();
    REQUIRE(bob.hears(status_event(alice.email, "offline")));
    CHECK(calls == 0);
    CHECK(alice.said.events.size() == events);
  });
}

TEST_CASE("a network can be destroyed inside a Done or an event") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.peer("alice");
    bool called = false;
    alice.network->login({alice.email, network::Secret("secret")}, [&](const Result<void>&) {
      called = true;
      alice.network.reset();
    });
    REQUIRE(alice.until([&] { return called; }));
    CHECK(alice.network == nullptr);

    Peer& bob = bench.online("bob");
    bob.said.on_event = [&] { bob.network.reset(); };
    bench.have_account("carol@example.org");
    bob.network->add("carol@example.org", "Carol", [](const Result<void>&) {});
    REQUIRE(bob.until([&] { return !bob.network; }));
    CHECK(bob.said.has(model::ContactAdded{"carol@example.org"}));
  });
}

TEST_CASE("a second login of an account ends the first with events in this order") {
  on_every_network([](Bench& bench) {
    Peer& first = bench.online("alice");
    Peer& second = bench.peer("alice");
    REQUIRE(second.login());
    REQUIRE(first.until([&] { return !first.said.states.empty(); }));
    CHECK(first.said.states == std::vector<State>{State::offline});
    CHECK(first.network->state() == State::offline);
    CHECK(first.network->roster().empty());
    REQUIRE(first.said.events.size() == 2);
    const auto* why = std::get_if<model::ErrorEvent>(&first.said.events[0]);
    REQUIRE(why);
    CHECK(*why == network::logged_in_elsewhere());
    CHECK(first.said.events[1] == model::Event(model::Closed{}));
    CHECK(first.status(Status::online).error().code == ErrorCode::not_logged_in);
    CHECK(second.network->state() == State::online);
    REQUIRE(second.status(Status::busy));
    // And in the other direction.
    REQUIRE(first.login());
    REQUIRE(second.until([&] { return !second.said.states.empty(); }));
    CHECK(first.network->state() == State::online);
  });
}

TEST_CASE("a login over a session of the same daemon is a silent log-off first") {
  on_every_network([](Bench& bench) {
    Peer& alice = bench.online("alice");
    Peer& bob = bench.online("bob");
    bench.befriend(alice, bob);
    const auto events = alice.said.events.size();
    REQUIRE(alice.login());
    REQUIRE(bob.hears(status_event(alice.email, "offline")));
    CHECK(alice.said.events.size() == events);
    CHECK(alice.said.states.empty());
    CHECK_FALSE(alice.network->self().status);
    REQUIRE(alice.contact(bob.email));
    CHECK(alice.contact(bob.email)->status == Status::offline);
  });
}

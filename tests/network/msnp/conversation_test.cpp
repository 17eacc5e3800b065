// SPDX-License-Identifier: MIT
#include "tests/network/msnp/msn_bench.hpp"

#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::test;
using model::Status;
using Texts = std::vector<std::string>;

TEST_CASE("two networks exchange messages in both directions") {
  MsnBench bench;
  SECTION("in MSNP11") {}
  SECTION("in MSNP12") {
    bench.server.manners.versions = {"MSNP12"};
  }
  SECTION("in MSNP8") {
    bench.server.manners.versions = {"MSNP8"};
  }
  SECTION("one byte at a time") {
    bench.server.manners.chop = 1;
  }
  bench.server.befriend("alice@example.com", "bob@example.com");
  Peer& alice = bench.online("alice");
  Peer& bob = bench.online("bob");
  REQUIRE(alice.hears(status_event(bob.email, "online")));
  REQUIRE(bob.hears(status_event(alice.email, "online")));

  REQUIRE(alice.wait([&](auto done) {
    alice.network->send({bob.email,
                         {"Hello Bob,", "",
                          "Gr\xC3\xBC\xC3\x9F"
                          "e \xF0\x9F\x98\x80 "},
                         "1"},
                        done);
  }));
  REQUIRE(alice.hears(model::Sent{"1", bob.email}));
  REQUIRE(bob.until([&] { return bob.texts(alice.email).size() == 1; }));
  CHECK(bob.said.all<model::Message>().front() ==
        model::Message{alice.email,
                       {{"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=UTF-8"}},
                       "Hello Bob,\n\nGr\xC3\xBC\xC3\x9F"
                       "e \xF0\x9F\x98\x80 ",
                       {}});
  CHECK(alice.said.all<model::Flushed>() == std::vector{model::Flushed{bob.email}});

  REQUIRE(bob.typing(alice.email));
  REQUIRE(alice.hears(model::Typing{bob.email}));
  REQUIRE(bob.send(alice.email, "Hi Alice", "2"));
  REQUIRE(bob.hears(model::Sent{"2", alice.email}));
  REQUIRE(alice.until([&] { return alice.texts(bob.email) == Texts{"Hi Alice"}; }));
  // It was sent in the open conversation.
  CHECK(bench.server.switchboards() == 1);
  CHECK(bob.said.all<model::Flushed>().empty());
  CHECK(alice.said.all<model::ErrorEvent>().empty());
}

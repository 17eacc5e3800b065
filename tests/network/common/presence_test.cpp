// SPDX-License-Identifier: MIT
#include "core/network/common/presence.hpp"

#include <catch2/catch.hpp>

using namespace msn::network;
using namespace std::chrono_literals;
using msn::model::Status;
using Names = std::vector<std::string>;

TEST_CASE("a status is told when it is another one than was told last") {
  ToldPresence told;
  CHECK_FALSE(told.announce("bob", Status::offline));
  CHECK(told.announce("bob", Status::away));
  CHECK_FALSE(told.announce("bob", Status::away));
  CHECK(told.announce("bob", Status::offline));
  told.announce("bob", Status::busy);
  told.remove("bob");
  told.add("bob");
  CHECK(told.announce("bob", Status::busy));
}

TEST_CASE("after a loss contacts that were there are awaited, and gone if they are not announced") {
  ToldPresence told;
  told.announce("bob", Status::online);
  told.announce("carol", Status::away);
  told.announce("dave", Status::online);
  told.announce("dave", Status::offline);
  CHECK_FALSE(told.awaited("bob"));
  told.lose();
  CHECK(told.settling());
  CHECK_FALSE(told.deadline());
  CHECK(told.awaited("bob"));
  CHECK_FALSE(told.awaited("dave"));
  CHECK_FALSE(told.awaited("eve"));
  CHECK_FALSE(told.announce("bob", Status::online));
  CHECK_FALSE(told.awaited("bob"));
  told.settle_at(SteadyTime{1h});
  CHECK(told.deadline() == SteadyTime{1h});
  SECTION("once") {
    CHECK(told.settle() == Names{"carol"});
    CHECK(told.announce("carol", Status::offline));
  }
  SECTION("after another loss") {
    told.lose();
    CHECK_FALSE(told.deadline());
    CHECK(told.settle() == Names{"bob", "carol"});
  }
  CHECK_FALSE(told.settling());
  CHECK_FALSE(told.deadline());
}

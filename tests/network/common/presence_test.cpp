// SPDX-License-Identifier: MIT
#include "core/network/common/presence.hpp"

#include <catch2/catch.hpp>

using namespace msn::network;
using namespace std::chrono_literals;
using msn::model::Status;
using Names = std::vector<std::string>;

TEST_CASE("a status is reported if it differs from the last reported one") {
  ReportedPresence reported;
  CHECK_FALSE(reported.announce("bob", Status::offline));
  CHECK(reported.announce("bob", Status::away));
  CHECK_FALSE(reported.announce("bob", Status::away));
  CHECK(reported.announce("bob", Status::offline));
  reported.announce("bob", Status::busy);
  reported.remove("bob");
  reported.add("bob");
  CHECK(reported.announce("bob", Status::busy));
}

TEST_CASE("after a disconnect contacts that are not announced again go offline") {
  ReportedPresence reported;
  reported.announce("bob", Status::online);
  reported.announce("carol", Status::away);
  reported.announce("dave", Status::online);
  reported.announce("dave", Status::offline);
  CHECK_FALSE(reported.awaited("bob"));
  reported.on_disconnect();
  CHECK(reported.settling());
  CHECK_FALSE(reported.deadline());
  CHECK(reported.awaited("bob"));
  CHECK_FALSE(reported.awaited("dave"));
  CHECK_FALSE(reported.awaited("eve"));
  CHECK_FALSE(reported.announce("bob", Status::online));
  CHECK_FALSE(reported.awaited("bob"));
  reported.settle_at(SteadyTime{1h});
  CHECK(reported.deadline() == SteadyTime{1h});
  SECTION("once") {
    CHECK(reported.settle() == Names{"carol"});
    CHECK(reported.announce("carol", Status::offline));
  }
  SECTION("after another disconnect") {
    reported.on_disconnect();
    CHECK_FALSE(reported.deadline());
    CHECK(reported.settle() == Names{"bob", "carol"});
  }
  CHECK_FALSE(reported.settling());
  CHECK_FALSE(reported.deadline());
}

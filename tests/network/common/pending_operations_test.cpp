// SPDX-License-Identifier: MIT
#include "core/network/common/promises.hpp"

#include <catch2/catch.hpp>

using namespace msn::network;
using namespace std::chrono_literals;

TEST_CASE("a verb is answered by what it is about, or when its time is over, but once") {
  Promises promises;
  const SteadyTime now{1h};
  promises.make(1, "nick", now + 1s);
  promises.make(0, "nick", now + 1s);  // nobody waits
  promises.make(2, "bob", now + 2s);
  promises.make(3, "nick", now + 3s);
  promises.make(4, "nick", now + 4s);
  CHECK(promises.deadline() == now + 1s);
  CHECK(promises.waits("nick"));
  CHECK_FALSE(promises.waits("carol"));
  CHECK(promises.settle("carol").empty());
  CHECK(promises.expire(now).empty());
  CHECK(promises.expire(now + 2s) == Tokens{1, 2});
  CHECK_FALSE(promises.waits("bob"));
  SECTION("the answer") {
    CHECK(promises.settle("nick") == Tokens{3, 4});
  }
  SECTION("the end") {
    CHECK(promises.abandon() == Tokens{3, 4});
  }
  CHECK_FALSE(promises.waits("nick"));
  CHECK_FALSE(promises.deadline());
  CHECK(promises.expire(now + 9s).empty());
}

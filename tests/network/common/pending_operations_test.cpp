// SPDX-License-Identifier: MIT
#include "core/network/common/pending_operations.hpp"

#include <catch2/catch.hpp>

using namespace msn::network;
using namespace std::chrono_literals;

TEST_CASE("an operation completes once: by its answer or at its deadline") {
  PendingOperations pending;
  const SteadyTime now{1h};
  pending.add(1, "nick", now + 1s);
  pending.add(0, "nick", now + 1s);  // token 0 is ignored
  pending.add(2, "bob", now + 2s);
  pending.add(3, "nick", now + 3s);
  pending.add(4, "nick", now + 4s);
  CHECK(pending.deadline() == now + 1s);
  CHECK(pending.waits("nick"));
  CHECK_FALSE(pending.waits("carol"));
  CHECK(pending.settle("carol").empty());
  CHECK(pending.expire(now).empty());
  CHECK(pending.expire(now + 2s) == Tokens{1, 2});
  CHECK_FALSE(pending.waits("bob"));
  SECTION("the answer") {
    CHECK(pending.settle("nick") == Tokens{3, 4});
  }
  SECTION("the end") {
    CHECK(pending.abandon() == Tokens{3, 4});
  }
  CHECK_FALSE(pending.waits("nick"));
  CHECK_FALSE(pending.deadline());
  CHECK(pending.expire(now + 9s).empty());
}

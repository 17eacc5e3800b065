// SPDX-License-Identifier: MIT
#include "core/network/common/outbox.hpp"

#include <catch2/catch.hpp>

using namespace msn::network;
using namespace std::chrono_literals;
using Letter = Outbox::Letter;

namespace {

std::string texts(const Outbox::Letters& letters) {
  std::string all;
  for (const auto& letter : letters) all += letter.text;
  return all;
}

}  // namespace

TEST_CASE("letters are kept in order for each recipient and those put back are first") {
  Outbox outbox({10, 100});
  const SteadyTime now{1h};
  outbox.put("bob", {1, {}, "c", now});
  outbox.put("carol", {2, {}, "x", now});
  outbox.put("bob", {3, {}, "d", now});
  outbox.put_back("bob", {{4, {}, "a", now}, {5, {}, "b", now}});
  CHECK(outbox.count("bob") == 4);
  CHECK(outbox.recipients() == std::vector<std::string>{"bob", "carol"});
  CHECK(texts(outbox.take("bob")) == "abcd");
  CHECK_FALSE(outbox.has("bob"));
  CHECK(outbox.take("bob").empty());
  CHECK(texts(outbox.take("carol")) == "x");
  CHECK_FALSE(outbox.deadline());
}

TEST_CASE("an outbox limits letters and bytes together with those held elsewhere") {
  Outbox outbox({3, 10});
  const SteadyTime now{1h};
  CHECK(outbox.fits(10, {}));
  CHECK_FALSE(outbox.fits(11, {}));
  CHECK_FALSE(outbox.fits(10, {0, 1}));
  CHECK_FALSE(outbox.fits(1, {3, 0}));
  outbox.put("bob", {1, {}, "12345", now});
  outbox.put("bob", {2, {}, "", now});
  CHECK(outbox.load().letters == 2);
  CHECK(outbox.load().bytes == 5);
  CHECK(outbox.fits(5, {}));
  CHECK_FALSE(outbox.fits(6, {}));
  outbox.put("carol", {3, {}, "", now});
  CHECK_FALSE(outbox.fits(0, {}));
  outbox.take("bob");
  CHECK(outbox.load().letters == 1);
  CHECK(outbox.load().bytes == 0);
}

TEST_CASE("each letter has its own deadline and the first one is known") {
  Outbox outbox({10, 100});
  const SteadyTime now{1h};
  outbox.put("bob", {1, {}, "b", now + 2s});
  outbox.put("bob", {2, {}, "c", now + 4s});
  outbox.put("carol", {3, {}, "x", now + 3s});
  CHECK(outbox.deadline() == now + 2s);
  CHECK(outbox.due(now + 1s).empty());
  CHECK(outbox.due(now + 3s) == std::vector<std::string>{"bob", "carol"});
  CHECK(texts(outbox.expire("bob", now + 3s)) == "b");
  CHECK(outbox.deadline() == now + 3s);
  // A letter put back keeps its deadline, and letters after it do not expire before it.
  outbox.put_back("bob", {{4, {}, "a", now + 9s}});
  CHECK(outbox.due(now + 5s) == std::vector<std::string>{"carol"});
  CHECK(texts(outbox.expire("bob", now + 9s)) == "ac");
  CHECK_FALSE(outbox.has("bob"));
}

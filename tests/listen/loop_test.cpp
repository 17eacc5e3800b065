// SPDX-License-Identifier: MIT
#include "core/daemon/listen/loop.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace msn;
using namespace std::chrono_literals;

TEST_CASE("posted actions run later and in order") {
  asio::io_context io{1};
  daemon::listen::AsioLoop loop(io);
  std::vector<int> ran;
  loop.post([&] { ran.push_back(1); });
  loop.post([&] { ran.push_back(2); });
  CHECK(ran.empty());
  io.run();
  CHECK(ran == std::vector{1, 2});
}

TEST_CASE("the timer fires at the last requested time and not before") {
  asio::io_context io{1};
  daemon::listen::AsioLoop loop(io);
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::chrono::steady_clock::time_point> woken;
  loop.on_time([&] { woken.push_back(std::chrono::steady_clock::now()); });
  SECTION("once") {
    loop.wake_at(now + 5ms);
    io.run();
    REQUIRE(woken.size() == 1);
    CHECK(woken[0] >= now + 5ms);
  }
  SECTION("moved to an earlier time") {
    loop.wake_at(now + 24h);
    loop.wake_at(now + 5ms);
    io.run();
    REQUIRE(woken.size() == 1);
  }
  SECTION("moved to a later time") {
    loop.wake_at(now + 1ms);
    loop.wake_at(now + 30ms);
    io.run();
    REQUIRE(woken.size() == 1);
    CHECK(woken[0] >= now + 30ms);
  }
  SECTION("cancelled") {
    loop.wake_at(now + 1ms);
    loop.wake_at(std::chrono::steady_clock::time_point::max());
    io.run();
    CHECK(woken.empty());
  }
  SECTION("requested again by the action") {
    loop.on_time([&] {
      woken.push_back(std::chrono::steady_clock::now());
      if (woken.size() < 3) loop.wake_at(std::chrono::steady_clock::now() + 1ms);
    });
    loop.wake_at(now);
    io.run();
    CHECK(woken.size() == 3);
  }
}

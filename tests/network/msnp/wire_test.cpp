// SPDX-License-Identifier: MIT
#include "tests/network/msnp/wire_runner.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace msn::test;

TEST_CASE("msncd plays every wire script word for word, on its pipe too") {
  const auto scripts = wire_scripts();
  REQUIRE(scripts.size() > 20);
  for (const auto& script : scripts) {
    DYNAMIC_SECTION(std::filesystem::path(script).stem().string()) {
      CHECK_NOTHROW(play_wire(script, 0));
    }
  }
}

TEST_CASE("msncd understands every wire script in pieces of any size") {
  for (const auto& script : wire_scripts()) {
    DYNAMIC_SECTION(std::filesystem::path(script).stem().string()) {
      CHECK_NOTHROW(play_wire(script, 7));
    }
  }
}

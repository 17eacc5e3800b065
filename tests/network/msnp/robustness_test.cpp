// SPDX-License-Identifier: MIT
// The corpora of the fuzz targets as ordinary tests, and random changes of them with a fixed
// seed.
#include "tests/network/msnp/robustness.hpp"

#include "tests/network/msnp/wire_runner.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace msn::test;

namespace {

std::string damaged(std::string octets, std::minstd_rand& chance) {
  const auto below = [&](std::size_t n) {
    return n == 0 ? 0 : static_cast<std::size_t>(chance()) % n;
  };
  for (std::size_t i = 0, n = 1 + below(6); i < n && !octets.empty(); ++i) {
    const auto at = below(octets.size());
    switch (below(7)) {
      case 0:
        octets[at] = static_cast<char>(below(256));
        break;
      case 1:
        octets.erase(at, 1 + below(20));
        break;
      case 2:
        octets.insert(at, octets.substr(below(octets.size()), below(40)));
        break;
      case 3:
        octets.resize(at);
        break;
      case 4:
        octets.insert(at, 1, " \r\n\0%09"[below(7)]);
        break;
      case 5:
        octets.insert(at, std::to_string(below(100000)));
        break;
      default:
        std::swap(octets[at], octets[below(octets.size())]);
    }
  }
  return octets;
}

void try_all(const Said& said) {
  try_commands(said.octets);
  try_mime(said.octets);
  if (said.kind == "HTTP") try_ticket_headers(said.octets);
  if (said.kind == "NS") try_notification(said.octets);
  if (said.kind == "SB") try_switchboard(said.octets);
}

}  // namespace

TEST_CASE("the parsers accept the corpora and random changes of them") {
  std::minstd_rand chance(20240517);
  int tried = 0;
  for (const auto& script : wire_scripts()) {
    for (const auto& said : server_side(script)) {
      INFO(script);
      try_all(said);
      for (int i = 0; i < 12; ++i, ++tried)
        try_all({said.kind, damaged(said.octets.substr(0, 6000), chance)});
    }
  }
  CHECK(tried > 1000);
}

TEST_CASE("the parsers accept bytes of other kinds of connections") {
  for (const auto& script : wire_scripts()) {
    for (const auto& said : server_side(script)) {
      try_switchboard(said.octets);
      try_notification(said.octets);
      try_ticket_headers(said.octets);
    }
  }
  SUCCEED();
}

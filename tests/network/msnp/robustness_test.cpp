// SPDX-License-Identifier: MIT
// The corpora of the fuzz targets as ordinary tests, and random changes of them with a fixed
// seed.
#include "tests/network/msnp/robustness.hpp"

#include "tests/network/msnp/wire_runner.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace msn::test;

namespace {

std::string damaged(std::string bytes, std::minstd_rand& chance) {
  const auto below = [&](std::size_t n) {
    return n == 0 ? 0 : static_cast<std::size_t>(chance()) % n;
  };
  for (std::size_t i = 0, n = 1 + below(6); i < n && !bytes.empty(); ++i) {
    const auto at = below(bytes.size());
    switch (below(7)) {
      case 0:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 1:
        bytes.erase(at, 1 + below(20));
        break;
      case 2:
        bytes.insert(at, bytes.substr(below(bytes.size()), below(40)));
        break;
      case 3:
        bytes.resize(at);
        break;
      case 4:
        bytes.insert(at, 1, " \r\n\0%09"[below(7)]);
        break;
      case 5:
        bytes.insert(at, std::to_string(below(100000)));
        break;
      default:
        std::swap(bytes[at], bytes[below(bytes.size())]);
    }
  }
  return bytes;
}

void try_all(const Said& said) {
  try_commands(said.bytes);
  try_mime(said.bytes);
  if (said.kind == "HTTP") try_ticket_headers(said.bytes);
  if (said.kind == "NS") try_notification(said.bytes);
  if (said.kind == "SB") try_switchboard(said.bytes);
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
        try_all({said.kind, damaged(said.bytes.substr(0, 6000), chance)});
    }
  }
  CHECK(tried > 1000);
}

TEST_CASE("the parsers accept bytes of other kinds of connections") {
  for (const auto& script : wire_scripts()) {
    for (const auto& said : server_side(script)) {
      try_switchboard(said.bytes);
      try_notification(said.bytes);
      try_ticket_headers(said.bytes);
    }
  }
  SUCCEED();
}

// SPDX-License-Identifier: MIT
// A client's connection to a scripted daemon, for the tests of calls.
#pragma once
#include "core/client/calls.hpp"
#include "tests/support/memory_pipe.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace msn::test {

using Units = std::vector<std::string>;

constexpr const char* every_feature =
    "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type block "
    "once allow long quiet said who with last since nicks shared\n";

struct Session {
  explicit Session(std::deque<std::string> pieces) { wire.pieces = std::move(pieces); }
  Wire wire;
  client::Connection connection{
      std::make_unique<MemoryPipe>(wire),
      pipe::Address{pipe::Address::Kind::unix_socket, "/run/m.sock", "", 0},
      std::chrono::seconds(10)};
};

// Runs one call whose request is answered with `answer`. Checks the bytes sent, returns the result.
template <class Call>
auto call(const std::string& sends, const std::string& answer, Call run) {
  Session session({answer});
  auto result = run(session.connection);
  CHECK(session.wire.sent == Units{sends});
  return result;
}

}  // namespace msn::test

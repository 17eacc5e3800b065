// SPDX-License-Identifier: MIT
#include "cmd/msnc/similar.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using msn::msnc::most_similar;

TEST_CASE("a mistyped word is traced to the nearest known one") {
  constexpr std::array<std::string_view, 5> known{"contacts", "poll", "send", "status", "queue"};
  CHECK(most_similar("pol", known) == "poll");
  CHECK(most_similar("poll", known) == "poll");
  CHECK(most_similar("sned", known) == "send");
  CHECK(most_similar("contatcs", known) == "contacts");
  CHECK(most_similar("statsu", known) == "status");
  CHECK_FALSE(most_similar("xyz", known));
  CHECK_FALSE(most_similar("", known));
  CHECK_FALSE(most_similar("s", known));
  CHECK_FALSE(most_similar(std::string(10'000, 'p'), known));
}

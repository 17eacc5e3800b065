// SPDX-License-Identifier: MIT
#include "core/base/similar.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using msn::most_similar;

TEST_CASE("a mistyped word gives the most similar known one") {
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

TEST_CASE("the distance counts characters and a single letter is similar to none") {
  const std::array<std::string_view, 3> names{"\u0411\u043E\u0431", "\u6F22\u5B57\u4EBA", "A"};
  CHECK(msn::most_similar("\u0411\u0430\u0431", names) == names[0]);
  CHECK(msn::most_similar("\u6F22\u5B57\u5165", names) == names[1]);
  CHECK_FALSE(msn::most_similar("B", names));
}

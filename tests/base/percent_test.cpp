// SPDX-License-Identifier: MIT
#include "core/base/percent.hpp"

#include "core/base/hex.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace msn;

TEST_CASE("percent-encoding leaves letters, digits and -._~ as they are") {
  CHECK(percent_encode("Bob B@x%~-._") == "Bob%20B%40x%25~-._");
  CHECK(percent_encode("a:b,c d", ":,") == "a:b,c%20d");
  CHECK(percent_encode("").empty());
}

TEST_CASE("percent-decoding takes anything") {
  CHECK(percent_decode("a%2fb%2F%zz%4") == "a/b/%zz%4");
  CHECK(percent_decode("a+b%") == "a+b%");
}

TEST_CASE("every byte comes back from its encoding") {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  CHECK(percent_decode(percent_encode(all)) == all);
}

TEST_CASE("bytes are two hexadecimal digits each") {
  CHECK(to_hex(std::array<std::uint8_t, 3>{0x00, 0x7f, 0xff}) == "007fff");
  CHECK(hex_value('a') == 10);
  CHECK(hex_value('F') == 15);
  CHECK(hex_value('g') == -1);
}

// SPDX-License-Identifier: MIT
#include "core/base/percent.hpp"

#include "core/base/hex.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace msn;

TEST_CASE("percent-encoding keeps letters and digits and -._~") {
  CHECK(percent_encode("Bob B@x%~-._") == "Bob%20B%40x%25~-._");
  CHECK(percent_encode("a:b,c d", ":,") == "a:b,c%20d");
  CHECK(percent_encode("").empty());
}

TEST_CASE("percent-decoding accepts any text") {
  CHECK(percent_decode("a%2fb%2F%zz%4") == "a/b/%zz%4");
  CHECK(percent_decode("a+b%") == "a+b%");
}

TEST_CASE("encoding and decoding gives back every byte") {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  CHECK(percent_decode(percent_encode(all)) == all);
}

TEST_CASE("a byte is two hexadecimal digits") {
  CHECK(to_hex(std::array<std::uint8_t, 3>{0x00, 0x7f, 0xff}) == "007fff");
  CHECK(hex_value('a') == 10);
  CHECK(hex_value('F') == 15);
  CHECK(hex_value('g') == -1);
}

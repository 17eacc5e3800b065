// SPDX-License-Identifier: MIT
#include "core/network/msnp/error_table.hpp"

#include <catch2/catch.hpp>

namespace msn::network::msnp {

TEST_CASE("error numbers have the texts of the protocol") {
  CHECK(error_text(911) == "Authentication failed");
  CHECK(error_text(217) == "User not online");
  CHECK(error_text(208) == "Invalid username");
  CHECK(error_text(215) == "User already there");
  CHECK(error_text(600) == "Server is busy");
  CHECK(error_text(913) == "Not allowed when offline");
  CHECK(error_text(920) == "Not accepting new users");
  CHECK(error_text(922) == "Server is busy");
  CHECK(error_text(999) == "Unknown");
  CHECK(error_text(0) == "Unknown");
}

TEST_CASE("three digits instead of a verb are an error") {
  CHECK(error_number("911") == 911);
  CHECK(!error_number("99"));
  CHECK(!error_number("9111"));
  CHECK(!error_number("9a1"));
  CHECK(!error_number("099"));
  CHECK(!error_number("QNG"));
  CHECK(!error_number(""));
}

TEST_CASE("temporary errors and refused logins are distinguished") {
  for (const int n : {500, 501, 600, 601, 603, 713, 800, 910, 912, 921}) {
    CHECK(is_temporary(n));
    CHECK(!is_refusal(n));
  }
  for (const int n : {911, 917, 923, 924, 927, 928}) {
    CHECK(is_refusal(n));
    CHECK(!is_temporary(n));
  }
  for (const int n : {201, 217, 540, 913}) CHECK(!is_temporary(n));
}

}  // namespace msn::network::msnp

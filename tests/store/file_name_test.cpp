// SPDX-License-Identifier: MIT
#include "core/store/event_log.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using msn::store::log_file_name;

TEST_CASE("an ordinary address gives the same file name") {
  CHECK(log_file_name("bob@example.org") == "bob@example.org.db");
  CHECK(log_file_name("b-o_b.99+x@example.org") == "b-o_b.99+x@example.org.db");
}

TEST_CASE("addresses that differ only in case give one file name") {
  CHECK(log_file_name("Bob@Example.ORG") == "bob@example.org.db");
  const std::string longest(129, 'x');
  std::string upper(129, 'X');
  CHECK(log_file_name(upper) == log_file_name(longest));
}

TEST_CASE("a file name cannot leave its folder or be hidden or be special") {
  CHECK(log_file_name("../../etc/passwd") == "%2e.%2f..%2fetc%2fpasswd.db");
  CHECK(log_file_name("..") == "%2e..db");
  CHECK(log_file_name(".") == "%2e.db");
  CHECK(log_file_name("/") == "%2f.db");
  CHECK(log_file_name("") == "%.db");
  CHECK(log_file_name("a b\n\t\x01") == "a%20b%0a%09%01.db");
  CHECK(log_file_name(std::string("a\0b", 3)) == "a%00b.db");
  CHECK(log_file_name("b%2fb~'\"$*") == "b%252fb%7e%27%22%24%2a.db");
  CHECK(log_file_name("z\xc3\xa9@example.org") == "z%c3%a9@example.org.db");
}

TEST_CASE("a long address gives a short unique name with a readable beginning") {
  std::set<std::string> names;
  for (int i = 0; i < 100; ++i) {
    const std::string name = log_file_name("someone/" + std::string(120, '/') + std::to_string(i));
    CHECK(name.size() <= 163);
    CHECK(name.substr(0, 10) == "someone%2f");
    CHECK(name.find('/') == std::string::npos);
    names.insert(name);
  }
  CHECK(names.size() == 100);
}

TEST_CASE("the durabilities have names") {
  using msn::store::Durability;
  using msn::store::durability_from_name;
  CHECK(durability_from_name("full") == Durability::full);
  CHECK(durability_from_name("normal") == Durability::normal);
  CHECK(durability_from_name("memory") == Durability::memory);
  CHECK_FALSE(durability_from_name("Full"));
  CHECK_FALSE(durability_from_name(""));
}

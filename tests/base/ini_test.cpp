// SPDX-License-Identifier: MIT
#include "core/base/ini.hpp"

#include <catch2/catch.hpp>

using namespace msn;

namespace {

std::vector<std::string> read(std::string_view text) {
  const auto items = parse_ini(text, "f");
  INFO(text);
  if (!items) FAIL(items.error().message);
  std::vector<std::string> shown;
  for (const auto& item : *items)
    shown.push_back(std::to_string(item.line) + '|' + item.section + '|' + item.key + '|' +
                    item.value);
  return shown;
}

std::string value(const std::string& line) {
  const auto items = parse_ini("k = " + line + '\n', "f");
  REQUIRE(items);
  REQUIRE(items->size() == 1);
  return items->front().value;
}

std::string fault(std::string_view text) {
  const auto items = parse_ini(text, "f");
  REQUIRE_FALSE(items);
  CHECK(items.error().code == ErrorCode::usage);
  return items.error().message;
}

using Items = std::vector<std::string>;

}  // namespace

TEST_CASE("each key has its line and section, and each section is an item") {
  CHECK(read("a = 1\n\n# no\n  ; neither\n[x.y]\nb=2\n [ z ] \n\tc\t=\t3") ==
        Items{"1||a|1", "5|x.y||", "6|x.y|b|2", "7|z||", "8|z|c|3"});
  CHECK(read("").empty());
  CHECK(read("\r\n\n").empty());
  CHECK(read("\xEF\xBB\xBF[x]\r\na = 1\r\n") == Items{"1|x||", "2|x|a|1"});
}

TEST_CASE("a value is the rest of its line without one pair of quotes around it") {
  CHECK(value("a; b # c, d [e] = f") == "a; b # c, d [e] = f");
  CHECK(value("  two  words  ") == "two  words");
  CHECK(value("\"a; 'b' \"") == "a; 'b' ");
  CHECK(value("'\"'") == "\"");
  CHECK(value("\"a\" \"b\"") == "\"a\" \"b\"");
  CHECK(value("sh -c 'a b'") == "sh -c 'a b'");
  CHECK(value("\"") == "\"");
  CHECK(value("\"open") == "\"open");
  CHECK(value("\"\"").empty());
  CHECK(value("").empty());
}

TEST_CASE("an invalid line is reported with file and line number") {
  CHECK(fault("\nword\n") == "f:2: 'word' is neither KEY = VALUE nor [SECTION]");
  CHECK(fault("= 1\n") == "f:1: '= 1' is neither KEY = VALUE nor [SECTION]");
  CHECK(fault("[a\nb = 1\n") == "f:1: '[a' has no closing ]");
  CHECK(fault("[a] # b\n") == "f:1: '[a] # b' has no closing ]");
  CHECK(fault("[ ]\n") == "f:1: the section has no name");
  CHECK(fault("a = \x1b[2J\n") == "f:1: the line contains a control character");
  CHECK(fault("\xff\n") == "f:1: '\\xff' is neither KEY = VALUE nor [SECTION]");
}

// SPDX-License-Identifier: MIT
#include "cmd/msnc/command.hpp"
#include "cmd/msnc/embedded.hpp"
#include "cmd/msnc/kinds.hpp"
#include "core/base/error.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>

using namespace msn;
using namespace msn::msnc;
using Json = nlohmann::json;

namespace {

const Json& schema() {
  static const Json parsed = Json::parse(json_schema());
  return parsed;
}

void check_references(const Json& part) {
  if (part.is_object() && part.contains("$ref")) {
    const std::string target = part["$ref"];
    CAPTURE(target);
    CHECK(schema().contains(Json::json_pointer(target.substr(1))));
  }
  if (part.is_structured())
    for (const auto& item : part) check_references(item);
}

}  // namespace

TEST_CASE("the schema names its dialect and has no external references") {
  CHECK(schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  check_references(schema());
  // Each definition is a kind of line, except for the parts of other definitions.
  CHECK(schema()["anyOf"].size() == schema()["$defs"].size() - 2);
}

TEST_CASE("the result of each command that sends a request is in the schema") {
  const std::set<std::string_view> prints_events{"poll", "watch", "log"};
  const std::set<std::string_view> prints_no_object{"help", "completion", "complete", "schema"};
  for (const Command* command : commands()) {
    CAPTURE(command->name);
    const bool has_none =
        prints_events.contains(command->name) || prints_no_object.contains(command->name);
    CHECK(schema()["$defs"].contains(std::string(command->name)) == !has_none);
  }
}

TEST_CASE("the schema has the kinds and error codes and exit statuses of the tables") {
  std::set<std::string> expected, described;
  for (const auto& kind : kinds()) {
    const auto name = "event." + std::string(kind.name);
    expected.insert(name);
    REQUIRE(schema()["$defs"].contains(name));
    CHECK(schema()["$defs"][name]["properties"]["event"]["const"] == kind.name);
  }
  for (const auto& [name, part] : schema()["$defs"].items())
    if (name.starts_with("event.")) described.insert(name);
  CHECK(described == expected);

  std::set<std::string> codes;
  std::set<int> exits;
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    codes.emplace(error_name(static_cast<ErrorCode>(code)));
    exits.insert(exit_status(static_cast<ErrorCode>(code)));
  }
  const auto& body = schema()["$defs"]["error_body"]["properties"];
  CHECK(body["code"]["enum"].get<std::set<std::string>>() == codes);
  CHECK(body["exit"]["enum"].get<std::set<int>>() == exits);
}

// SPDX-License-Identifier: MIT
#include "cmd/msnc/schema.hpp"

#include "cmd/msnc/command.hpp"
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

TEST_CASE("the schema names its dialect and leads nowhere") {
  CHECK(schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  check_references(schema());
  // each definition but the part of others is one of the lines
  CHECK(schema()["anyOf"].size() == schema()["$defs"].size() - 1);
}

TEST_CASE("every command that makes an exchange has its result in the schema") {
  const std::set<std::string_view> prints_events{"poll", "watch", "log"};
  const std::set<std::string_view> prints_no_object{"help", "completion", "complete", "schema"};
  for (const Command* command : commands()) {
    CAPTURE(command->name);
    const bool has_none =
        prints_events.contains(command->name) || prints_no_object.contains(command->name);
    CHECK(schema()["$defs"].contains(std::string(command->name)) == !has_none);
  }
}

TEST_CASE("every kind of event and every code of an error is in the schema") {
  for (const auto& kind : kinds())
    CHECK(schema()["$defs"].contains("event." + std::string(kind.name)));
  const auto& codes = schema()["$defs"]["error_body"]["properties"]["code"]["enum"];
  const auto& exits = schema()["$defs"]["error_body"]["properties"]["exit"]["enum"];
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    const auto it = static_cast<ErrorCode>(code);
    CHECK(std::find(codes.begin(), codes.end(), error_name(it)) != codes.end());
    CHECK(std::find(exits.begin(), exits.end(), exit_status(it)) != exits.end());
  }
}

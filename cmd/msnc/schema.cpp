// SPDX-License-Identifier: MIT
#include "cmd/msnc/schema.hpp"

#include "cmd/msnc/kinds.hpp"
#include "core/base/error.hpp"

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace msn::msnc {
namespace {

using Json = nlohmann::ordered_json;
using Key = std::pair<const char*, Json>;

Json single(const char* key, Json value) {
  Json json = Json::object();
  json[key] = std::move(value);
  return json;
}
Json type(const char* name) {
  return single("type", name);
}
Json constant(std::string_view value) {
  return single("const", value);
}
Json reference(const std::string& name) {
  return single("$ref", "#/$defs/" + name);
}
Json or_null(const char* name) {
  return single("type", Json::array({name, "null"}));
}
Json one_of(std::initializer_list<const char*> words) {
  Json values = Json::array();
  for (const auto* word : words) values.push_back(word);
  return single("enum", std::move(values));
}
Json list_of(Json items) {
  Json json = type("array");
  json["items"] = std::move(items);
  return json;
}

Json text() {
  return type("string");
}
Json count() {
  Json json = type("integer");
  json["minimum"] = 0;
  return json;
}
Json count_or_null() {
  Json json = or_null("integer");
  json["minimum"] = 0;
  return json;
}
Json truth() {
  return type("boolean");
}
Json time_or_null() {
  Json json = or_null("string");
  json["pattern"] = R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$)";
  return json;
}

// All keys are always there; new ones may come (additionalProperties stays open), but for the
// optional ones, which are given last.
Json object(const std::vector<Key>& keys, const std::vector<Key>& optional = {}) {
  Json json = type("object");
  Json properties = Json::object(), required = Json::array();
  for (const auto& [name, schema] : keys) {
    properties[name] = schema;
    required.push_back(name);
  }
  for (const auto& [name, schema] : optional) properties[name] = schema;
  json["properties"] = std::move(properties);
  json["required"] = std::move(required);
  return json;
}

Json done(std::string_view command, std::vector<Key> keys, const std::vector<Key>& optional = {}) {
  keys.insert(keys.begin(), {"command", constant(command)});
  return object(keys, optional);
}

void add_results(Json& defs) {
  defs["login"] = done("login", {{"email", text()}});
  defs["logoff"] = done("logoff", {});
  defs["status"] = single("oneOf", Json::array({done("status", {{"status", text()}}),
                                                object({{"account", or_null("string")},
                                                        {"state", or_null("string")},
                                                        {"email", or_null("string")},
                                                        {"nick", or_null("string")},
                                                        {"status", or_null("string")},
                                                        {"public", or_null("boolean")},
                                                        {"auth", or_null("boolean")},
                                                        {"since", or_null("string")},
                                                        {"network", or_null("string")},
                                                        {"server", or_null("string")},
                                                        {"pending", count_or_null()},
                                                        {"queued", count_or_null()},
                                                        {"storage", or_null("string")},
                                                        {"text_limit", count_or_null()},
                                                        {"invisible", or_null("boolean")},
                                                        {"offline_messages", or_null("boolean")},
                                                        {"consent", or_null("boolean")},
                                                        {"daemon", or_null("string")}})}));
  defs["nick"] = done("nick", {{"nick", text()}});
  defs["priv"] = done("priv", {{"public", truth()}, {"auth", truth()}});
  for (const auto* command : {"add", "ren"})
    defs[command] = done(command, {{"email", text()}, {"nick", text()}});
  for (const auto* command : {"allow", "block", "del", "deny", "type", "unblock"})
    defs[command] = done(command, {{"email", text()}});
  Json info = object({{"email", or_null("string")},
                      {"nick", or_null("string")},
                      {"home_phone", or_null("string")},
                      {"work_phone", or_null("string")},
                      {"mobile_phone", or_null("string")}},
                     {{"forward", or_null("boolean")},
                      {"reverse", or_null("boolean")},
                      {"blocked", or_null("boolean")},
                      {"asks", or_null("boolean")},
                      {"awaited", or_null("boolean")},
                      {"note", or_null("string")}});
  info["additionalProperties"] = single("type", Json::array({"string", "boolean", "null"}));
  defs["info"] = std::move(info);
  defs["contacts"] =
      object({{"list", one_of({"forward", "reverse", "blocked"})},
              {"contacts", list_of(object({{"email", text()}, {"nick", text()}, {"status", text()}},
                                          {{"asks", truth()}}))}});
  defs["send"] = done("send",
                      {{"email", text()},
                       {"lines", count()},
                       {"bytes", count()},
                       {"state", one_of({"accepted", "sent", "queued", "failed"})},
                       {"id", or_null("string")}},
                      {{"error", reference("error_body")}});
  defs["queue"] = single(
      "oneOf",
      Json::array({object({{"command", one_of({"queue new", "queue rm"})}, {"queue", text()}}),
                   object({{"queues", list_of(object({{"name", text()},
                                                      {"pending", count()},
                                                      {"cursor", text()}}))}})}));
  defs["ack"] = done("ack", {{"queue", text()}, {"cursor", text()}, {"removed", count()}});
  defs["ping"] = done("ping", {{"protocol", or_null("string")},
                               {"features", list_of(text())},
                               {"legacy", truth()},
                               {"ms", type("number")}});
  defs["raw"] = done("raw", {{"reply", list_of(text())}});
  defs["dry_run"] = object({{"dry_run", list_of(text())}});
}

std::vector<Key> keys_of(std::string_view kind) {
  if (kind == "message" || kind == "said") {
    Json headers = type("object");
    headers["additionalProperties"] = text();
    return {{"text", text()},
            {"content_type", or_null("string")},
            {"headers", headers},
            {"text_base64", or_null("string")}};
  }
  if (kind == "status") return {{"status", text()}, {"discarded", count_or_null()}};
  if (kind == "closed") return {{"scope", one_of({"user", "main"})}, {"lost", count_or_null()}};
  if (kind == "opened") return {{"scope", constant("main")}};
  if (kind == "error")
    return {{"code", text()},
            {"message", text()},
            {"id", or_null("string")},
            {"request", or_null("string")}};
  if (kind == "gap") return {{"lost", count_or_null()}};
  if (kind == "sent") return {{"id", text()}};
  if (kind == "failed") return {{"id", text()}, {"reason", text()}};
  if (kind == "unknown") return {{"raw", text()}};
  return {};
}

void add_events(Json& defs) {
  for (const auto& kind : kinds()) {
    std::vector<Key> keys{{"event", constant(kind.name)}, {"time", time_or_null()},
                          {"cursor", or_null("string")},  {"account", text()},
                          {"email", or_null("string")},   {"nick", or_null("string")}};
    for (auto& key : keys_of(kind.name)) keys.push_back(std::move(key));
    defs["event." + std::string(kind.name)] = object(keys);
  }
}

void add_errors(Json& defs) {
  Json codes = Json::array();
  std::set<std::string_view> seen;
  Json statuses = Json::array();
  std::set<int> numbers;
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    const auto it = static_cast<ErrorCode>(code);
    if (seen.insert(error_name(it)).second) codes.push_back(error_name(it));
    numbers.insert(exit_status(it));
  }
  for (const int status : numbers) statuses.push_back(status);
  defs["error_body"] = object({{"code", single("enum", std::move(codes))},
                               {"message", text()},
                               {"exit", single("enum", std::move(statuses))},
                               {"command", or_null("string")},
                               {"reply", or_null("string")},
                               {"socket", or_null("string")}});
  defs["error"] = object({{"error", reference("error_body")}});
  defs["warning"] = object({{"warning", object({{"message", text()}})}});
  defs["note"] = object({{"note", object({{"message", text()}})}});
  defs["trace"] = object({{"trace", object({{"dir", one_of({">", "<"})}, {"line", text()}})}});
}

}  // namespace

std::string json_schema() {
  Json defs = Json::object();
  add_results(defs);
  add_events(defs);
  add_errors(defs);
  // Which of them may stand on a line of output; error_body is only a part.
  Json lines = Json::array();
  for (const auto& [name, schema] : defs.items())
    if (name != "error_body") lines.push_back(reference(name));
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "a line of msnc --json"},
              {"anyOf", std::move(lines)},
              {"$defs", std::move(defs)}};
  return schema.dump(2) + '\n';
}

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
// Output as JSON (msnc-json(7)): one document per line.
#include "cmd/msnc/kinds.hpp"
#include "cmd/msnc/output.hpp"
#include "cmd/msnc/overloaded.hpp"
#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace msn::msnc {
namespace {

using Json = nlohmann::ordered_json;

// Serializes to one line of valid UTF-8 without control characters.
std::string dump(const Json& json) {
  return visible_in_json(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

// An object with one key. (nlohmann::json could take a braced list of one pair for an array.)
Json single(const char* key, Json value) {
  Json json = Json::object();
  json[key] = std::move(value);
  return json;
}

Json text_or_null(std::string_view value) {
  return value.empty() ? Json(nullptr) : Json(value);
}

Json failure_body(const Failure& failure) {
  return {
      {"code", error_name(failure.code)},
      {"message", failure.message},
      {"exit", failure.exit()},
      {"command", text_or_null(failure.command)},
      {"reply", or_null(failure.reply)},
      {"socket", or_null(failure.socket)},
      {"outcome", failure.code == ErrorCode::unknown_outcome ? Json("unknown") : Json(nullptr)}};
}

const std::string* find(const std::vector<protocol::Attribute>& attributes, std::string_view name) {
  for (const auto& attribute : attributes)
    if (attribute.name == name && !attribute.value.empty()) return &attribute.value;
  return nullptr;
}

std::string_view list_name(client::List list) {
  switch (list) {
    case client::List::forward:
      return "forward";
    case client::List::reverse:
      return "reverse";
    case client::List::blocked:
      break;
  }
  return "blocked";
}

Json state_json(const State& state) {
  const auto text = [&](std::string_view name) {
    const auto* value = find(state.attributes, name);
    return value ? Json(*value) : Json(nullptr);
  };
  const auto flag = [&](std::string_view name) {
    const auto* value = find(state.attributes, name);
    return value ? Json(*value == "1") : Json(nullptr);
  };
  const auto number = [&](std::string_view name) {
    const auto* value = find(state.attributes, name);
    const auto parsed = value ? parse_number(*value, 18) : std::nullopt;
    return or_null(parsed);
  };
  return {{"account", text("account")},     {"state", text("state")},
          {"email", text("email")},         {"nick", text("nick")},
          {"status", text("status")},       {"public", flag("public")},
          {"auth", flag("auth")},           {"since", text("since")},
          {"network", text("network")},     {"server", text("server")},
          {"pending", number("pending")},   {"queued", number("queued")},
          {"storage", text("storage")},     {"text_limit", number("text_limit")},
          {"invisible", flag("invisible")}, {"offline_messages", flag("offline_messages")},
          {"consent", flag("consent")},     {"daemon", text("version")}};
}

Json value_json(std::string_view name, const std::string& value) {
  if (value.empty()) return nullptr;
  return is_flag(name) ? Json(value == "1") : Json(value);
}

Json info_json(const Info& info) {
  Json json;
  for (const auto* name : {"email", "nick", "homep", "workp", "mobilep"}) {
    const auto* value = find(info.attributes, name);
    json[std::string(info_key(name))] = value ? Json(*value) : Json(nullptr);
  }
  for (const auto& [name, value] : info.attributes) {
    const std::string key(info_key(name));
    if (!json.contains(key)) json[key] = value_json(name, value);
  }
  return json;
}

Json lines_of(std::string_view bytes) {
  Json lines = Json::array();
  if (bytes.ends_with('\n')) bytes.remove_suffix(1);
  for (auto line : split(bytes, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(decode_charset(line));
  }
  return lines;
}

Json result_json(const CommandResult& result) {
  return std::visit(
      Overloaded{
          [](const LoggedIn& it) -> Json {
            return {{"command", "login"}, {"email", it.email}};
          },
          [](const PasswordChanged&) { return single("command", "passwd"); },
          [](const LoggedOff&) { return single("command", "logoff"); },
          [](const StatusSet& it) -> Json {
            return {{"command", "status"}, {"status", it.status}};
          },
          [](const NickSet& it) -> Json {
            return {{"command", "nick"}, {"nick", it.nick}};
          },
          [](const PrivSet& it) -> Json {
            return {{"command", "priv"}, {"public", it.privacy.open}, {"auth", it.privacy.ask}};
          },
          [](const ContactDone& it) -> Json {
            Json json{{"command", it.command}, {"email", it.email}};
            if (it.nick) json["nick"] = *it.nick;
            return json;
          },
          [](const SendDone& it) -> Json {
            Json json{{"command", "send"}, {"email", it.email}, {"lines", it.lines},
                      {"bytes", it.bytes}, {"state", it.state}, {"id", or_null(it.id)}};
            if (it.line) json["line"] = *it.line;
            if (it.failure) json["error"] = failure_body(*it.failure);
            return json;
          },
          [](const QueueDone& it) -> Json {
            return {{"command", it.command}, {"queue", it.queue}};
          },
          [](const Acknowledged& it) -> Json {
            return {{"command", "ack"},
                    {"queue", it.queue},
                    {"cursor", it.cursor},
                    {"removed", it.removed}};
          },
          [](const Pong& it) -> Json {
            return {{"command", "ping"},
                    {"protocol", or_null(it.version)},
                    {"features", it.features},
                    {"legacy", !it.version},
                    {"ms", std::round(it.milliseconds * 1000) / 1000}};
          },
          [](const State& it) { return state_json(it); },
          [](const Info& it) { return info_json(it); },
          [](const Contacts& it) -> Json {
            Json entries = Json::array();
            for (const auto& entry : it.entries) {
              entries.push_back(
                  {{"email", entry.email}, {"nick", entry.nick}, {"status", entry.status}});
              if (it.list == client::List::reverse) entries.back()["asks"] = entry.asks;
            }
            return {{"list", list_name(it.list)}, {"contacts", std::move(entries)}};
          },
          [](const Queues& it) -> Json {
            Json queues = Json::array();
            for (const auto& line : it.lines)
              queues.push_back(
                  {{"name", line.name}, {"pending", line.pending}, {"cursor", line.cursor}});
            return single("queues", std::move(queues));
          },
          [](const Accounts& it) -> Json {
            Json accounts = Json::array();
            for (const auto& one : it.entries)
              accounts.push_back({{"account", one.account},
                                  {"email", text_or_null(one.email)},
                                  {"state", text_or_null(one.state)},
                                  {"status", text_or_null(one.status)},
                                  {"socket", one.socket}});
            return single("accounts", std::move(accounts));
          },
          [](const RawReply& it) -> Json {
            return {{"command", "raw"}, {"reply", lines_of(it.bytes)}};
          },
          [](const DryRun& it) -> Json {
            Json lines = Json::array();
            for (const auto& line : it.lines) lines.push_back(decode_charset(line));
            return single("dry_run", std::move(lines));
          },
      },
      result);
}

// The keys of an event. It appends them, which is faster than operator[], which searches first.
class Keys {
 public:
  Keys() { object_.reserve(12); }  // growing would copy all keys
  void add(const char* key, Json value) { object_.emplace_back(key, std::move(value)); }
  Json json() && { return std::move(object_); }

 private:
  Json::object_t object_;
};

void add_message(Keys& keys, const model::Message& it) {
  Json headers = Json::object();
  headers.get_ref<Json::object_t&>().reserve(it.headers.size());
  for (const auto& [name, value] : it.headers)
    headers.emplace(to_lower_ascii(name), value);  // the first of repeated headers counts
  const auto type = headers.find("content-type");
  keys.add("text", it.text);
  keys.add("content_type", type == headers.end() ? Json(nullptr) : *type);
  keys.add("headers", std::move(headers));
  keys.add("text_base64", it.exact_text ? Json(base64(*it.exact_text)) : Json(nullptr));
}

// Adds the keys that only this kind of event has.
void add_keys(Keys& keys, const model::Event& event) {
  std::visit(Overloaded{
                 [&](const model::Message& it) { add_message(keys, it); },
                 [&](const model::Said& it) { add_message(keys, it); },
                 [&](const model::StatusChange& it) {
                   keys.add("status", it.status);
                   keys.add("discarded", or_null(it.discarded));
                 },
                 [&](const model::Closed& it) {
                   keys.add("scope", it.email ? "user" : "main");
                   keys.add("lost", or_null(it.lost));
                 },
                 [&](const model::Opened&) { keys.add("scope", "main"); },
                 [&](const model::ErrorEvent& it) {
                   keys.add("code", it.code);
                   keys.add("message", it.text);
                   keys.add("id", text_or_null(it.id));
                   keys.add("request", text_or_null(it.request));
                 },
                 [&](const model::Gap& it) { keys.add("lost", or_null(it.lost)); },
                 [&](const model::Sent& it) { keys.add("id", it.id); },
                 [&](const model::Failed& it) {
                   keys.add("id", it.id);
                   keys.add("reason", it.reason);
                 },
                 [&](const model::Unknown& it) { keys.add("raw", it.line); },
                 [](const auto&) {},
             },
             event);
}

class JsonOutput final : public Output {
 public:
  JsonOutput(Writer& out, int err, OutputOptions options)
      : out_(out), err_(err), options_(std::move(options)) {}

  void result(const CommandResult& result) override {
    if (options_.quiet && is_left_out_by_quiet(result)) return;
    out_.write(dump(result_json(result)) + '\n');
  }
  void event(const model::StampedEvent& event) override {
    out_.write(event_json(event, options_.account) + '\n');
  }
  void set_account(std::string account) override { options_.account = std::move(account); }
  void failure(const Failure& failure) override { print(single("error", failure_body(failure))); }
  void warning(std::string_view message) override {
    print(single("warning", single("message", message)));
  }
  void note(std::string_view message) override {
    print(single("note", single("message", message)));
  }
  void trace(char direction, std::string_view line) override {
    print(single("trace", {{"dir", std::string(1, direction)}, {"line", decode_charset(line)}}));
  }

 private:
  void print(const Json& json) { write_all(err_, dump(json) + '\n'); }

  Writer& out_;
  int err_;
  OutputOptions options_;
};

}  // namespace

std::string event_json(const model::StampedEvent& it, std::string_view account) {
  const auto& [time, cursor] = it.stamp;
  Keys keys;
  keys.add("event", kind_name(it.event));
  keys.add("time", time ? Json(protocol::rfc3339(*time)) : Json(nullptr));
  keys.add("cursor", cursor ? Json(std::to_string(*cursor)) : Json(nullptr));
  keys.add("account", account);
  keys.add("email", text_or_null(model::event_email(it.event)));
  keys.add("nick", text_or_null(it.nick));
  add_keys(keys, it.event);
  return dump(std::move(keys).json());
}

std::unique_ptr<Output> make_json_output(Writer& out, int err, OutputOptions options) {
  return std::make_unique<JsonOutput>(out, err, std::move(options));
}

}  // namespace msn::msnc

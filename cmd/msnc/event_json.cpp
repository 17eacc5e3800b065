// SPDX-License-Identifier: MIT
// Events as JSON, one object a line (msnc-json(7)). Thousands go through here in one run, so they
// are written as they are met; the library does every string that is not plain.
#include "cmd/msnc/kinds.hpp"
#include "cmd/msnc/output.hpp"
#include "cmd/msnc/overloaded.hpp"
#include "core/base/text.hpp"
#include "core/protocol/answer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace msn::msnc {
namespace {

// Needs no escape.
constexpr auto plain = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = ' '; c < 0x7f; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return plain[static_cast<unsigned char>(c)]; });
}

void quote(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    ((out += '"') += text) += '"';
    return;
  }
  using Json = nlohmann::json;
  out += visible_in_json(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace));
}

class Object {
 public:
  explicit Object(std::size_t octets) { out_.reserve(octets); }
  // Keys are plain.
  void add(std::string_view key, std::string_view text) {
    begin(key);
    quote(out_, text);
  }
  void add_header(std::string_view name, std::string_view value) {
    next();
    quote(out_, name);
    out_ += ':';
    quote(out_, value);
  }
  void add(std::string_view key, const std::optional<std::uint64_t>& number) {
    begin(key);
    out_ += number ? std::to_string(*number) : "null";
  }
  void add(std::string_view key, std::nullptr_t) {
    begin(key);
    out_ += "null";
  }
  void add(std::string_view key, Object object) {
    begin(key);
    out_ += std::move(object).text();
  }
  std::string text() && {
    if (out_.empty()) out_ += '{';
    out_ += '}';
    return std::move(out_);
  }

 private:
  void next() { out_ += out_.empty() ? '{' : ','; }
  void begin(std::string_view key) {
    next();
    ((out_ += '"') += key) += "\":";
  }
  std::string out_;
};

void add_message(Object& json, const model::Message& it) {
  json.add("text", it.text);
  const std::string* type = nullptr;
  std::vector<std::string> names;  // a header that is repeated counts once
  Object headers(64 * it.headers.size());
  for (const auto& [name, value] : it.headers) {
    auto key = to_lower_ascii(name);
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    headers.add_header(key, value);
    if (key == "content-type") type = &value;
    names.push_back(std::move(key));
  }
  if (type != nullptr)
    json.add("content_type", *type);
  else
    json.add("content_type", nullptr);
  json.add("headers", std::move(headers));
  if (it.exact_text)
    json.add("text_base64", base64(*it.exact_text));
  else
    json.add("text_base64", nullptr);
}

void add_or_null(Object& json, std::string_view key, std::string_view text) {
  if (text.empty())
    json.add(key, nullptr);
  else
    json.add(key, text);
}

// The keys that only this kind of event has.
void add_keys(Object& json, const model::Event& event) {
  std::visit(Overloaded{
                 [&](const model::Message& it) { add_message(json, it); },
                 [&](const model::Said& it) { add_message(json, it); },
                 [&](const model::StatusChange& it) {
                   json.add("status", it.status);
                   json.add("discarded", it.discarded);
                 },
                 [&](const model::Closed& it) {
                   json.add("scope", it.email ? "user" : "main");
                   json.add("lost", it.lost);
                 },
                 [&](const model::Opened&) { json.add("scope", "main"); },
                 [&](const model::ErrorEvent& it) {
                   json.add("code", it.code);
                   json.add("message", it.text);
                   add_or_null(json, "id", it.id);
                   add_or_null(json, "request", it.request);
                 },
                 [&](const model::Gap& it) { json.add("lost", it.lost); },
                 [&](const model::Sent& it) { json.add("id", it.id); },
                 [&](const model::Failed& it) {
                   json.add("id", it.id);
                   json.add("reason", it.reason);
                 },
                 [&](const model::Unknown& it) { json.add("raw", it.line); },
                 [](const auto&) {},
             },
             event);
}

}  // namespace

std::string event_json(const model::StampedEvent& it, std::string_view account) {
  const std::string email = model::event_email(it.event);
  Object json(512);
  json.add("event", kind_name(it.event));
  if (it.stamp.time)
    json.add("time", protocol::rfc3339(*it.stamp.time));
  else
    json.add("time", nullptr);
  if (it.stamp.cursor)
    json.add("cursor", std::to_string(*it.stamp.cursor));
  else
    json.add("cursor", nullptr);
  json.add("account", account);
  add_or_null(json, "email", email);
  json.add("nick", nullptr);
  add_keys(json, it.event);
  return std::move(json).text();
}

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
#include "cmd/msnc/fetch.hpp"
#include "cmd/msnc/kinds.hpp"
#include "cmd/msnc/since.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{
    "[-n N] [--since TIME] [--with WHO] [--only KINDS] [--from CURSOR] [-e]"};
constexpr std::array<std::string_view, 3> examples{
    "msnc log -n 20 --with bob@example.org", "msnc log --since 2h --only message,said",
    R"(msnc log --since 7d --json | jq -r 'select(.event=="message").text')"};
constexpr std::array options{
    Option{"-n,--max", Option::Kind::value, "N", "show only the newest N events"},
    Option{"--since", Option::Kind::value, "TIME",
           "show events since a time: 15:04, 2026-11-30, 2026-11-30T15:04, RFC 3339; or since a "
           "duration ago: 90s, 30m, 2h, 7d"},
    with_option,
    only_option,
    Option{"--from", Option::Kind::value, "CURSOR",
           "show events after this cursor (default: oldest)", Offer::cursor},
    empty_option};

Result<protocol::Poll> log_request(Context& context) {
  const Arguments& given = context.arguments;
  auto request = poll_request(given, "-n (--max)");
  if (!request) return request;
  request->last = request->max;
  if (const auto text = given.value("since")) {
    auto since = parse_since(*text, SystemClock().now());
    if (!since) return fail(std::move(since.error()));
    request->since = *since;
  }
  const auto from = given.value("from");
  if (from || !request->history()) {
    auto cursor = parse_cursor(from.value_or("oldest"));
    if (!cursor) return fail(std::move(cursor.error()));
    request->from = *cursor;
  }
  if (auto resolved = resolve_with(context, *request); !resolved)
    return fail(std::move(resolved.error()));
  if (!request->only.empty()) return request;
  // The daemon hands out the messages that this account has sent (SAID) only if ONLY names them.
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  if (auto greeted = (*connection)->hello(); !greeted) return fail(std::move(greeted.error()));
  if ((*connection)->peer().has("said")) request->only = all_kinds();
  return request;
}

Result<void> run(Context& context) {
  auto request = log_request(context);
  if (!request) return fail(std::move(request.error()));
  Pages pages(context, *request);
  std::uint64_t shown = 0;
  do {
    auto fetched = pages.next([&](const model::StampedEvent& event) { context.show(event); });
    if (!fetched) return fail(std::move(fetched.error()));
    shown += fetched->shown;
  } while (!pages.ended());
  if (shown == 0 && context.arguments.has("e")) return fail(ErrorCode::nothing, "no event");
  return {};
}

}  // namespace

extern const Command log_command;
constinit const Command log_command{
    .name = "log",
    .alias = "",
    .group = Group::messages,
    .summary = "show past events, sent and received (marks nothing as read)",
    .request = "HELLO POLL",
    .forms = forms,
    .examples = examples,
    .options = options,
    .arguments = {},
    .run = run,
    .note = "Reads the history page by page, with one request for each page."};

}  // namespace msn::msnc

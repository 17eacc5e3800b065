// SPDX-License-Identifier: MIT
#include "cmd/msnc/fetch.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"[--from CURSOR] [--max N] [--only KINDS] [-e]"};
constexpr std::array<std::string_view, 1> examples{
    R"(msnc log --only message --json | jq -r 'select(.email=="bob@example.org").text')"};
constexpr std::array options{
    Option{"--from", Option::Kind::value, "CURSOR", "only what comes after it (default: all)"},
    Option{"--max", Option::Kind::value, "N", "at most N events, the oldest of them"}, only_option,
    empty_option};

Result<void> run(Context& context) {
  auto request = poll_request(context.arguments);
  if (!request) return fail(std::move(request.error()));
  auto from = parse_cursor(context.arguments.value("from").value_or("oldest"));
  if (!from) return fail(std::move(from.error()));
  request->from = *from;
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
constinit const Command log_command{.name = "log",
                                    .alias = "",
                                    .group = Group::messages,
                                    .summary = "show the history of events, taking none",
                                    .request = "HELLO POLL",
                                    .forms = forms,
                                    .examples = examples,
                                    .options = options,
                                    .arguments = {},
                                    .run = run,
                                    .note = "(one exchange for each page of 1000 events)"};

}  // namespace msn::msnc

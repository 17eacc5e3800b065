// SPDX-License-Identifier: MIT
#include "cmd/msnc/fetch.hpp"
#include "core/client/calls.hpp"

#include <array>
#include <utility>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{
    "[--wait SECS] [--max N] [--only KINDS] [--with WHO] [--queue NAME [--create]] [--peek] [-e]"};
constexpr std::array<std::string_view, 3> examples{
    R"x(msnc poll --json | jq -r 'select(.event=="message")|"\(.email): \(.text)"')x",
    R"x(msnc poll --wait 60 --max 1 --only message -e --json || echo "no message")x",
    "msnc poll --queue cron --create --json >>$HOME/msn.log"};
constexpr std::array options{
    wait_option,
    max_option,
    only_option,
    with_option,
    queue_option,
    create_option,
    Option{"--peek", Option::Kind::flag, "", "show events without marking them as read"},
    empty_option};

Result<void> run(Context& context) {
  auto request = poll_request(context.arguments);
  if (!request) return fail(std::move(request.error()));
  if (auto good = check_said(context, *request); !good) return good;
  if (auto good = check_create(context.arguments); !good) return good;
  if (auto resolved = resolve_with(context, *request); !resolved) return resolved;
  request->peek = context.arguments.has("peek");
  request->hold = !request->peek;
  Delivery delivery(context);
  Pages pages(context, *request);
  const OnEvent show = [&](const model::StampedEvent& event) { delivery.show(event); };
  std::uint64_t shown = 0;
  bool begun = false;
  do {
    auto fetched = pages.next(show);
    if (!std::exchange(begun, true) && !fetched) {
      if (auto created = create_missing_queue(context, *request, std::move(fetched.error()));
          !created)
        return created;
      fetched = pages.next(show);
    }
    if (!fetched) return fail(std::move(fetched.error()));
    shown += fetched->shown;
    // Events are acknowledged only after they have been delivered (protocol 13.3).
    if (auto delivered = delivery.finish(); !delivered) return delivered;
    if (!request->hold || !fetched->extended || !fetched->last) continue;
    auto connection = context.connect();
    if (!connection) return fail(std::move(connection.error()));
    if (auto sent = client::send_ack(**connection, {*fetched->last, request->queue}); !sent) {
      context.output.warning(
          "the daemon disconnected before these events could be marked as read; "
          "the next poll prints them again");
      break;
    }
  } while (!pages.ended());
  if (pages.truncated())
    context.output.warning("there are more events, but over UDP --peek shows only the first ones");
  if (shown == 0 && context.arguments.has("e")) return fail(ErrorCode::nothing, "no event");
  return {};
}

}  // namespace

extern const Command poll_command;
constinit const Command poll_command{.name = "poll",
                                     .alias = "",
                                     .group = Group::messages,
                                     .summary = "print new events and mark them as read",
                                     .request = "POLL ACK HELLO QNEW QLIST INFO",
                                     .forms = forms,
                                     .examples = examples,
                                     .options = options,
                                     .arguments = {},
                                     .run = run};

}  // namespace msn::msnc

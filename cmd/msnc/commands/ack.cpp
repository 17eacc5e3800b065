// SPDX-License-Identifier: MIT
#include "cmd/msnc/fetch.hpp"
#include "cmd/msnc/input.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"CURSOR [--queue NAME]"};
constexpr std::array<std::string_view, 1> examples{
    R"x(msnc poll --peek --max 1 -e --json >event && ./work <event && msnc ack "$(jq -r .cursor event)")x"};
constexpr std::array options{queue_option};
constexpr std::array arguments{Argument{"CURSOR"}};

Result<void> run(Context& context) {
  auto from = parse_cursor(context.arguments.words[0]);
  if (!from) return fail(std::move(from.error()));
  if (from->oldest)
    return fail(ErrorCode::usage,
                "ack needs the cursor of an event, not 'oldest'; to see cursors, run: msnc poll "
                "--peek --json");
  protocol::Ack request{from->cursor, std::nullopt};
  if (const auto queue = context.arguments.value("queue")) {
    auto name = queue_name(*queue);
    if (!name) return fail(std::move(name.error()));
    request.queue = std::move(*name);
  }
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto removed = client::ack(**connection, request);
  if (!removed) return fail(std::move(removed.error()));
  context.show(Acknowledged{request.queue.value_or("-"), std::to_string(request.cursor), *removed});
  return {};
}

}  // namespace

extern const Command ack_command;
constinit const Command ack_command{.name = "ack",
                                    .alias = "",
                                    .group = Group::messages,
                                    .summary = "mark events as read, up to a cursor",
                                    .request = "ACK HELLO",
                                    .forms = forms,
                                    .examples = examples,
                                    .options = options,
                                    .arguments = arguments,
                                    .run = run};

}  // namespace msn::msnc

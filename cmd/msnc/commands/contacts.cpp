// SPDX-License-Identifier: MIT
#include "cmd/msnc/fetch.hpp"
#include "core/client/calls.hpp"

#include <algorithm>
#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"[--online] [--reverse | --blocked] [-e]"};
constexpr std::array<std::string_view, 1> examples{
    R"(msnc contacts --json | jq -r '.contacts[]|select(.status=="online").email')"};
constexpr std::array options{
    Option{"--online", Option::Kind::flag, "", "only contacts who are not offline"},
    Option{"--reverse", Option::Kind::flag, "", "list the users who have you as a contact"},
    Option{"--blocked", Option::Kind::flag, "", "list the users that you have blocked"},
    empty_option};

Result<void> run(Context& context) {
  const Arguments& given = context.arguments;
  if (given.has("reverse") && given.has("blocked"))
    return fail(ErrorCode::usage, "contacts takes either --reverse or --blocked, not both");
  const auto list = given.has("reverse")   ? client::List::reverse
                    : given.has("blocked") ? client::List::blocked
                                           : client::List::forward;
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto entries = client::contacts(**connection, list);
  if (!entries) return fail(std::move(entries.error()));
  if (given.has("online"))
    std::erase_if(*entries,
                  [](const protocol::ListEntry& entry) { return entry.status == "offline"; });
  if (entries->empty() && given.has("e")) return fail(ErrorCode::nothing, "the list is empty");
  context.show(Contacts{list, std::move(*entries)});
  return {};
}

}  // namespace

extern const Command contacts_command;
constinit const Command contacts_command{
    .name = "contacts",
    .alias = "ls",
    .group = Group::contacts,
    .summary = "list contacts with their status, address and name",
    .request = "GETCL GETRCL GETBL",
    .forms = forms,
    .examples = examples,
    .options = options,
    .arguments = {},
    .run = run};

}  // namespace msn::msnc

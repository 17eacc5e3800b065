// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "core/base/text.hpp"
#include "core/client/calls.hpp"
#include "core/pipe/locate.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"[-e]"};
constexpr std::array<std::string_view, 1> examples{
    "msnc accounts --json | jq -r '.accounts[]|select(.state==\"online\").account'"};
constexpr std::array options{
    Option{"-e", Option::Kind::flag, "", "exit with 8 if there is no socket of a daemon"}};

std::string_view state_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::no_daemon:
      return "not running";
    case ErrorCode::daemon_timeout:
      return "no answer";
    case ErrorCode::permission:
    case ErrorCode::no_access:
      return "not allowed";
    default:
      return "not understood";  // a value of the JSON output
  }
}

Result<std::vector<protocol::Attribute>> ask(Context& context, const std::string& socket) {
  auto address = pipe::parse_client_address("unix:" + socket);
  if (!address) return fail(std::move(address.error()));
  auto connection = context.open(*address);
  if (!connection) return fail(std::move(connection.error()));
  return client::state(*connection);
}

Result<void> run(Context& context) {
  Accounts accounts;
  for (const auto& [account, socket] : pipe::account_sockets(context.environment)) {
    Accounts::Entry entry{account, {}, {}, {}, socket};
    const auto attributes = ask(context, socket);
    if (!attributes) {
      entry.state = state_of(attributes.error().code);
    } else {
      for (const auto& [name, value] : *attributes) {
        if (name == "account") entry.account = value;
        if (name == "email") entry.email = value;
        if (name == "state") entry.state = value;
        if (name == "status") entry.status = value;
      }
    }
    accounts.entries.push_back(std::move(entry));
  }
  const bool none = accounts.entries.empty();
  if (none && context.arguments.has("e"))
    return fail(ErrorCode::nothing, "there is no daemon's socket in the default directories");
  context.show(accounts);
  return {};
}

}  // namespace

extern const Command accounts_command;
constinit const Command accounts_command{
    .name = "accounts",
    .alias = "",
    .group = Group::session,
    .summary = "list your daemons and whether they are logged in",
    .request = "STATE",
    .forms = forms,
    .examples = examples,
    .options = options,
    .arguments = {},
    .run = run,
    .timeout = 2,
    .note = "Asks each daemon in turn."};

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
#include "cmd/msnc/simple_commands.hpp"

#include "cmd/msnc/input.hpp"
#include "core/client/calls.hpp"

#include <algorithm>

namespace msn::msnc {

Result<void> run_contact_request(Context& context, std::string_view keyword) {
  auto contact = who(context.arguments.words[0]);
  if (!contact) return fail(std::move(contact.error()));
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto email = client::contact_request(**connection, keyword, *contact);
  if (!email) return fail(std::move(email.error()));
  auto name = name_of(*contact, *email);
  context.show(ContactDone{std::string(context.line.command->name), std::move(*email), std::nullopt,
                           std::move(name)});
  return {};
}

Result<void> show_state(Context& context, std::initializer_list<std::string_view> names) {
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto state = client::state(**connection);
  if (!state) return fail(std::move(state.error()));
  if (!context.settings.json)
    std::erase_if(*state, [&](const protocol::Attribute& one) {
      return std::find(names.begin(), names.end(), one.name) == names.end();
    });
  context.show(State{std::move(*state)});
  return {};
}

std::optional<std::string> name_of(std::string_view who, std::string_view email) {
  if (who == email) return std::nullopt;
  return std::string(who);
}

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/input.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO"};
constexpr std::array<std::string_view, 1> examples{"msnc info Bob --json | jq -r .mobile_phone"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::contact}};

Result<void> run(Context& context) {
  auto contact = who(context.arguments.words[0]);
  if (!contact) return fail(std::move(contact.error()));
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto attributes = client::info(**connection, *contact);
  if (!attributes) return fail(std::move(attributes.error()));
  context.show(Info{std::move(*attributes)});
  return {};
}

}  // namespace

extern const Command info_command;
constinit const Command info_command{.name = "info",
                                     .alias = "",
                                     .group = Group::contacts,
                                     .summary = "show a contact's details",
                                     .request = "INFO",
                                     .forms = forms,
                                     .examples = examples,
                                     .options = {},
                                     .arguments = arguments,
                                     .run = run};

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
#include "cmd/msnc/input.hpp"
#include "cmd/msnc/simple_commands.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO NICK..."};
constexpr std::array<std::string_view, 1> examples{"msnc ren bob@example.org Bob at work"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::contact},
                               Argument{"NICK", true, true}};

Result<void> run(Context& context) {
  auto contact = who(context.arguments.words[0]);
  if (!contact) return fail(std::move(contact.error()));
  auto nick = msnc::nick(context.arguments.joined(1), "NICK");
  if (!nick) return fail(std::move(nick.error()));
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto email = client::ren(**connection, *contact, *nick);
  if (!email) return fail(std::move(email.error()));
  auto name = name_of(*contact, *email);
  context.show(ContactDone{"ren", std::move(*email), std::move(*nick), std::move(name)});
  return {};
}

}  // namespace

extern const Command ren_command;
constinit const Command ren_command{.name = "ren",
                                    .alias = "",
                                    .group = Group::contacts,
                                    .summary = "rename a contact",
                                    .request = "REN",
                                    .forms = forms,
                                    .examples = examples,
                                    .options = {},
                                    .arguments = arguments,
                                    .run = run};

}  // namespace msn::msnc

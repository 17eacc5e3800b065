// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/input.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"EMAIL [NICK...]"};
constexpr std::array<std::string_view, 1> examples{"msnc add bob@example.org Bob the Builder"};
constexpr std::array arguments{Argument{"EMAIL", true, false, Offer::asking},
                               Argument{"NICK", false, true}};

Result<void> run(Context& context) {
  auto email = address(context.arguments.words[0]);
  if (!email) return fail(std::move(email.error()));
  // The protocol requires a nick (6.6); the default is the address.
  auto nick =
      context.arguments.words.size() == 1 ? email : msnc::nick(context.arguments.joined(1), "NICK");
  if (!nick) return fail(std::move(nick.error()));
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  if (auto done = client::add(**connection, *email, *nick); !done) return done;
  context.show(ContactDone{"add", std::move(*email), std::move(*nick)});
  return {};
}

}  // namespace

extern const Command add_command;
constinit const Command add_command{.name = "add",
                                    .alias = "",
                                    .group = Group::contacts,
                                    .summary = "add a contact",
                                    .request = "ADD",
                                    .forms = forms,
                                    .examples = examples,
                                    .options = {},
                                    .arguments = arguments,
                                    .run = run};

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/input.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO"};
constexpr std::array<std::string_view, 1> examples{"msnc unblock spam@example.org"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::address}};

Result<void> run(Context& context) {
  auto person = who(context.arguments.words[0]);
  if (!person) return fail(std::move(person.error()));
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  if (auto done = client::unblock(**connection, *person); !done) return done;
  context.show(ContactDone{"unblock", std::move(*person), std::nullopt});
  return {};
}

}  // namespace

extern const Command unblock_command;
constinit const Command unblock_command{.name = "unblock",
                                        .alias = "",
                                        .group = Group::people,
                                        .summary = "take a block back",
                                        .request = "UNBLOCK",
                                        .forms = forms,
                                        .examples = examples,
                                        .options = {},
                                        .arguments = arguments,
                                        .run = run};

}  // namespace msn::msnc

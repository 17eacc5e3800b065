// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/input.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"WHO"};
constexpr std::array<std::string_view, 1> examples{"msnc del gus@example.org"};
constexpr std::array arguments{Argument{"WHO", true, false, Offer::contact}};

Result<void> run(Context& context) {
  auto person = who(context.arguments.words[0]);
  if (!person) return fail(std::move(person.error()));
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  if (auto done = client::del(**connection, *person); !done) return done;
  context.show(ContactDone{"del", std::move(*person), std::nullopt});
  return {};
}

}  // namespace

extern const Command del_command;
constinit const Command del_command{.name = "del",
                                    .alias = "rm",
                                    .group = Group::people,
                                    .summary = "remove somebody from the list",
                                    .request = "DEL",
                                    .forms = forms,
                                    .examples = examples,
                                    .options = {},
                                    .arguments = arguments,
                                    .run = run};

}  // namespace msn::msnc

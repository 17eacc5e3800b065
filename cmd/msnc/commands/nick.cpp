// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/input.hpp"
#include "cmd/msnc/simple_commands.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"[NAME...]"};
constexpr std::array<std::string_view, 1> examples{"msnc nick Café owner"};
constexpr std::array arguments{Argument{"NAME", false, true}};

Result<void> run(Context& context) {
  if (context.arguments.words.empty()) return show_state(context, {"nick"});
  auto name = msnc::nick(context.arguments.joined(), "NAME");
  if (!name) return fail(std::move(name.error()));
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  if (auto done = client::nick(**connection, *name); !done) return done;
  context.show(NickSet{std::move(*name)});
  return {};
}

}  // namespace

extern const Command nick_command;
constinit const Command nick_command{.name = "nick",
                                     .alias = "",
                                     .group = Group::session,
                                     .summary = "show or set your display name",
                                     .request = "NICK STATE",
                                     .forms = forms,
                                     .examples = examples,
                                     .options = {},
                                     .arguments = arguments,
                                     .run = run};

}  // namespace msn::msnc

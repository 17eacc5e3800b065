// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{""};
constexpr std::array<std::string_view, 1> examples{"msnc logoff"};

Result<void> run(Context& context) {
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  if (auto done = client::logoff(**connection); !done) return done;
  context.show(LoggedOff{});
  return {};
}

}  // namespace

extern const Command logoff_command;
constinit const Command logoff_command{.name = "logoff",
                                       .alias = "",
                                       .group = Group::session,
                                       .summary = "log off",
                                       .request = "LOGOFF",
                                       .forms = forms,
                                       .examples = examples,
                                       .options = {},
                                       .arguments = {},
                                       .run = run};

}  // namespace msn::msnc

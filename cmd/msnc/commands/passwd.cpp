// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/password.hpp"
#include "cmd/secret.hpp"
#include "core/client/calls.hpp"

#include <array>
#include <unistd.h>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{"[--password-stdin]"};
constexpr std::array<std::string_view, 2> examples{
    "msnc passwd", "{ pass show msn; pass show msn-new; } | msnc passwd --password-stdin"};
constexpr std::array options{
    Option{"--password-stdin", Option::Kind::flag, "",
           "read the old and the new password from the first two lines of standard input"}};

Result<protocol::Passwd> read_passwords(const Context& context) {
  if (!context.arguments.has("password-stdin"))
    return prompt_for_old_and_new(!context.settings.no_input);
  auto lines = read_two_secrets(STDIN_FILENO, "standard input");
  if (!lines) return fail(std::move(lines.error()));
  return protocol::Passwd{std::move((*lines)[0]), std::move((*lines)[1])};
}

Result<void> run(Context& context) {
  // A dry run masks the passwords, so it does not ask for them.
  protocol::Passwd request{"old", "new"};
  if (!context.settings.dry_run) {
    auto passwords = read_passwords(context);
    if (!passwords) return fail(std::move(passwords.error()));
    request = std::move(*passwords);
  }
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto done = client::change_password(**connection, request);
  wipe(request.old_password);
  wipe(request.new_password);
  if (!done) return done;
  const AccountConfig& config = context.settings.config;
  context.show(PasswordChanged{config.password_file      ? "password_file"
                               : config.password_command ? "password_command"
                                                         : ""});
  return {};
}

}  // namespace

extern const Command passwd_command;
constinit const Command passwd_command{.name = "passwd",
                                       .alias = "",
                                       .group = Group::session,
                                       .summary = "change your password",
                                       .request = "PASSWD",
                                       .forms = forms,
                                       .examples = examples,
                                       .options = options,
                                       .arguments = {},
                                       .run = run};

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"
#include "cmd/msnc/input.hpp"
#include "cmd/msnc/password.hpp"
#include "cmd/secret.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{
    "[EMAIL] [--register] [--status MODE] "
    "[--password-file FILE | --password-stdin | --password-command CMD]"};
constexpr std::array<std::string_view, 3> examples{
    "msnc login me@example.org --status online", "msnc login --register me@example.org",
    "pass show msn | msnc login me@example.org --password-stdin"};
constexpr std::array options{
    Option{"--register", Option::Kind::flag, "", "create the account first"},
    Option{"--status", Option::Kind::value, "MODE",
           "set this status after the login (without it, you appear offline)", Offer::status},
    Option{"--password-file", Option::Kind::value, "FILE",
           "read the password from the first line of FILE (mode 600)", Offer::file},
    Option{"--password-stdin", Option::Kind::flag, "",
           "read the password from the first line of standard input"},
    Option{"--password-command", Option::Kind::value, "CMD",
           "read the password from the first line that /bin/sh -c CMD prints", Offer::program}};
constexpr std::array arguments{Argument{"EMAIL", false, false, Offer::own_address}};

Result<std::string> email_of(const Arguments& words, const AccountConfig& config) {
  if (!words.words.empty()) return address(words.words[0]);
  if (config.email) return address(*config.email);
  return fail(ErrorCode::usage,
              "login: EMAIL is missing, and the configuration has no email for account '" +
                  config.account + "'");
}

Result<void> run(Context& context) {
  const AccountConfig& config = context.settings.config;
  auto email = email_of(context.arguments, config);
  if (!email) return fail(std::move(email.error()));
  const bool registers = context.arguments.has("register");
  std::optional<model::Status> status;
  if (const auto mode = context.arguments.value("status")) {
    auto parsed = status_mode(*mode);
    if (!parsed) return fail(std::move(parsed.error()));
    status = *parsed;
  }
  PasswordSources sources;
  if (const auto file = context.arguments.value("password-file"))
    sources.file = expand_home(std::string(*file), context.environment);
  if (const auto command = context.arguments.value("password-command")) sources.command = *command;
  sources.standard_input = context.arguments.has("password-stdin");
  sources.config = config;
  sources.may_prompt = !context.settings.no_input;
  sources.email = *email;
  sources.is_new = registers;
  if (auto good = check_password_sources(sources); !good) return good;
  // A dry run masks the password, so it does not ask for it.
  protocol::Login request{*email, "password"};
  if (!context.settings.dry_run) {
    auto password = read_password(sources);
    if (!password) return fail(std::move(password.error()));
    request.password = std::move(*password);
  }
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  Result<void> done;
  if (registers) {
    protocol::Register account{request.email, request.password};
    done = client::create_account(**connection, account);
    wipe(account.password);
  }
  if (done) done = client::login(**connection, request);
  wipe(request.password);
  if (done && status) done = client::set_status(**connection, *status);
  if (!done) {
    // 205: no such account. The hint depends on whether the daemon can create accounts.
    if (done.error().number == 205) (void)(*connection)->hello();
    return done;
  }
  LoggedIn logged_in{std::move(*email)};
  if (status) logged_in.status = model::status_name(*status);
  context.show(logged_in);
  return {};
}

}  // namespace

extern const Command login_command;
constinit const Command login_command{.name = "login",
                                      .alias = "",
                                      .group = Group::session,
                                      .summary = "log in",
                                      .request = "REGISTER LOGIN STATUS",
                                      .forms = forms,
                                      .examples = examples,
                                      .options = options,
                                      .arguments = arguments,
                                      .run = run,
                                      .timeout = 90};

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
// LOGIN email password: connects, authenticates, loads the lists (protocol 6.1).
#include "core/daemon/context.hpp"

#include <string.h>

namespace msn::daemon::handlers {
namespace {

// A short password lies in the string object itself and stays there when it is moved from.
network::Secret take_secret(std::string& password) {
  network::Secret secret(password);
  explicit_bzero(password.data(), password.size());
  password.clear();
  return secret;
}

Result<Outcome> run(Context& context, const protocol::Request& request) {
  auto login = protocol::Login::decode(request);
  if (!login) return fail(std::move(login.error()));
  auto secret = take_secret(login->password);
  // Shared only because a std::function must be copyable; it is moved on when it runs.
  auto credentials = std::make_shared<network::Credentials>(
      network::Credentials{std::move(login->email), std::move(secret)});
  return Outcome(Later([&session = context.session, credentials](Done done) {
    session.login(std::move(*credentials), ok_or_error(std::move(done)));
  }));
}

}  // namespace

extern const Command login{
    .arguments = "email password", .min_words = 2, .max_words = any_number, .run = run};

}  // namespace msn::daemon::handlers

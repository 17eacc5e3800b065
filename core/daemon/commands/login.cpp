// SPDX-License-Identifier: MIT
// LOGIN email password: connects, authenticates, loads the lists (protocol 6.1).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

Result<Outcome> run(Context& context, const protocol::Request& request) {
  auto login = protocol::Login::decode(request);
  if (!login) return fail(std::move(login.error()));
  // Shared only because a std::function must be copyable; it is moved on when it runs.
  auto credentials = std::make_shared<network::Credentials>(
      network::Credentials{std::move(login->email), network::Secret(std::move(login->password))});
  return Outcome(Later([&session = context.session, credentials](Done done) {
    session.login(std::move(*credentials), ok_or_error(std::move(done)));
  }));
}

}  // namespace

extern const Command login{
    .arguments = "email password", .min_words = 2, .max_words = any_number, .run = run};

}  // namespace msn::daemon::handlers

// SPDX-License-Identifier: MIT
// UNBLOCK email: takes somebody off the block list (protocol 13.8).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

Result<Outcome> run(Context& context, const protocol::Request& request) {
  auto asked = protocol::ContactRequest::decode(request);
  if (!asked) return fail(std::move(asked.error()));
  auto email = context.session.resolve(asked->who, asked->nick, Session::Among::anybody);
  if (!email) return fail(std::move(email.error()));
  return Outcome(Later([&session = context.session, email = std::move(*email)](Done done) {
    session.network().unblock(email, ok_or_error(std::move(done)));
  }));
}

}  // namespace

extern const Command unblock{.arguments = "email",
                             .min_words = 1,
                             .max_words = 1,
                             .needs = Command::Needs::online,
                             .run = run};

}  // namespace msn::daemon::handlers

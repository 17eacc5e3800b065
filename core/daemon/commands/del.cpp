// SPDX-License-Identifier: MIT
// DEL contact: takes somebody off our list (protocol 6.7).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

Result<Outcome> run(Context& context, const protocol::Request& request) {
  auto asked = protocol::ContactRequest::decode(request);
  if (!asked) return fail(std::move(asked.error()));
  auto email = context.session.resolve(asked->who, asked->nick, Session::Among::contacts);
  if (!email) return fail(std::move(email.error()));
  return Outcome(Later([&session = context.session, email = std::move(*email)](Done done) {
    session.network().remove(email, ok_or_error(std::move(done)));
  }));
}

}  // namespace

extern const Command del{.arguments = "contact",
                         .min_words = 1,
                         .max_words = 1,
                         .needs = Command::Needs::online,
                         .run = run};

}  // namespace msn::daemon::handlers

// SPDX-License-Identifier: MIT
// ADD pnick email: puts somebody on our list (protocol 6.6).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

Result<Outcome> run(Context& context, const protocol::Request& request) {
  auto add = protocol::Add::decode(request);
  if (!add) return fail(std::move(add.error()));
  return Outcome(Later([&session = context.session, email = std::move(add->email),
                        nick = std::move(add->nick)](Done done) {
    session.network().add(email, nick, ok_or_error(std::move(done)));
  }));
}

}  // namespace

extern const Command add{.arguments = "pnick email",
                         .min_words = 2,
                         .max_words = 2,
                         .needs = Command::Needs::online,
                         .run = run};

}  // namespace msn::daemon::handlers

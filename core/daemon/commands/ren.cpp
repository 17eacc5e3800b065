// SPDX-License-Identifier: MIT
// REN contact pnick: gives a contact another name on our list (protocol 13.8).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

Result<Outcome> run(Context& context, const protocol::Request& request) {
  auto ren = protocol::Ren::decode(request);
  if (!ren) return fail(std::move(ren.error()));
  auto email = context.session.resolve(ren->who, ren->who_nick, Session::Among::contacts);
  if (!email) return fail(std::move(email.error()));
  return Outcome(Later([&session = context.session, email = std::move(*email),
                        nick = std::move(ren->nick)](Done done) {
    session.network().rename(email, nick, ok_or_error(std::move(done)));
  }));
}

}  // namespace

extern const Command ren{.arguments = "contact pnick",
                         .min_words = 2,
                         .max_words = 2,
                         .needs = Command::Needs::online,
                         .run = run};

}  // namespace msn::daemon::handlers

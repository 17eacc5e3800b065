// SPDX-License-Identifier: MIT
// PRIV p a: who may write to us, and whether we are asked before somebody adds us (protocol 6.5).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

Result<Outcome> run(Context& context, const protocol::Request& request) {
  auto asked = protocol::Priv::decode(request);
  if (!asked) return fail(std::move(asked.error()));
  return Outcome(Later([&session = context.session, asked = std::move(*asked)](Done done) {
    session.network().set_privacy(asked.privacy, ok_or_error(std::move(done)));
  }));
}

}  // namespace

extern const Command priv{.arguments = "p a",
                          .min_words = 2,
                          .max_words = 2,
                          .needs = Command::Needs::session,
                          .run = run};

}  // namespace msn::daemon::handlers

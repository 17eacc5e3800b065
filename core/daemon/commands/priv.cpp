// SPDX-License-Identifier: MIT
// PRIV p a: who may message this account, and whether it is asked before a user adds it
// (protocol 6.5).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::Priv::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  context.session.network().set_privacy(parsed->privacy, ok_or_error(std::move(reply)));
}

}  // namespace

extern const Command priv{.arguments = "p a",
                          .min_words = 2,
                          .max_words = 2,
                          .needs = Command::Needs::session,
                          .run = run};

}  // namespace msn::daemon::handlers

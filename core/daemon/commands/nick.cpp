// SPDX-License-Identifier: MIT
// NICK pnick: sets the display name (protocol 6.4).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::Nick::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  context.session.network().set_nick(parsed->nick, ok_or_error(std::move(reply)));
}

}  // namespace

extern const Command nick{.arguments = "pnick",
                          .min_words = 1,
                          .max_words = 1,
                          .needs = Command::Needs::session,
                          .run = run};

}  // namespace msn::daemon::handlers

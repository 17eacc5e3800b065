// SPDX-License-Identifier: MIT
// ADD pnick email: adds a contact (protocol 6.6).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::Add::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  context.session.network().add(parsed->email, parsed->nick, ok_or_error(std::move(reply)));
}

}  // namespace

extern const Command add{.arguments = "pnick email",
                         .min_words = 2,
                         .max_words = 2,
                         .needs = Command::Needs::session,
                         .run = run};

}  // namespace msn::daemon::handlers

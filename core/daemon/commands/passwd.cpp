// SPDX-License-Identifier: MIT
// PASSWD old new: changes the password of the account that is logged in (protocol 13.12).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::Passwd::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  context.session.change_password(network::Secret(std::move(parsed->old_password)),
                                  network::Secret(std::move(parsed->new_password)),
                                  ok_or_error(std::move(reply)));
}

}  // namespace

extern const Command passwd{.arguments = "old new",
                            .min_words = 2,
                            .max_words = 2,
                            .needs = Command::Needs::session,
                            .run = run};

}  // namespace msn::daemon::handlers

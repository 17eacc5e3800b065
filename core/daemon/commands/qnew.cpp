// SPDX-License-Identifier: MIT
// QNEW name [FROM=…] [ONLY=…]: creates a named queue on the event log (protocol 13.5).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::QNew::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  context.queues.create(*parsed, std::move(reply));
}

}  // namespace

extern const Command qnew{.arguments = "name [FROM=oldest|now|cursor] [ONLY=keyword,...]",
                          .min_words = 1,
                          .max_words = any_number,
                          .needs = Command::Needs::log,
                          .run = run};

}  // namespace msn::daemon::handlers

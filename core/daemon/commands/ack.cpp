// SPDX-License-Identifier: MIT
// ACK cursor [QUEUE=name]: removes handed-out events from their queue (protocol 13.3).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto ack = protocol::Ack::decode(request);
  if (!ack) return reply(fail(std::move(ack.error())));
  context.queues.ack(context.client, *ack, std::move(reply));
}

}  // namespace

extern const Command ack{.arguments = "cursor [QUEUE=name]",
                         .min_words = 1,
                         .max_words = any_number,
                         .needs = Command::Needs::log,
                         .run = run};

}  // namespace msn::daemon::handlers

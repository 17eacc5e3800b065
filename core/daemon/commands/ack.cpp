// SPDX-License-Identifier: MIT
// ACK cursor [QUEUE=name]: takes what was handed out, out of its queue (protocol 13.3).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto ack = protocol::Ack::decode(request);
  if (!ack) return reply(fail(std::move(ack.error())));
  auto removed = context.queues.ack(context.client, *ack);
  if (!removed) return reply(fail(std::move(removed.error())));
  // OK says that they will not come again, so it waits for the sync.
  ok_when_durable(context.journal, std::move(reply), std::to_string(*removed));
}

}  // namespace

extern const Command ack{.arguments = "cursor [QUEUE=name]",
                         .min_words = 1,
                         .max_words = any_number,
                         .needs = Command::Needs::log,
                         .run = run};

}  // namespace msn::daemon::handlers

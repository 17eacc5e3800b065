// SPDX-License-Identifier: MIT
// POLL: hands out events (protocol 6.9), with options in the EV form (13.2 to 13.5).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  if (!request.words.empty()) {
    auto poll = protocol::Poll::decode(request);
    if (!poll) return reply(fail(std::move(poll.error())));
    if (poll->extended) return context.queues.poll(context.client, *poll, std::move(reply));
  }
  context.queues.poll_plain(context.client, std::move(reply));
}

}  // namespace

extern const Command poll{
    .arguments =
        "[EV] [WAIT=s] [MAX=n] [ONLY=keyword,...] [WITH=email] [HOLD] [PEEK] [QUEUE=name] "
        "[FROM=cursor] [LAST=n] [SINCE=time] [NICKS]",
    .max_words = any_number,
    .needs = Command::Needs::log,
    .hands_out = true,
    .run = run};

}  // namespace msn::daemon::handlers

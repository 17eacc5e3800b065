// SPDX-License-Identifier: MIT
// QNEW name [FROM=…] [ONLY=…]: a queue of one's own on the event log (protocol 13.5).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto asked = protocol::QNew::decode(request);
  if (!asked) return reply(fail(std::move(asked.error())));
  if (auto made = context.queues.create(*asked); !made) return reply(fail(std::move(made.error())));
  // A queue that could not be written is dropped, so that the next QNEW of its name may succeed.
  context.journal.touch(when_done(std::move(reply), [&queues = context.queues, name = asked->name](
                                                        Reply to, const Result<void>& committed) {
    if (!committed) (void)queues.drop(name);
    to(ok_if_durable(committed));
  }));
}

}  // namespace

extern const Command qnew{.arguments = "name [FROM=oldest|now|cursor] [ONLY=keyword,...]",
                          .min_words = 1,
                          .max_words = any_number,
                          .needs = Command::Needs::log,
                          .run = run};

}  // namespace msn::daemon::handlers

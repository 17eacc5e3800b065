// SPDX-License-Identifier: MIT
// QDEL name: ends a named queue (protocol 13.5).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto asked = protocol::QDel::decode(request);
  if (!asked) return reply(fail(std::move(asked.error())));
  if (auto dropped = context.queues.drop(asked->name); !dropped)
    return reply(fail(std::move(dropped.error())));
  ok_when_durable(context.journal, std::move(reply));
}

}  // namespace

extern const Command qdel{
    .arguments = "name", .min_words = 1, .max_words = 1, .needs = Command::Needs::log, .run = run};

}  // namespace msn::daemon::handlers

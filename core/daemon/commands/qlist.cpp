// SPDX-License-Identifier: MIT
// QLIST: lists the queues, the default queue first (protocol 13.5).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request&, Reply reply) {
  auto entries = context.queues.list();
  if (!entries) return reply(fail(std::move(entries.error())));
  reply(protocol::queue_list(*entries));
}

}  // namespace

extern const Command qlist{.max_words = any_number, .needs = Command::Needs::log, .run = run};

}  // namespace msn::daemon::handlers

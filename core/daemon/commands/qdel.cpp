// SPDX-License-Identifier: MIT
// QDEL name: deletes a named queue (protocol 13.5).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::QDel::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  context.queues.drop(parsed->name, std::move(reply));
}

}  // namespace

extern const Command qdel{
    .arguments = "name", .min_words = 1, .max_words = 1, .needs = Command::Needs::log, .run = run};

}  // namespace msn::daemon::handlers

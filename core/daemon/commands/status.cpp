// SPDX-License-Identifier: MIT
// STATUS stname: sets the status (protocol 6.3).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::SetStatus::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  context.session.network().set_status(parsed->status, ok_or_error(std::move(reply)));
}

}  // namespace

extern const Command status{
    .arguments = "stname", .max_words = 1, .needs = Command::Needs::session, .run = run};

}  // namespace msn::daemon::handlers

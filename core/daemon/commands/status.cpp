// SPDX-License-Identifier: MIT
// STATUS stname: our own status (protocol 6.3).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

Result<Outcome> run(Context& context, const protocol::Request& request) {
  auto asked = protocol::SetStatus::decode(request);
  if (!asked) return fail(std::move(asked.error()));
  return Outcome(Later([&session = context.session, asked = std::move(*asked)](Done done) {
    session.network().set_status(asked.status, ok_or_error(std::move(done)));
  }));
}

}  // namespace

extern const Command status{
    .arguments = "stname", .max_words = 1, .needs = Command::Needs::session, .run = run};

}  // namespace msn::daemon::handlers

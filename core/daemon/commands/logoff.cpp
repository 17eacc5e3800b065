// SPDX-License-Identifier: MIT
// LOGOFF: ends the session; the queue stays (protocol 6.2).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

Result<Outcome> run(Context& context, const protocol::Request&) {
  return Outcome(Later(
      [&session = context.session](Done done) { session.logoff(ok_or_error(std::move(done))); }));
}

}  // namespace

extern const Command logoff{.run = run};

}  // namespace msn::daemon::handlers

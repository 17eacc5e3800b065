// SPDX-License-Identifier: MIT
// LOGOFF: ends the session; the queues are kept (protocol 6.2).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request&, Reply reply) {
  context.session.logoff(ok_or_error(std::move(reply)));
}

}  // namespace

extern const Command logoff{.run = run};

}  // namespace msn::daemon::handlers

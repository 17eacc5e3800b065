// SPDX-License-Identifier: MIT
// GETRCL: who has us on their list (protocol 6.10). Parameters are ignored.
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request&, Reply reply) {
  reply(context.session.list(&model::Lists::reverse));
}

}  // namespace

extern const Command getrcl{.max_words = any_number, .needs = Command::Needs::session, .run = run};

}  // namespace msn::daemon::handlers

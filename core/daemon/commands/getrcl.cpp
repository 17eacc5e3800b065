// SPDX-License-Identifier: MIT
// GETRCL [ASKS]: the users who have this account on their list (protocol 6.10) or ask for consent
// (13.10). Other parameters are ignored.
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  reply(context.session.list(
      [](const auto& contact) { return contact.lists.reverse || contact.asks; },
      protocol::GetReverse::decode(request).asks));
}

}  // namespace

extern const Command getrcl{
    .arguments = "[ASKS]", .max_words = any_number, .needs = Command::Needs::session, .run = run};

}  // namespace msn::daemon::handlers

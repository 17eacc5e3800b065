// SPDX-License-Identifier: MIT
// GETBL: the block list, in the form of GETCL (protocol 13.8).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request&, Reply reply) {
  reply(context.session.list([](const auto& contact) { return contact.lists.block; }));
}

}  // namespace

extern const Command getbl{.max_words = any_number, .needs = Command::Needs::session, .run = run};

}  // namespace msn::daemon::handlers

// SPDX-License-Identifier: MIT
// GETCL: the contact list (protocol 6.10). Parameters are ignored.
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request&, Reply reply) {
  reply(context.session.list([](const auto& contact) { return contact.lists.forward; }));
}

}  // namespace

extern const Command getcl{.max_words = any_number, .needs = Command::Needs::session, .run = run};

}  // namespace msn::daemon::handlers

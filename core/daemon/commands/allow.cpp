// SPDX-License-Identifier: MIT
// ALLOW contact: lets a contact add this account and see its status (protocol 13.10).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  run_contact_verb(context, request, std::move(reply), Session::Candidates::any_address,
                   &network::Network::allow);
}

}  // namespace

extern const Command allow{.arguments = "contact",
                           .min_words = 1,
                           .max_words = 1,
                           .needs = Command::Needs::session,
                           .run = run};

}  // namespace msn::daemon::handlers

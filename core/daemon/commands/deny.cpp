// SPDX-License-Identifier: MIT
// DENY contact: refuses or withdraws the consent that ALLOW gives (protocol 13.10).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  run_contact_verb(context, request, std::move(reply), Session::Candidates::any_address,
                   &network::Network::deny);
}

}  // namespace

extern const Command deny{.arguments = "contact",
                          .min_words = 1,
                          .max_words = 1,
                          .needs = Command::Needs::session,
                          .run = run};

}  // namespace msn::daemon::handlers

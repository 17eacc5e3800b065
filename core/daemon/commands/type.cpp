// SPDX-License-Identifier: MIT
// TYPE contact: sends a typing notification (protocol 13.8).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  run_contact_verb(context, request, std::move(reply), Session::Candidates::any_address,
                   &network::Network::typing);
}

}  // namespace

extern const Command type{.arguments = "contact",
                          .min_words = 1,
                          .max_words = 1,
                          .needs = Command::Needs::session,
                          .run = run};

}  // namespace msn::daemon::handlers

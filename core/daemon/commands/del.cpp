// SPDX-License-Identifier: MIT
// DEL contact: removes a contact (protocol 6.7).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  run_contact_verb(context, request, std::move(reply), Session::Candidates::contacts,
                   &network::Network::remove);
}

}  // namespace

extern const Command del{.arguments = "contact",
                         .min_words = 1,
                         .max_words = 1,
                         .needs = Command::Needs::session,
                         .run = run};

}  // namespace msn::daemon::handlers

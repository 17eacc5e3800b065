// SPDX-License-Identifier: MIT
// LOGIN email password: connects, authenticates, loads the lists (protocol 6.1).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto login = protocol::Login::decode(request);
  if (!login) return reply(fail(std::move(login.error())));
  context.session.login({std::move(login->email), network::Secret(std::move(login->password))},
                        ok_or_error(std::move(reply)));
}

}  // namespace

extern const Command login{
    .arguments = "email password", .min_words = 2, .max_words = any_number, .run = run};

}  // namespace msn::daemon::handlers

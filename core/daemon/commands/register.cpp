// SPDX-License-Identifier: MIT
// REGISTER email password: creates an account without logging in (protocol 13.12).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::Register::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  context.session.create_account(
      {std::move(parsed->email), network::Secret(std::move(parsed->password))},
      ok_or_error(std::move(reply)));
}

}  // namespace

// `register` is a keyword of C++.
extern const Command register_{
    .arguments = "email password", .min_words = 2, .max_words = any_number, .run = run};

}  // namespace msn::daemon::handlers

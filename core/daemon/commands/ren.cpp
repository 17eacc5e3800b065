// SPDX-License-Identifier: MIT
// REN contact pnick: gives a contact another name on our list (protocol 13.8).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto asked = protocol::Ren::decode(request);
  if (!asked) return reply(fail(std::move(asked.error())));
  auto person = context.session.resolve(asked->who, asked->who_nick, Session::Among::contacts);
  if (!person) return reply(fail(std::move(person.error())));
  auto done = ok_or_error(std::move(reply), person->told());
  context.session.network().rename(std::move(person->email), asked->nick, std::move(done));
}

}  // namespace

extern const Command ren{.arguments = "contact pnick",
                         .min_words = 2,
                         .max_words = 2,
                         .needs = Command::Needs::session,
                         .run = run};

}  // namespace msn::daemon::handlers

// SPDX-License-Identifier: MIT
// REN contact pnick: renames a contact (protocol 13.8).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::Ren::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  auto contact =
      context.session.resolve(parsed->who, parsed->who_nick, Session::Candidates::contacts);
  if (!contact) return reply(fail(std::move(contact.error())));
  auto done = ok_or_error(std::move(reply), contact->answer_text());
  context.session.network().rename(std::move(contact->email), parsed->nick, std::move(done));
}

}  // namespace

extern const Command ren{.arguments = "contact pnick",
                         .min_words = 2,
                         .max_words = 2,
                         .needs = Command::Needs::session,
                         .run = run};

}  // namespace msn::daemon::handlers

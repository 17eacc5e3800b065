// SPDX-License-Identifier: MIT
// SENDMSG n contact [ID=token] [WAIT=s]: a message and its lines (protocol 6.8, 13.7).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

Result<Outcome> run(Context& context, const protocol::Request& request) {
  auto asked = protocol::SendMsg::decode(request);
  if (!asked) return fail(std::move(asked.error()));
  auto email = context.session.resolve(asked->who, asked->who_nick, Session::Among::anybody);
  if (!email) return fail(std::move(email.error()));
  std::string id = asked->id.value_or("");
  if (id.empty() && asked->wait) id = Sends::make_id();
  if (!id.empty() && context.sends.under_way(id))
    return fail(ErrorCode::invalid, "a message " + id + " is still under way");
  network::OutgoingMessage message{std::move(*email), request.text, id};
  return Outcome(Later([&session = context.session, &sends = context.sends,
                        message = std::move(message), wait = asked->wait](Done done) {
    const std::string& token = message.id;
    if (token.empty()) return session.network().send(message, ok_or_error(std::move(done)));
    sends.begin(token);
    session.network().send(message, [&sends, token, wait, done](Result<void> accepted) {
      if (!accepted) {
        sends.refused(token);
        return done(fail(std::move(accepted.error())));
      }
      if (wait) return sends.await(token, *wait, done);
      sends.accepted(token);
      done(protocol::ok(token));
    });
  }));
}

}  // namespace

extern const Command sendmsg{.arguments = "count contact [ID=token] [WAIT=s]",
                             .min_words = 2,
                             .max_words = any_number,
                             .needs = Command::Needs::session,
                             .overlaps = true,
                             .run = run};

}  // namespace msn::daemon::handlers

// SPDX-License-Identifier: MIT
// SENDMSG n contact [ID=token] [WAIT=s]: a message and its lines (protocol 6.8, 13.7).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto asked = protocol::SendMsg::decode(request);
  if (!asked) return reply(fail(std::move(asked.error())));
  auto email = context.session.resolve(asked->who, asked->who_nick, Session::Among::anybody);
  if (!email) return reply(fail(std::move(email.error())));
  network::Network& network = context.session.network();
  std::string id = asked->id.value_or("");
  if (id.empty() && !asked->wait)
    return network.send({std::move(*email), request.text, {}}, ok_or_error(std::move(reply)));
  if (id.empty()) id = Sends::make_id();
  if (context.sends.under_way(id))
    return reply(fail(ErrorCode::invalid, "a message " + id + " is still under way"));
  context.sends.begin(id);
  network.send({std::move(*email), request.text, id},
               when_done(std::move(reply), [&sends = context.sends, id, wait = asked->wait](
                                               Reply to, Result<void> accepted) {
                 if (!accepted) {
                   sends.refused(id);
                   return to(fail(std::move(accepted.error())));
                 }
                 if (wait) return sends.await(id, *wait, std::move(to));
                 sends.accepted(id);
                 to(protocol::ok(id));
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

// SPDX-License-Identifier: MIT
// SENDMSG n contact [ID=token] [ONCE] [QUIET] [WAIT=s]: sends a message of n lines
// (protocol 6.8, 13.7).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::SendMsg::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  network::Network& network = context.session.network();
  if (request.text_bytes > network.abilities().text_limit) return reply(fail(ErrorCode::too_long));
  auto contact =
      context.session.resolve(parsed->who, parsed->who_nick, Session::Candidates::any_address);
  if (!contact) return reply(fail(std::move(contact.error())));
  std::string answer_text = contact->answer_text();
  network::OutgoingMessage message{std::move(contact->email), request.text,
                                   parsed->id.value_or("")};
  context.sends.send(network, std::move(message),
                     {parsed->once, parsed->quiet, parsed->wait, std::move(answer_text)},
                     std::move(reply));
}

}  // namespace

extern const Command sendmsg{.arguments = "count contact [ID=token] [ONCE] [QUIET] [WAIT=s]",
                             .min_words = 2,
                             .max_words = any_number,
                             .needs = Command::Needs::session,
                             .overlaps = true,
                             .run = run};

}  // namespace msn::daemon::handlers

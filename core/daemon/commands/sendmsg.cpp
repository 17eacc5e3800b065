// SPDX-License-Identifier: MIT
// SENDMSG n contact [ID=token] [ONCE] [QUIET] [WAIT=s]: a message and its lines
// (protocol 6.8, 13.7).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto asked = protocol::SendMsg::decode(request);
  if (!asked) return reply(fail(std::move(asked.error())));
  network::Network& network = context.session.network();
  if (request.text_bytes > network.abilities().text_limit) return reply(fail(ErrorCode::too_long));
  auto person = context.session.resolve(asked->who, asked->who_nick, Session::Among::anybody);
  if (!person) return reply(fail(std::move(person.error())));
  std::string told = person->told();
  network::OutgoingMessage message{std::move(person->email), request.text, asked->id.value_or("")};
  context.sends.send(network, std::move(message),
                     {asked->once, asked->quiet, asked->wait, std::move(told)}, std::move(reply));
}

}  // namespace

extern const Command sendmsg{.arguments = "count contact [ID=token] [ONCE] [QUIET] [WAIT=s]",
                             .min_words = 2,
                             .max_words = any_number,
                             .needs = Command::Needs::session,
                             .overlaps = true,
                             .run = run};

}  // namespace msn::daemon::handlers

// SPDX-License-Identifier: MIT
// What a request's handler may use, and the helpers that handlers share. Made for each request;
// what it refers to lives as long as the daemon (the client: until it is forgotten), so a callback
// may keep references to those, but never to the Context.
#pragma once
#include "core/daemon/command.hpp"
#include "core/daemon/journal.hpp"
#include "core/daemon/queues.hpp"
#include "core/daemon/reply.hpp"
#include "core/daemon/sends.hpp"
#include "core/daemon/session.hpp"
#include "core/daemon/settings.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace msn::daemon {

struct Context {
  const Settings& settings;
  Session& session;
  Queues& queues;
  Journal& journal;
  Sends& sends;
  Client& client;
};

// A callback for the network or the journal, which hands its result to `then` with the reply. It
// shares the Reply only because a std::function must be copyable; it may be called once.
template <class Then>
std::function<void(Result<void>)> when_done(Reply reply, Then then) {
  return [held = std::make_shared<Reply>(std::move(reply)), then = std::move(then)](
             Result<void> result) { then(std::move(*held), std::move(result)); };
}

// The network's result as the answer: OK and a text, or the error.
inline std::function<void(Result<void>)> ok_or_error(Reply reply, std::string text = {}) {
  return when_done(std::move(reply), [text = std::move(text)](Reply to, Result<void> result) {
    if (result)
      to(protocol::ok(text));
    else
      to(fail(std::move(result.error())));
  });
}

// A request about one contact that the network carries out and answers.
inline void ask_about_contact(Context& context, const protocol::Request& request, Reply reply,
                              Session::Among among,
                              void (network::Network::*ask)(std::string email, Session::Done)) {
  auto asked = protocol::ContactRequest::decode(request);
  if (!asked) return reply(fail(std::move(asked.error())));
  auto person = context.session.resolve(asked->who, asked->nick, among);
  if (!person) return reply(fail(std::move(person.error())));
  auto done = ok_or_error(std::move(reply), person->told());
  (context.session.network().*ask)(std::move(person->email), std::move(done));
}

}  // namespace msn::daemon

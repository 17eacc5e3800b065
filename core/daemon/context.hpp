// SPDX-License-Identifier: MIT
// The objects that a request's handler may use, and helpers that handlers share. A Context is
// created for each request. Callbacks may keep references to its objects, which live as long as the
// daemon (the client: until Queues::forget()), but not to the Context itself.
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
  QueueClient& client;
};

// Returns a callback for the network or the journal that calls `then` with the reply and the
// result. Call it at most once. The Reply is shared only because a std::function must be copyable.
template <class Then>
std::function<void(Result<void>)> when_done(Reply reply, Then then) {
  return [held = std::make_shared<Reply>(std::move(reply)), then = std::move(then)](
             Result<void> result) { then(std::move(*held), std::move(result)); };
}

// Returns a callback that answers "OK text", or the error. Call it at most once.
inline std::function<void(Result<void>)> ok_or_error(Reply reply, std::string text = {}) {
  return when_done(std::move(reply), [text = std::move(text)](Reply to, Result<void> result) {
    if (result)
      to(protocol::ok(text));
    else
      to(fail(std::move(result.error())));
  });
}

// Runs a request whose only argument is a contact: resolves it (protocol 6.14) and calls `verb`.
inline void run_contact_verb(Context& context, const protocol::Request& request, Reply reply,
                             Session::Candidates candidates,
                             void (network::Network::*verb)(std::string email, Session::Done)) {
  auto parsed = protocol::ContactRequest::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  auto contact = context.session.resolve(parsed->who, parsed->nick, candidates);
  if (!contact) return reply(fail(std::move(contact.error())));
  auto done = ok_or_error(std::move(reply), contact->answer_text());
  (context.session.network().*verb)(std::move(contact->email), std::move(done));
}

}  // namespace msn::daemon

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

// The network's result as the answer: OK, or the error.
inline std::function<void(Result<void>)> ok_or_error(Reply reply) {
  return when_done(std::move(reply), [](Reply to, Result<void> result) {
    if (result)
      to(protocol::ok());
    else
      to(fail(std::move(result.error())));
  });
}

// The journal's result as the answer: OK with `text`, or the error.
inline Result<Answer> ok_if_durable(const Result<void>& committed, const std::string& text = {}) {
  if (!committed) return fail(ErrorCode::invalid, "the event log: " + committed.error().message);
  return protocol::ok(text);
}

// Answers OK once everything changed so far is durable.
inline void ok_when_durable(Journal& journal, Reply reply, std::string text = {}) {
  journal.touch(when_done(std::move(reply),
                          [text = std::move(text)](Reply to, const Result<void>& committed) {
                            to(ok_if_durable(committed, text));
                          }));
}

// A request about one contact that the network carries out and answers.
inline void ask_about_contact(Context& context, const protocol::Request& request, Reply reply,
                              Session::Among among,
                              void (network::Network::*ask)(std::string email, Session::Done)) {
  auto asked = protocol::ContactRequest::decode(request);
  if (!asked) return reply(fail(std::move(asked.error())));
  auto email = context.session.resolve(asked->who, asked->nick, among);
  if (!email) return reply(fail(std::move(email.error())));
  (context.session.network().*ask)(std::move(*email), ok_or_error(std::move(reply)));
}

}  // namespace msn::daemon

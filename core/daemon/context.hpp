// SPDX-License-Identifier: MIT
// What a request's handler may touch. Made anew for each request; what it refers to lives as long
// as the daemon (the client: until it is forgotten), so a Later may keep references to those, but
// never to the Context.
#pragma once
#include "core/daemon/daemon.hpp"
#include "core/daemon/journal.hpp"
#include "core/daemon/queues.hpp"
#include "core/daemon/sends.hpp"
#include "core/daemon/session.hpp"

namespace msn::daemon {

struct Context {
  const Settings& settings;
  Session& session;
  Queues& queues;
  Journal& journal;
  Sends& sends;
  Client& client;
};

// The network's answer to a verb as the pipe's: OK, or why not.
inline Session::Done ok_or_error(Done done) {
  return [done = std::move(done)](Result<void> result) {
    if (result)
      done(protocol::ok());
    else
      done(fail(std::move(result.error())));
  };
}

// OK once everything changed so far is durable.
inline Later ok_when_durable(Journal& journal, std::string text = {}) {
  return [&journal, text = std::move(text)](Done done) {
    journal.touch([text, done = std::move(done)](Result<void> committed) {
      if (committed)
        done(protocol::ok(text));
      else
        done(fail(ErrorCode::invalid, "the event log: " + committed.error().message));
    });
  };
}

}  // namespace msn::daemon

// SPDX-License-Identifier: MIT
// QNEW name [FROM=…] [ONLY=…]: a queue of one's own on the event log (protocol 13.5).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

Result<Outcome> run(Context& context, const protocol::Request& request) {
  auto asked = protocol::QNew::decode(request);
  if (!asked) return fail(std::move(asked.error()));
  if (auto made = context.queues.create(*asked); !made) return fail(std::move(made.error()));
  // What could not be written is not there either, or the next try would be told that it is.
  return Outcome(
      Later([&journal = context.journal, &queues = context.queues, name = asked->name](Done done) {
        ok_when_durable(journal)([&queues, name, done = std::move(done)](Result<Answer> answer) {
          if (!answer) (void)queues.drop(name);
          done(std::move(answer));
        });
      }));
}

}  // namespace

extern const Command qnew{.arguments = "name [FROM=oldest|now|cursor] [ONLY=keyword,...]",
                          .min_words = 1,
                          .max_words = any_number,
                          .needs = Command::Needs::log,
                          .run = run};

}  // namespace msn::daemon::handlers

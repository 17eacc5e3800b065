// SPDX-License-Identifier: MIT
#include "cmd/msnc/exec.hpp"
#include "cmd/msnc/external.hpp"
#include "cmd/msnc/fetch.hpp"
#include "cmd/msnc/program.hpp"
#include "core/client/calls.hpp"

#include <algorithm>
#include <array>
#include <poll.h>

namespace msn::msnc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array<std::string_view, 2> forms{
    "[--wait SECS] [--max N] [--only KINDS] [--queue NAME] [--peek] [--no-retry]",
    "[...] [--exec-tries N] --exec CMD [ARG...]"};
constexpr std::array<std::string_view, 3> examples{
    "msnc watch", "msnc queue new bot; msnc watch --queue bot --only message --exec ./answer",
    "msnc watch --json --queue feed | mosquitto_pub -t msn -l"};
constexpr std::array options{
    Option{"--wait", Option::Kind::value, "SECS", "how long one request waits (default 60)"},
    Option{"--max", Option::Kind::value, "N", "at most N events in one answer"},
    only_option,
    queue_option,
    Option{"--peek", Option::Kind::flag, "",
           "look without taking, from now on and what is waiting"},
    Option{"--no-retry", Option::Kind::flag, "", "end if the daemon is away or not logged in"},
    Option{"--exec-tries", Option::Kind::value, "N",
           "give up after N failures with one event (default 5)"},
    Option{"--exec", Option::Kind::rest, "CMD",
           "run CMD for each event; all that follows is its own", Offer::program}};

constexpr seconds default_wait{60};
constexpr milliseconds first_pause{1000}, longest_pause{60'000};
// On this machine it costs nothing to look.
constexpr milliseconds longest_local_pause{5000};
// An original msncd answers at once, waiting or not (protocol 8: every 250 ms to 1 s).
constexpr milliseconds legacy_pause{1000};
constexpr std::uint64_t default_batch = 1000, default_batch_to_execute = 100;
constexpr std::uint64_t default_tries = 5, most_tries = 1'000'000;

void pause(milliseconds time) {
  ::poll(nullptr, 0, static_cast<int>(time.count()));
}

class BackOff {
 public:
  explicit BackOff(milliseconds longest) : longest_(longest) {}
  void wait() {
    pause(next_);
    next_ = std::min(next_ * 2, longest_);
  }
  void reset() { next_ = first_pause; }

 private:
  milliseconds longest_;
  milliseconds next_ = first_pause;
};

// May it be otherwise in a moment?
bool may_pass(ErrorCode code) {
  switch (code) {
    case ErrorCode::no_daemon:
    case ErrorCode::daemon_timeout:
    case ErrorCode::not_logged_in:
    case ErrorCode::protocol:  // also a daemon that went away in the middle
    case ErrorCode::busy:
      return true;
    default:
      return false;
  }
}

class Watch {
 public:
  Watch(Context& context, protocol::Poll request, std::uint64_t tries)
      : context_(context), request_(std::move(request)), tries_(tries) {}

  Result<void> run() {
    auto address = context_.address();
    BackOff back_off(address && address->kind == pipe::Address::Kind::unix_socket
                         ? longest_local_pause
                         : longest_pause);
    bool told = false;
    for (;;) {
      auto done = round();
      if (done) {
        back_off.reset();
        told = false;
        if (context_.settings.dry_run) return {};
        continue;
      }
      if (!may_pass(done.error().code) || context_.arguments.has("no-retry")) return done;
      context_.disconnect();
      if (!told)
        context_.output.warning(context_.describe(done.error()).message +
                                "; trying again until it works");
      told = true;
      back_off.wait();
    }
  }

 private:
  bool executes() const { return !context_.line.rest.empty(); }

  // One POLL, and its events shown and acknowledged.
  Result<void> round() {
    std::vector<model::StampedEvent> events;
    Delivery delivery(context_);
    auto fetched = Pages(context_, request_).next([&](const model::StampedEvent& event) {
      if (executes())
        events.push_back(event);
      else
        delivery.show(event);
    });
    if (!fetched) return fail(std::move(fetched.error()));
    if (auto delivered = delivery.finish(); !delivered) return delivered;
    for (const auto& event : events)
      if (auto done = execute(event); !done) return done;
    // All of it is done, control traffic too.
    if (fetched->extended && fetched->last)
      if (auto done = acknowledge(*fetched->last); !done) return done;
    if (!request_.hold && fetched->position) {
      // Looking without taking goes on where it stopped.
      request_.peek = false;
      request_.from = protocol::Poll::From{false, *fetched->position};
    }
    if (!fetched->extended && !context_.settings.dry_run) pause(legacy_pause);
    return {};
  }

  Result<void> execute(const model::StampedEvent& event) {
    const EventInput input = event_input(event, context_.settings.account);
    BackOff back_off(longest_pause);
    for (std::uint64_t tried = 1;; ++tried) {
      auto ended = run_for_event(context_.line.rest, input);
      if (!ended) return fail(std::move(ended.error()));
      if (ended->empty()) break;
      const std::string what = context_.line.rest[0] + " failed (" + *ended + ")";
      if (tried >= tries_)
        return fail(ErrorCode::refused, what + " " + std::to_string(tried) +
                                            " times with one event, which stays unacknowledged");
      context_.output.warning(what + "; trying the same event again");
      back_off.wait();
    }
    return event.stamp.cursor ? acknowledge(*event.stamp.cursor) : Result<void>{};
  }

  Result<void> acknowledge(std::uint64_t cursor) {
    if (!request_.hold || cursor == acknowledged_) return {};
    auto connection = context_.connect();
    if (!connection) return fail(std::move(connection.error()));
    auto removed = client::ack(**connection, {cursor, request_.queue});
    if (!removed) return fail(std::move(removed.error()));
    acknowledged_ = cursor;
    return {};
  }

  Context& context_;
  protocol::Poll request_;
  std::uint64_t tries_;
  std::optional<std::uint64_t> acknowledged_;
};

Result<void> run(Context& context) {
  const Arguments& given = context.arguments;
  if (!given.words.empty())
    return fail(ErrorCode::usage, "watch takes no arguments but behind --exec");
  auto request = poll_request(given);
  if (!request) return fail(std::move(request.error()));
  if (auto good = check_said(*request); !good) return good;
  request->peek = given.has("peek");
  request->hold = !request->peek;
  if (!request->wait) request->wait = default_wait;
  if (request->wait->count() == 0) return fail(ErrorCode::usage, "watch --wait takes at least 1");
  const bool executes = !context.line.rest.empty();
  if (!request->max) request->max = executes ? default_batch_to_execute : default_batch;
  auto tries = given.number("exec-tries", 1, most_tries);
  if (!tries) return fail(std::move(tries.error()));
  if (executes) {
    // Elsewhere a hold ends by itself after a minute (protocol 13.3), and a program may take long.
    auto address = context.address();
    if (address && address->kind != pipe::Address::Kind::unix_socket) request->max = 1;
    if (!find_program(context.environment, context.line.rest[0]))
      return fail(ErrorCode::usage,
                  "--exec: there is no program '" + context.line.rest[0] + "' that can be run");
    if (auto exported = export_environment(context); !exported) return exported;
  }
  return Watch(context, std::move(*request), tries->value_or(default_tries)).run();
}

}  // namespace

extern const Command watch_command;
constinit const Command watch_command{
    .name = "watch",
    .alias = "",
    .group = Group::messages,
    .summary = "print events as they come, or run a command for each",
    .request = "POLL ACK HELLO",
    .forms = forms,
    .examples = examples,
    .options = options,
    .arguments = {},
    .run = run,
    .note = "(made of polls that wait, again and again)"};

}  // namespace msn::msnc

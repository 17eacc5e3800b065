// SPDX-License-Identifier: MIT
#include "cmd/msnc/child_process.hpp"
#include "cmd/msnc/exec.hpp"
#include "cmd/msnc/external.hpp"
#include "cmd/msnc/fetch.hpp"
#include "cmd/msnc/retry.hpp"
#include "core/base/backoff.hpp"
#include "core/base/text.hpp"
#include "core/client/calls.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace msn::msnc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array<std::string_view, 2> forms{
    "[--count N] [--for SECS [-e]] [--wait SECS] [--max N] [--only KINDS] [--with WHO] "
    "[--queue NAME [--create]] [--peek] [--no-retry]",
    "[...] [--exec-tries N] [--on-failure stop|skip|retry] --exec CMD [ARG...]"};
constexpr std::array<std::string_view, 4> examples{
    "msnc watch", "msnc watch --count 1 --for 60 -e --only message --with bob@example.org",
    "msnc watch --queue bot --create --only message --exec ./answer",
    "msnc watch --json --queue feed --create | mosquitto_pub -t msn -l"};
constexpr std::array options{
    Option{"--count", Option::Kind::value, "N", "exit after N events"},
    Option{"--for", Option::Kind::value, "SECS", "exit after SECS seconds"},
    Option{"-e", Option::Kind::flag, "", "with --for: exit with 8 if there was no event"},
    Option{"--wait", Option::Kind::value, "SECS",
           "let each request wait up to SECS seconds (default 60)"},
    Option{"--max", Option::Kind::value, "N", "fetch at most N events with one request"},
    only_option,
    with_option,
    queue_option,
    create_option,
    Option{"--peek", Option::Kind::flag, "",
           "show pending and new events without marking them as read"},
    Option{"--no-retry", Option::Kind::flag, "",
           "exit if the daemon is not running or not logged in"},
    Option{"--exec-tries", Option::Kind::value, "N",
           "try the command up to N times for one event (default 5)"},
    Option{"--on-failure", Option::Kind::value, "ACTION",
           "if all tries fail: stop (default) or skip the event; or retry forever",
           Offer::on_failure},
    Option{"--exec", Option::Kind::rest, "CMD",
           "run CMD for each event; all further words are its arguments", Offer::program}};

using Clock = std::chrono::steady_clock;

constexpr seconds default_wait{60};
constexpr milliseconds first_pause{1000}, longest_pause{60'000};  // between tries of --exec
// An original msncd cannot wait for events, so it is polled (protocol 8: every 250 ms to 1 s).
constexpr milliseconds legacy_pause{1000};
constexpr std::uint64_t default_batch = 1000, default_batch_to_execute = 100;
constexpr std::uint64_t default_tries = 5, most_tries = 1'000'000;
constexpr std::uint64_t most_events = 999'999'999, most_seconds = 999'999'999;

enum class OnFailure { stop, skip, retry };

struct Bounds {
  std::optional<std::uint64_t> count;    // events to show or to run the command for
  std::optional<Clock::time_point> end;  // --for
  std::uint64_t tries = default_tries;   // for one event
  OnFailure on_failure = OnFailure::stop;
};

class Watch {
 public:
  Watch(Context& context, protocol::Poll request, Bounds bounds)
      : context_(context), request_(std::move(request)), bounds_(bounds) {}

  Result<void> run() {
    Retry retry(context_);
    while (!is_over()) {
      auto done = round();
      if (done) {
        retry.succeeded();
        if (context_.settings.dry_run) return {};
        continue;
      }
      const auto wait = retry.after(done.error(), "retrying until it works");
      if (!wait) return done;
      if (auto waited = pause(*wait); !waited) return waited;
      if (is_over()) return done;  // the daemon is still not available
    }
    if (shown_ == 0 && context_.arguments.has("e")) return fail(ErrorCode::nothing, "no event");
    return {};
  }

 private:
  bool executes() const { return !context_.line.rest.empty(); }
  bool is_over() const {
    return (bounds_.count && shown_ >= *bounds_.count) ||
           (bounds_.end && Clock::now() >= *bounds_.end);
  }
  // `time`, but not longer than until the end that --for sets; rounded up.
  template <class Duration>
  Duration left_of(Duration time) const {
    if (!bounds_.end) return time;
    const auto left = std::chrono::ceil<Duration>(*bounds_.end - Clock::now());
    return std::clamp(left, Duration(0), time);
  }

  // Waits. ErrorCode::output: the reader of the output has closed the pipe meanwhile.
  Result<void> pause(milliseconds time) {
    time = left_of(time);
    if (!context_.out.is_pipe()) {
      msnc::pause(time);
      return {};
    }
    (void)context_.out.wait_for(-1, time);
    if (!context_.out.is_broken_pipe()) return {};
    return fail(ErrorCode::output, "the output could not be written: Broken pipe");
  }

  // The next POLL. The first one does not wait, so that a shared queue is reported at once.
  protocol::Poll next_request() const {
    protocol::Poll next = request_;
    if (bounds_.count) next.max = std::min(*next.max, *bounds_.count - shown_);
    const bool looks = next.hold && !begun_ && !context_.settings.dry_run;
    next.wait = looks ? seconds(0) : left_of(*next.wait);
    return next;
  }

  // Sends one POLL, and shows and acknowledges its events.
  Result<void> round() {
    if (auto resolved = resolve_with(context_, request_); !resolved) return resolved;
    std::vector<model::StampedEvent> events;
    Delivery delivery(context_);
    auto fetched = Pages(context_, next_request()).next([&](const model::StampedEvent& event) {
      if (executes())
        events.push_back(event);
      else
        delivery.show(event);
    });
    if (!fetched) return create_missing_queue(context_, request_, std::move(fetched.error()));
    begun_ = true;
    if (auto delivered = delivery.finish(); !delivered) return delivered;
    if (fetched->shared) warn_of_sharing();
    if (!executes()) shown_ += fetched->shown;
    for (const auto& event : events) {
      if (is_over()) return {};
      if (auto done = execute(event); !done) return done;
      ++shown_;
    }
    // Acknowledges control messages, too, which are not shown.
    if (fetched->extended && fetched->last)
      if (auto done = acknowledge(*fetched->last); !done) return done;
    if (!request_.hold && fetched->position) {
      // --peek continues after the last answer.
      request_.peek = false;
      request_.from = protocol::Poll::From{false, *fetched->position};
    }
    if (!fetched->extended && !context_.settings.dry_run) return pause(legacy_pause);
    return {};
  }

  void warn_of_sharing() {
    if (!request_.hold || std::exchange(warned_of_sharing_, true)) return;
    context_.output.warning(
        "another client reads this queue, too, and each event goes to only one of you; to get all "
        "events, use a queue of your own: " +
        context_.settings.program + " watch --queue NAME --create");
  }

  Result<void> execute(const model::StampedEvent& event) {
    const EventInput input = event_input(event, context_.daemon_account());
    Backoff backoff(first_pause, longest_pause);
    for (std::uint64_t tried = 1;; ++tried) {
      auto ended = run_for_event(context_.line.rest, input);
      if (!ended) return fail(std::move(ended.error()));
      if (ended->empty()) break;
      std::string what = context_.line.rest[0] + " failed (" + *ended + ")";
      const bool gives_up = bounds_.on_failure != OnFailure::retry && tried >= bounds_.tries;
      if (gives_up) what += " " + std::to_string(tried) + " times for one event";
      if (gives_up && bounds_.on_failure == OnFailure::skip) {
        context_.output.warning(what + "; the event is skipped" +
                                (input.cursor.empty() ? "" : ": cursor " + input.cursor));
        break;
      }
      if (gives_up) return fail(ErrorCode::refused, what + "; the event is not marked as read");
      if (is_over()) return fail(ErrorCode::refused, what + "; the event is not marked as read");
      context_.output.warning(what + "; retrying with the same event");
      if (auto waited = pause(backoff.next(0)); !waited) return waited;
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
  Bounds bounds_;
  std::uint64_t shown_ = 0;
  bool begun_ = false, warned_of_sharing_ = false;
  std::optional<std::uint64_t> acknowledged_;
};

Result<OnFailure> read_on_failure(const Arguments& given) {
  const auto word = given.value("on-failure").value_or("stop");
  if (word == "skip") return OnFailure::skip;
  if (word == "retry") return OnFailure::retry;
  if (word == "stop") return OnFailure::stop;
  return fail(ErrorCode::usage,
              "--on-failure takes stop, skip or retry, not '" + visible(word) + "'");
}

Result<Bounds> read_bounds(const Arguments& given, bool executes) {
  Bounds bounds;
  auto count = given.number("count", 1, most_events);
  if (!count) return fail(std::move(count.error()));
  bounds.count = *count;
  auto time = given.number("for", 1, most_seconds);
  if (!time) return fail(std::move(time.error()));
  if (*time) bounds.end = Clock::now() + seconds(**time);
  if (given.has("e") && !*time)
    return fail(ErrorCode::usage, "-e needs --for, because without it watch waits for an event");
  auto tries = given.number("exec-tries", 1, most_tries);
  if (!tries) return fail(std::move(tries.error()));
  bounds.tries = tries->value_or(default_tries);
  auto on_failure = read_on_failure(given);
  if (!on_failure) return fail(std::move(on_failure.error()));
  bounds.on_failure = *on_failure;
  if (!executes && (given.has("exec-tries") || given.has("on-failure")))
    return fail(ErrorCode::usage, "--exec-tries and --on-failure need --exec");
  if (given.has("exec-tries") && *on_failure == OnFailure::retry)
    return fail(ErrorCode::usage, "--on-failure retry never gives up: leave out --exec-tries");
  return bounds;
}

Result<void> run(Context& context) {
  const Arguments& given = context.arguments;
  const bool executes = !context.line.rest.empty();
  auto bounds = read_bounds(given, executes);
  if (!bounds) return fail(std::move(bounds.error()));
  auto request = poll_request(given);
  if (!request) return fail(std::move(request.error()));
  if (auto good = check_said(context, *request); !good) return good;
  if (auto good = check_create(given); !good) return good;
  request->peek = given.has("peek");
  request->hold = !request->peek;
  if (!request->wait) request->wait = default_wait;
  if (request->wait->count() == 0) return fail(ErrorCode::usage, "watch --wait takes at least 1");
  if (!request->max) request->max = executes ? default_batch_to_execute : default_batch;
  if (executes) {
    // On other pipes than Unix sockets a reservation expires after a minute (protocol 13.3), and a
    // program may take longer than that for several events.
    auto address = context.address();
    if (address && address->kind != pipe::Address::Kind::unix_socket) request->max = 1;
    if (!find_program(context.environment, context.line.rest[0]))
      return fail(ErrorCode::usage, "--exec: cannot run '" + visible(context.line.rest[0]) +
                                        "': not found, or not executable");
    if (auto exported = export_environment(context); !exported) return exported;
  }
  return Watch(context, std::move(*request), *bounds).run();
}

}  // namespace

extern const Command watch_command;
constinit const Command watch_command{
    .name = "watch",
    .alias = "",
    .group = Group::messages,
    .summary = "print events as they arrive, or run a command for each",
    .request = "POLL ACK HELLO QNEW QLIST INFO",
    .forms = forms,
    .examples = examples,
    .options = options,
    .arguments = {},
    .run = run,
    .note = "Repeats requests that wait for events, and retries if the daemon is unavailable."};

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
#include "cmd/msnc/fetch.hpp"

#include "cmd/msnc/input.hpp"
#include "cmd/msnc/kinds.hpp"
#include "core/base/text.hpp"
#include "core/client/calls.hpp"
#include "core/protocol/limits.hpp"

namespace msn::msnc {
namespace {
constexpr int cursor_digits = 19;
// Into a pipe the first events go one by one, each when the one before was taken: a reader that
// wants only some (`| head -1`) must not take along what it will throw away.
constexpr std::uint64_t one_by_one = 16;
}  // namespace

Result<protocol::Poll> poll_request(const Arguments& arguments) {
  protocol::Poll poll;
  poll.extended = true;
  auto wait = arguments.number("wait", 0, protocol::limits::wait_seconds);
  if (!wait) return fail(std::move(wait.error()));
  if (*wait) poll.wait = std::chrono::seconds(**wait);
  auto max = arguments.number("max", 1, protocol::limits::poll_max);
  if (!max) return fail(std::move(max.error()));
  poll.max = *max;
  if (const auto only = arguments.value("only")) {
    auto keywords = parse_kinds(*only);
    if (!keywords) return fail(std::move(keywords.error()));
    poll.only = std::move(*keywords);
  }
  if (const auto queue = arguments.value("queue")) {
    auto name = queue_name(*queue);
    if (!name) return fail(std::move(name.error()));
    poll.queue = std::move(*name);
  }
  return poll;
}

Result<protocol::Poll::From> parse_cursor(std::string_view text) {
  if (text == "oldest") return protocol::Poll::From{true, 0};
  if (const auto cursor = parse_number(text, cursor_digits))
    return protocol::Poll::From{false, *cursor};
  return fail(ErrorCode::usage,
              "'" + visible(text) + "' is not a cursor, as events and queues have one");
}

Result<Fetched> fetch(Context& context, const protocol::Poll& poll, const TakeEvent& take) {
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  Fetched fetched;
  auto polled = client::poll(**connection, poll, [&](model::StampedEvent event) {
    if (event.stamp.cursor) fetched.last = event.stamp.cursor;
    const auto* message = std::get_if<model::Message>(&event.event);
    if (message != nullptr && !protocol::is_text(*message)) return;
    ++fetched.shown;
    take(event);
  });
  if (!polled) return fail(std::move(polled.error()));
  fetched.events = polled->events;
  // Without an event only the end can tell that the daemon understood.
  fetched.extended = polled->extended || !polled->cursor.empty();
  fetched.position = parse_number(polled->cursor, cursor_digits);
  if (!fetched.extended)
    context.note(
        "an original msncd: its events have no time and no cursor, and it has forgotten them now");
  return fetched;
}

void Delivery::show(const model::StampedEvent& event) {
  context_.show(event);
  // A failure is kept by the writer, and told by finish().
  if (++shown_ <= one_by_one && context_.out.is_pipe()) (void)context_.out.deliver();
}

Result<void> Delivery::finish() {
  return shown_ == 0 ? context_.out.flush() : context_.out.deliver();
}

}  // namespace msn::msnc

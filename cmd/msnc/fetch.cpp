// SPDX-License-Identifier: MIT
#include "cmd/msnc/fetch.hpp"

#include "cmd/msnc/input.hpp"
#include "cmd/msnc/kinds.hpp"
#include "core/base/text.hpp"
#include "core/client/calls.hpp"
#include "core/protocol/limits.hpp"

#include <algorithm>
#include <utility>

namespace msn::msnc {
namespace {
constexpr int cursor_digits = 19;
// The first events are written to a pipe one at a time, each after the reader has read the previous
// one, so that a reader of only some events (`| head -1`) gets no more than it reads.
constexpr std::uint64_t one_by_one = 16;
}  // namespace

Result<protocol::Poll> poll_request(const Arguments& arguments, std::string_view max_name) {
  protocol::Poll poll;
  poll.extended = poll.nicks = true;
  auto wait = arguments.number("wait", 0, protocol::limits::wait_seconds);
  if (!wait) return fail(std::move(wait.error()));
  if (*wait) poll.wait = std::chrono::seconds(**wait);
  auto max = arguments.number("max", 1, protocol::limits::poll_max, max_name);
  if (!max) return fail(std::move(max.error()));
  poll.max = *max;
  auto only = chosen_kinds(arguments);
  if (!only) return fail(std::move(only.error()));
  poll.only = std::move(*only);
  if (const auto queue = arguments.value("queue")) {
    auto name = queue_name(*queue);
    if (!name) return fail(std::move(name.error()));
    poll.queue = std::move(*name);
  }
  return poll;
}

Result<protocol::Keywords> chosen_kinds(const Arguments& arguments) {
  protocol::Keywords chosen;
  for (const auto& only : arguments.values("only")) {
    auto keywords = parse_kinds(only);
    if (!keywords) return keywords;
    for (auto& keyword : *keywords)
      if (std::find(chosen.begin(), chosen.end(), keyword) == chosen.end())
        chosen.push_back(std::move(keyword));
  }
  return chosen;
}

Result<void> resolve_with(Context& context, protocol::Poll& poll) {
  const auto given = context.arguments.value("with");
  if (!given || poll.with) return {};
  auto contact = who(*given);
  if (!contact) return fail(std::move(contact.error()));
  if (contact->find('@') != contact->npos) {
    poll.with = std::move(*contact);
    return {};
  }
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto attributes = client::info(**connection, *contact);
  if (!attributes) return fail(std::move(attributes.error()));
  for (auto& [name, value] : *attributes)
    if (name == "email") poll.with = std::move(value);
  if (poll.with) return {};
  return fail(ErrorCode::unknown_contact, "this daemon does not report the address of '" +
                                              visible(*given) +
                                              "'; give the address: --with EMAIL");
}

Result<void> create_queue(Context& context, const protocol::QNew& queue, IfExists if_exists) {
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto created = client::queue_new(**connection, queue);
  if (created || if_exists == IfExists::fail) return created;
  const auto queues = client::queue_list(**connection);
  const bool exists =
      queues && std::any_of(queues->begin(), queues->end(), [&](const protocol::QueueLine& line) {
        return line.name == queue.name;
      });
  return exists ? Result<void>() : created;
}

Result<void> check_create(const Arguments& arguments) {
  if (!arguments.has("create") || arguments.has("queue")) return {};
  return fail(ErrorCode::usage, "--create needs the name of the queue: --queue NAME --create");
}

Result<void> create_missing_queue(Context& context, const protocol::Poll& poll, Error error) {
  if (error.code != ErrorCode::unknown_queue || !poll.queue || !context.arguments.has("create"))
    return fail(std::move(error));
  protocol::QNew queue;
  queue.name = *poll.queue;
  queue.only = poll.only;
  return create_queue(context, queue, IfExists::keep);
}

Result<void> check_said(const Context& context, const protocol::Poll& poll) {
  if (poll.queue.value_or("-") != "-" ||
      std::find(poll.only.begin(), poll.only.end(), "SAID") == poll.only.end())
    return {};
  return fail(ErrorCode::usage,
              "the default queue has no said events; create a queue that has them: " +
                  context.settings.program + " queue new both --only message,said");
}

Result<protocol::Poll::From> parse_cursor(std::string_view text) {
  if (text == "oldest") return protocol::Poll::From{true, 0};
  if (const auto cursor = parse_number(text, cursor_digits))
    return protocol::Poll::From{false, *cursor};
  return fail(ErrorCode::usage,
              "'" + visible(text) +
                  "' is not a cursor; to see cursors, run: msnc log --json, or: msnc queue ls");
}

Result<Fetched> Pages::next(const OnEvent& on_event) {
  auto connected = context_.connect();
  if (!connected) return fail(std::move(connected.error()));
  client::Connection& connection = **connected;
  if (auto known = context_.learn_account(connection); !known)
    return fail(std::move(known.error()));
  Fetched fetched;
  const auto& peer = connection.peer();
  if (connection.datagrams() && peer.has("max") && peer.has("hold")) {
    while (!ended_ && fetched.events < datagram_page)
      if (auto done = by_datagrams(connection, fetched, on_event); !done)
        return fail(std::move(done.error()));
    return fetched;
  }
  auto most = poll_.max;
  if (history_) {
    const auto page = poll_.only.empty() ? history_page : chosen_history_page;
    most = std::min(page, most.value_or(page));
  }
  auto count = exchange(connection, fetched, most, on_event);
  if (!count) return fail(std::move(count.error()));
  ended_ = ended_ || !history_ || more_ == 0 || *count < most;
  return fetched;
}

// HOLD fetches one event at a time; the end of the answer has its cursor. PEEK and history request
// a known number of events. So a lost datagram is noticed.
Result<void> Pages::by_datagrams(client::Connection& connection, Fetched& fetched,
                                 const OnEvent& on_event) {
  const std::uint64_t room =
      std::min(datagram_page - fetched.events, poll_.max.value_or(datagram_page));
  std::uint64_t most = 1, least = 0;
  if (poll_.peek && begun_) {
    most = fetched.events + room;  // PEEK always begins with the first event
  } else if (history_) {
    // At least two, because a gap may be reported again.
    most = std::min(room, std::max<std::uint64_t>(more_, 2));
    least = std::min(most, more_);
  }
  const bool looked = poll_.peek && begun_;
  const std::uint64_t before = fetched.events + more_;
  auto count = exchange(connection, fetched, most, on_event);
  if (!count) return fail(std::move(count.error()));
  if (looked) least = before - std::min(before, more_);
  if (*count < least) return fail(client::incomplete(connection));
  ended_ = ended_ || more_ == 0 || looked;
  truncated_ = looked && more_ > 0 && *count == datagram_page && poll_.max != 0;
  return {};
}

// Fetches one answer of at most `most` events; returns how many events it had.
Result<std::uint64_t> Pages::exchange(client::Connection& connection, Fetched& fetched,
                                      std::optional<std::uint64_t> most, const OnEvent& on_event) {
  protocol::Poll request = poll_;
  request.max = most;
  std::uint64_t fresh = 0;
  std::uint64_t wanted = 0;
  bool first = true;
  auto polled = client::poll(connection, request, [&](const model::StampedEvent& event) {
    const bool leads = std::exchange(first, false);
    if (poll_.peek && begun_ && event.stamp.cursor <= fetched.last) return;
    fetched.last = event.stamp.cursor;
    // A gap in the history has been reported with the first page.
    const auto* gap = std::get_if<model::Gap>(&event.event);
    if (leads && begun_ && history_ && gap != nullptr && gap->lost) return;
    ++fresh;
    // A gap in the history does not count as one of the requested events.
    if (!history_ || gap == nullptr) ++wanted;
    const auto* message = std::get_if<model::Message>(&event.event);
    if (message != nullptr && !protocol::is_text(*message)) return;
    ++fetched.shown;
    on_event(event);
  });
  if (!polled) {
    // If the daemon is offline now, all remaining events have been fetched.
    if (!begun_ || polled.error().code != ErrorCode::not_logged_in)
      return fail(std::move(polled.error()));
    ended_ = true;
    return 0;
  }
  begun_ = true;
  fetched.events += fresh;
  // If there is no event, only a cursor in POLLEND shows that the daemon understood EV.
  fetched.extended = polled->extended || !polled->cursor.empty();
  fetched.position = parse_number(polled->cursor, cursor_digits);
  if (!fetched.extended)
    context_.note(
        "this is an original msncd: its events have no time and no cursor, and it has deleted "
        "them");
  poll_.wait.reset();
  if (poll_.max) *poll_.max -= std::min(*poll_.max, wanted);
  if (history_ && fetched.last) {
    poll_.from = protocol::Poll::From{false, *fetched.last};
    poll_.last.reset();
    poll_.since.reset();
  }
  fetched.shared = polled->shared;
  more_ = polled->more;
  if (polled->storage_full) context_.warn_of_full_storage();
  ended_ = polled->events == 0 || poll_.max == 0;
  return polled->events;
}

void Delivery::show(const model::StampedEvent& event) {
  context_.show(event);
  // The writer keeps an error, and finish() returns it.
  if (++shown_ <= one_by_one && context_.out.is_pipe()) (void)context_.out.deliver();
}

Result<void> Delivery::finish() {
  return shown_ == 0 ? context_.out.flush() : context_.out.deliver();
}

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
// Shared by poll, watch, log and queue: options, fetching events in pages, and creating a queue.
#pragma once
#include "cmd/msnc/context.hpp"
#include "core/protocol/request.hpp"

#include <optional>

namespace msn::msnc {

inline constexpr Option wait_option{"--wait", Option::Kind::value, "SECS",
                                    "wait up to SECS seconds for the first event"};
inline constexpr Option max_option{"--max", Option::Kind::value, "N",
                                   "fetch at most N events and leave the rest in the queue"};
inline constexpr Option only_option{"--only", Option::Kind::list, "KINDS",
                                    "only these kinds of events, separated by commas", Offer::kind};
inline constexpr Option with_option{"--with", Option::Kind::value, "WHO",
                                    "only events of this contact", Offer::contact};
inline constexpr Option queue_option{"--queue", Option::Kind::value, "NAME",
                                     "use this queue instead of the default one", Offer::queue};
inline constexpr Option create_option{
    "--create", Option::Kind::flag, "",
    "create the queue if it does not exist (it receives events from now on)"};
inline constexpr Option empty_option{"-e", Option::Kind::flag, "",
                                     "exit with 8 if there was nothing to show"};

// The POLL request of the options --wait, --max, --only and --queue, with EV and NICKS. `max_name`:
// how messages call the option --max.
Result<protocol::Poll> poll_request(const Arguments&, std::string_view max_name = "--max");
// The kinds of all --only options; empty: all kinds.
Result<protocol::Keywords> chosen_kinds(const Arguments&);
// Puts the contact of --with into the request. A nick is resolved to the address with INFO.
Result<void> resolve_with(Context&, protocol::Poll&);
// Error usage: --only said with the default queue, which has no such events (protocol 13.11).
Result<void> check_said(const Context&, const protocol::Poll&);
// Parses "oldest" or a number.
Result<protocol::Poll::From> parse_cursor(std::string_view text);

// Creates a queue (QNEW). With `keep` an existing queue of that name is left unchanged.
enum class IfExists { fail, keep };
Result<void> create_queue(Context&, const protocol::QNew&, IfExists);
// Creates the queue of the request if `error` says that it does not exist and --create was given.
// Otherwise returns `error`.
Result<void> create_missing_queue(Context&, const protocol::Poll&, Error error);
// Error usage: --create without --queue.
Result<void> check_create(const Arguments&);

struct Fetched {
  std::uint64_t shown = 0;   // events passed to OnEvent: all but control messages (protocol 7.1)
  std::uint64_t events = 0;  // including control messages
  bool extended = false;     // false: an original msncd, without times and cursors
  bool shared = false;       // another client waits on, or holds events of, the same queue
  std::optional<std::uint64_t> last;      // cursor of the last event
  std::optional<std::uint64_t> position;  // cursor in POLLEND
};
using OnEvent = std::function<void(const model::StampedEvent&)>;

// Fetches the events of a POLL in pages. On a stream, HOLD and PEEK take one page, fetched with one
// request; history (FROM, LAST, SINCE) comes in pages of `history_page` events, so that the daemon
// never has to build one answer of all of it. Over UDP, where datagrams can be lost, a page has
// `datagram_page` events, requested in such a way that a lost one is noticed. PEEK over UDP ends
// with the first page, because it cannot continue after it.
class Pages {
 public:
  static constexpr std::uint64_t history_page = 1000, datagram_page = 16;
  // The page of history with ONLY. It is larger, because for each page the daemon reads all
  // remaining events to count them.
  static constexpr std::uint64_t chosen_history_page = 10'000;

  Pages(Context& context, protocol::Poll poll)
      : context_(context), poll_(std::move(poll)), history_(poll_.history()) {}
  // Fetches a page and passes its events, without control messages, to `on_event`. Only the first
  // page waits (WAIT).
  Result<Fetched> next(const OnEvent& on_event);
  // True if there are no more events, or as many as were requested have been fetched.
  bool ended() const { return ended_; }
  // True if there are more events, which PEEK cannot fetch over UDP.
  bool truncated() const { return truncated_; }

 private:
  Result<void> by_datagrams(client::Connection&, Fetched&, const OnEvent&);
  Result<std::uint64_t> exchange(client::Connection&, Fetched&, std::optional<std::uint64_t> most,
                                 const OnEvent&);

  Context& context_;
  protocol::Poll poll_;  // the next request
  bool history_;
  std::uint64_t more_ = 0;  // how many more events the last answer reported
  bool begun_ = false, ended_ = false, truncated_ = false;
};

// Prints events that are acknowledged afterwards, and makes sure that the output has been written
// and, if it is a pipe, read.
class Delivery {
 public:
  explicit Delivery(Context& context) : context_(context) {}
  void show(const model::StampedEvent&);
  // Returns without an error if all events have been delivered and may be acknowledged.
  Result<void> finish();

 private:
  Context& context_;
  std::uint64_t shown_ = 0;
};

}  // namespace msn::msnc

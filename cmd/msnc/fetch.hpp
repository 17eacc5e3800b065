// SPDX-License-Identifier: MIT
// What poll, watch, log and queue have in common: their options, one POLL whose events are shown,
// and the making of a queue.
#pragma once
#include "cmd/msnc/context.hpp"
#include "core/protocol/request.hpp"

#include <optional>

namespace msn::msnc {

inline constexpr Option wait_option{"--wait", Option::Kind::value, "SECS",
                                    "wait up to SECS seconds for the first event"};
inline constexpr Option max_option{"--max", Option::Kind::value, "N",
                                   "at most N events; the others stay"};
inline constexpr Option only_option{"--only", Option::Kind::list, "KINDS",
                                    "only these kinds of events, separated by commas", Offer::kind};
inline constexpr Option with_option{"--with", Option::Kind::value, "WHO",
                                    "only events about this contact", Offer::contact};
inline constexpr Option queue_option{"--queue", Option::Kind::value, "NAME",
                                     "use this queue instead of the default one", Offer::queue};
inline constexpr Option create_option{"--create", Option::Kind::flag, "",
                                      "make the queue if it is missing (from now on)"};
inline constexpr Option empty_option{"-e", Option::Kind::flag, "", "exit 8 if there was nothing"};

// --wait --max --only --queue, in the EV form with names. `max_name`: of --max, in messages.
Result<protocol::Poll> poll_request(const Arguments&, std::string_view max_name = "--max");
// The kinds that --only names, once or several times; none: all.
Result<protocol::Keywords> chosen_kinds(const Arguments&);
// --with: an address goes into the request as it is; a name costs an exchange of its own (INFO).
Result<void> resolve_with(Context&, protocol::Poll&);
// usage if `said` is asked of a queue that cannot have it: the default one (protocol 13.11).
Result<void> check_said(const Context&, const protocol::Poll&);
// "oldest" or a number.
Result<protocol::Poll::From> parse_cursor(std::string_view text);

// QNEW. A queue of that name that is there already stays as it is.
enum class IfExists { refuse, keep };
Result<void> create_queue(Context&, const protocol::QNew&, IfExists);
// --create: the queue was missing, as `error` says, and has been made. Else `error` again.
Result<void> create_missing_queue(Context&, const protocol::Poll&, Error error);
// usage: --create without --queue.
Result<void> check_create(const Arguments&);

struct Fetched {
  std::uint64_t shown = 0;  // without control traffic, which nobody is to see (protocol 7.1)
  std::uint64_t events = 0;
  bool extended = false;
  bool shared = false;                // another client waits on, or holds events of, the same queue
  std::optional<std::uint64_t> last;  // the last event's cursor
  std::optional<std::uint64_t> position;  // the cursor of the answer's end
};
using OnEvent = std::function<void(const model::StampedEvent&)>;

// The events of a POLL in pages. On a stream HOLD and PEEK are one page and one exchange; history
// (FROM, LAST, SINCE) comes in pages of `history_page`, so that the daemon never makes one answer
// of all of it. By UDP, where the system drops what does not fit, a page has `datagram_page`
// events, asked for so that one that is missing shows; PEEK cannot go on where it stopped and ends
// with the first.
class Pages {
 public:
  static constexpr std::uint64_t history_page = 1000, datagram_page = 16;
  // With ONLY a daemon reads all that is left to count it, for each page anew.
  static constexpr std::uint64_t chosen_history_page = 10'000;

  Pages(Context& context, protocol::Poll poll)
      : context_(context), poll_(std::move(poll)), history_(poll_.history()) {}
  // Every event that is for people goes to `take`. WAIT is for the first event of all.
  Result<Fetched> next(const OnEvent& take);
  // All that there was, or was wanted, has come.
  bool ended() const { return ended_; }
  // It ended because UDP cannot show the rest.
  bool cut() const { return cut_; }

 private:
  Result<void> by_datagrams(client::Connection&, Fetched&, const OnEvent&);
  Result<std::uint64_t> exchange(client::Connection&, Fetched&, std::optional<std::uint64_t> most,
                                 const OnEvent&);

  Context& context_;
  protocol::Poll poll_;  // what is still to be asked for
  bool history_;
  std::uint64_t more_ = 0;  // as the last answer told
  bool begun_ = false, ended_ = false, cut_ = false;
};

// Shows events that are acknowledged afterwards, so that none is lost on the way to who reads us.
class Delivery {
 public:
  explicit Delivery(Context& context) : context_(context) {}
  void show(const model::StampedEvent&);
  // All of it is out, and may be acknowledged.
  Result<void> finish();

 private:
  Context& context_;
  std::uint64_t shown_ = 0;
};

}  // namespace msn::msnc

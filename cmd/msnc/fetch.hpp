// SPDX-License-Identifier: MIT
// What poll, watch and log have in common: their options, and one POLL whose events are shown.
#pragma once
#include "cmd/msnc/context.hpp"
#include "core/protocol/request.hpp"

#include <optional>

namespace msn::msnc {

inline constexpr Option wait_option{"--wait", Option::Kind::value, "SECS",
                                    "wait up to SECS seconds for the first event"};
inline constexpr Option max_option{"--max", Option::Kind::value, "N",
                                   "at most N events; the others stay"};
inline constexpr Option only_option{"--only", Option::Kind::value, "KINDS",
                                    "only these kinds of events, separated by commas", Offer::kind};
inline constexpr Option queue_option{"--queue", Option::Kind::value, "NAME", "of this queue",
                                     Offer::queue};
inline constexpr Option empty_option{"-e", Option::Kind::flag, "", "exit 8 if there was nothing"};

// --wait --max --only --queue, in the EV form.
Result<protocol::Poll> poll_request(const Arguments&);
// "oldest" or a number.
Result<protocol::Poll::From> parse_cursor(std::string_view text);

struct Fetched {
  std::uint64_t shown = 0;  // without control traffic, which nobody is to see (protocol 7.1)
  std::uint64_t events = 0;
  bool extended = false;
  std::optional<std::uint64_t> last;      // the last event's cursor
  std::optional<std::uint64_t> position;  // the cursor of the answer's end
};
using TakeEvent = std::function<void(const model::StampedEvent&)>;
// One exchange; every event that is for people goes to `take`.
Result<Fetched> fetch(Context&, const protocol::Poll&, const TakeEvent& take);

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

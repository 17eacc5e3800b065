// SPDX-License-Identifier: MIT
// Deleting events over the limits of the log.
#include "core/store/tables.hpp"

#include <algorithm>

namespace msn::store {
namespace {

// The events that are not history are pending in some queue.
Totals pending(const State& state) {
  return {state.all.events - std::min(state.all.events, state.history.events),
          state.all.bytes - std::min(state.all.bytes, state.history.bytes)};
}

bool over(const Totals& totals, std::uint64_t events, std::uint64_t bytes) {
  return totals.events > events || totals.bytes > bytes;
}

bool too_much_history(const State& state, const Retention& retention, Time now) {
  return state.history.events > 0 && (over(state.history, retention.events, retention.bytes) ||
                                      now - state.oldest_history > retention.age);
}

// The last event is always kept.
bool too_much_unread(const State& state, const Retention& retention) {
  const Totals unread = pending(state);
  return unread.events > 1 && over(unread, retention.pending_events, retention.pending_bytes);
}

}  // namespace

bool Tables::unfinished(const Retention& retention, Time now) const {
  return too_much_history(state_, retention, now) || too_much_unread(state_, retention) ||
         std::any_of(state_.queues.begin(), state_.queues.end(),
                     [](const auto& entry) { return !entry.second.ready; });
}

std::uint64_t Tables::enforce_retention(const Retention& retention, Time now, std::uint64_t steps) {
  // Do not delete history while a queue is being filled from it.
  const bool filling = std::any_of(state_.queues.begin(), state_.queues.end(),
                                   [](const auto& entry) { return entry.second.filling(); });
  std::uint64_t unread = 0;
  for (; steps > 0; --steps) {
    if (!filling && drop_history(retention, now)) continue;
    if (!too_much_unread(state_, retention)) break;
    drop_unread();
    ++unread;
  }
  return unread;
}

// Returns the keyword of the event.
std::string Tables::delete_event(std::uint64_t cursor) {
  std::string keyword;
  std::uint64_t size = 0;
  {
    Run run(statements_[Sql::delete_event], cursor);
    if (!run.step()) throw_damaged("an event is missing");
    run.text(0, keyword);
    size = run.natural(1);
  }
  Run(statements_[Sql::delete_body], cursor).all();
  state_.all.remove(size);
  --state_.keywords[keyword];
  state_.floor = std::max(state_.floor, cursor);
  return keyword;
}

bool Tables::drop_history(const Retention& retention, Time now) {
  if (state_.history.events == 0) return false;
  std::uint64_t cursor = 0;
  {
    Run run(statements_[Sql::oldest_history]);
    if (!run.step() || run.is_null(1)) throw_damaged("the history does not add up");
    cursor = run.natural(0);
    state_.oldest_history = Time{Milliseconds{run.number(1)}};
  }
  if (!too_much_history(state_, retention, now)) return false;
  {
    Run run(statements_[Sql::delete_pending], std::int64_t{0}, cursor);
    if (run.step()) state_.history.remove(run.natural(1));
  }
  delete_event(cursor);
  return true;
}

// Drops one pending event: typing first, then a superseded status, then the oldest event
// (msncd-protocol(7) 11). Each queue that loses it gets a gap.
void Tables::drop_unread() {
  std::uint64_t cursor = 0;
  {
    Run run(statements_[Sql::first_to_drop]);
    if (run.step()) cursor = run.natural(0);
  }
  if (cursor == 0) {
    for (const auto& [name, queue] : state_.queues) {
      const auto first = pending_cursors(queue, {}, 1);
      if (!first.empty() && (cursor == 0 || first[0] < cursor)) cursor = first[0];
    }
  }
  if (cursor == 0) throw_damaged("pending events do not add up");
  const std::string keyword = delete_event(cursor);
  for (auto& [name, queue] : state_.queues) {
    if (Run(statements_[Sql::delete_pending], queue.id, cursor).step())
      queue.pending -= queue.pending > 0 ? 1 : 0;
    else if (!queue.filling() || cursor <= queue.filled || cursor > queue.to_fill ||
             !queue.wants(keyword))
      continue;
    ++queue.gap;
    queue.changed = true;
  }
}

}  // namespace msn::store

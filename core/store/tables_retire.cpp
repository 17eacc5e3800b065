// SPDX-License-Identifier: MIT
// What leaves: superseded presence from long queues, and what is over the bounds from the log.
#include "core/store/tables.hpp"

#include <algorithm>

namespace msn::store {

// All older typing and superseded status events leave the queue (msncd(8), the event log). The
// first time a queue gets long, or long again.
void Tables::coalesce(Queue& queue) {
  struct Superseded {
    std::uint64_t cursor;
    std::string keyword;
  };
  std::vector<Superseded> superseded;
  {
    Run run(statements_[Sql::presence], queue.id);
    std::string keyword;
    std::string email;
    std::string next_keyword;
    std::string next_email;
    std::uint64_t cursor = 0;
    while (run.step()) {
      run.text(0, next_keyword);
      run.text(1, next_email);
      if (next_keyword == keyword && next_email == email) superseded.push_back({cursor, keyword});
      cursor = run.natural(2);
      keyword.swap(next_keyword);
      email.swap(next_email);
    }
  }
  for (const Superseded& event : superseded) {
    remove(queue, event.cursor, event.keyword);
    release(event.cursor, event.keyword, queue);
  }
  queue.coalesced = true;
}

void Tables::coalesce(Queue& queue, const Record& newest) {
  std::vector<std::uint64_t> older;
  {
    Run run(statements_[Sql::older_presence], queue.id, newest.keyword, newest.email,
            newest.cursor);
    while (run.step()) older.push_back(run.natural(0));
  }
  for (const std::uint64_t cursor : older) {
    remove(queue, cursor, newest.keyword);
    release(cursor, newest.keyword, queue);
  }
}

Tables::Event Tables::event_of(Run& run, int first_column) {
  Event event;
  event.cursor = run.natural(first_column);
  if (run.is_null(first_column + 1)) damaged("an event is missing");
  run.text(first_column + 1, event.keyword);
  event.octets = run.natural(first_column + 2);
  return event;
}

void Tables::look_for_oldest_history() {
  if (head_.known) return;
  Run run(statements_[Sql::oldest_history]);
  if (!run.step()) damaged("the history does not add up");
  head_.event = event_of(run, 0);
  head_.time = Time{Milliseconds{run.number(3)}};
  head_.known = true;
}

bool Tables::may_be_over(const Retention& retention, Time now) const {
  if (state_.events > retention.events || state_.octets > retention.octets) {
    return state_.events > 1;
  }
  if (state_.history.pending == 0) return false;
  return !head_.known || now - head_.time > retention.age;
}

// The event is gone for good: from the history, or from each queue, which is told.
void Tables::drop(const Event& event, Queue* from) {
  if (from) {
    if (!remove(*from, event.cursor, event.keyword)) damaged("the history does not add up");
  } else {
    for (auto& [name, queue] : state_.queues) {
      if (queue.pending == 0 || !queue.wants(event.keyword)) continue;
      if (remove(queue, event.cursor, event.keyword)) ++queue.gap;
    }
  }
  Run(statements_[Sql::delete_event], event.cursor).all();
  if (database_.getChanges() != 1) damaged("an event is missing");
  --state_.events;
  state_.octets -= std::min(state_.octets, event.octets);
  state_.floor = std::max(state_.floor, event.cursor);
}

bool Tables::retire_history(const Retention& retention, Time now, bool full) {
  if (state_.history.pending == 0) return false;
  look_for_oldest_history();
  if (!full && now - head_.time <= retention.age) return false;
  const Event event = head_.event;
  head_.known = false;
  drop(event, &state_.history);
  return true;
}

void Tables::retire(const Retention& retention, Time now, std::uint64_t steps) {
  for (; steps != 0; --steps) {
    const bool full =
        state_.events > 1 && (state_.events > retention.events || state_.octets > retention.octets);
    if (retire_history(retention, now, full)) continue;
    if (!full) return;
    // Somebody waits for everything that is left (protocol 11): typing first, then superseded
    // status, then the oldest.
    Event event;
    {
      Run classed(statements_[Sql::first_to_drop]);
      if (classed.step()) {
        event = event_of(classed, 0);
      } else {
        Run oldest(statements_[Sql::oldest_event]);
        if (!oldest.step()) damaged("events are missing");
        event = event_of(oldest, 0);
      }
    }
    drop(event, nullptr);
  }
}

}  // namespace msn::store

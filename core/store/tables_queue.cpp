// SPDX-License-Identifier: MIT
// What goes into the queues and out of them.
#include "core/store/tables.hpp"

#include <algorithm>

namespace msn::store {
namespace {

// Longer runs are moved piece by piece, which bounds the memory it takes.
constexpr std::ptrdiff_t longest_run = 4096;
constexpr std::ptrdiff_t shortest_run = 4;

}  // namespace

void Tables::append(const Record& record, std::uint64_t coalesce_over) {
  const bool typing = record.keyword == "TYPING";
  const bool status = record.keyword == "STCH";
  if (status) Run(statements_[Sql::supersede], record.email).all();
  Run(statements_[Sql::insert_event], record.cursor,
      std::int64_t{record.time.time_since_epoch().count()}, record.keyword, record.email,
      std::int64_t{typing ? 1 : 0}, event_sum(record), Octets{record.wire})
      .all();
  state_.last = record.cursor;
  ++state_.events;
  state_.octets += record.wire.size();

  for (auto& [name, queue] : state_.queues) {
    if (!queue.wants(record.keyword)) continue;
    SQLite::Statement& insert = statements_[Sql::insert_pending];
    if (typing || status) {
      Run(insert, queue.id, record.cursor, record.keyword, record.email).all();
    } else {
      Run(insert, queue.id, record.cursor, record.keyword, nullptr).all();
    }
    queue.add(record.cursor, record.keyword);
  }
  for (auto& [name, queue] : state_.queues) {
    if (queue.pending <= coalesce_over) {
      if (typing || status) queue.coalesced = false;
    } else if (!queue.coalesced) {
      coalesce(queue);
    } else if ((typing || status) && queue.wants(record.keyword)) {
      coalesce(queue, record);
    }
  }
}

bool Tables::wanted_elsewhere(std::uint64_t cursor, const std::string& keyword, const Queue& but) {
  for (const auto& [name, queue] : state_.queues) {
    if (queue.id == but.id || queue.pending == 0 || !queue.wants(keyword)) continue;
    if (Run(statements_[Sql::pending_keyword], queue.id, cursor).step()) return true;
  }
  return false;
}

bool Tables::remove(Queue& queue, std::uint64_t cursor, const std::string& keyword) {
  Run(statements_[Sql::delete_pending], queue.id, cursor).all();
  if (database_.getChanges() == 0) return false;
  queue.remove(cursor, keyword);
  return true;
}

// The event is no longer in `from`: it becomes history when no other queue has it.
void Tables::release(std::uint64_t cursor, const std::string& keyword, const Queue& from) {
  if (wanted_elsewhere(cursor, keyword, from)) return;
  Run(statements_[Sql::insert_pending], state_.history.id, cursor, keyword, nullptr).all();
  state_.history.add(cursor, keyword);
  if (cursor < head_.event.cursor) head_.known = false;
}

bool Tables::take_one(Queue& queue, std::uint64_t cursor) {
  std::string keyword;
  {
    Run run(statements_[Sql::pending_keyword], queue.id, cursor);
    if (!run.step()) return false;
    run.text(0, keyword);
  }
  remove(queue, cursor, keyword);
  release(cursor, keyword, queue);
  return true;
}

// Takes a run in one go when it is all that is pending between its ends and nobody else has any of
// it.
bool Tables::take_run(Queue& queue, const std::uint64_t* first, const std::uint64_t* end) {
  if (end - first < shortest_run) return false;
  const std::uint64_t last = *(end - 1);
  for (const auto& [name, other] : state_.queues) {
    if (other.id == queue.id || other.pending == 0) continue;
    if (Run(statements_[Sql::walk_pending], other.id, *first, last).step()) return false;
  }
  {
    Run run(statements_[Sql::walk_pending], queue.id, *first, last);
    for (const std::uint64_t* cursor = first; cursor != end; ++cursor) {
      if (!run.step() || run.natural(0) != *cursor) return false;
    }
  }
  {
    Run run(statements_[Sql::walk_pending], queue.id, *first, last);
    std::string keyword;
    while (run.step()) {
      run.text(1, keyword);
      queue.remove(run.natural(0), keyword);
      state_.history.add(run.natural(0), keyword);
    }
  }
  Run(statements_[Sql::move_to_history], queue.id, *first, last).all();
  Run(statements_[Sql::delete_range], queue.id, *first, last).all();
  if (*first < head_.event.cursor) head_.known = false;
  return true;
}

std::uint64_t Tables::take(Queue& queue, const std::vector<std::uint64_t>& cursors, bool told_gap) {
  std::uint64_t taken = 0;
  const std::uint64_t* const end = cursors.data() + cursors.size();
  for (const std::uint64_t* at = cursors.data(); at != end && queue.pending != 0;) {
    const std::uint64_t* const stop = at + std::min(end - at, longest_run);
    if (take_run(queue, at, stop)) {
      taken += static_cast<std::uint64_t>(stop - at);
    } else {
      for (const std::uint64_t* one = at; one != stop; ++one) taken += take_one(queue, *one);
    }
    at = stop;
  }
  if (taken != 0) queue.cursor = std::max(queue.cursor, cursors.back());
  if (told_gap && (queue.gap != 0 || queue.gap_unknown)) {
    queue.gap = 0;
    queue.gap_unknown = false;
    queue.changed = true;
  }
  return taken;
}

void Tables::create_queue(const std::string& name, const std::vector<std::string>& only,
                          std::uint64_t after, bool gap_unknown) {
  after = std::min(after, state_.last);
  Queue queue;
  queue.gap_unknown = gap_unknown;
  queue.name = name;
  queue.only = only;
  queue.cursor = after;
  queue.changed = true;
  for (const auto& [other_name, other] : state_.queues) queue.id = std::max(queue.id, other.id);
  ++queue.id;
  const std::string words = word_list(only);
  Run(statements_[Sql::insert_queue], queue.id, name, words).all();
  if (after < state_.last) {
    if (const auto missing = missing_after(after)) {
      queue.gap = missing->count;
      queue.gap_unknown = missing->unknown;
    }
    Run(statements_[Sql::fill_queue], queue.id, after, words).all();
    std::string keyword;
    {
      Run run(statements_[Sql::walk_pending], queue.id, std::uint64_t{0}, highest_cursor);
      while (run.step()) {
        run.text(1, keyword);
        queue.add(run.natural(0), keyword);
      }
    }
    {
      Run run(statements_[Sql::walk_wanted_history], after, words);
      while (run.step()) {
        run.text(1, keyword);
        state_.history.remove(run.natural(0), keyword);
      }
    }
    Run(statements_[Sql::unfill_history], after, words).all();
    head_.known = false;
  }
  state_.queues.emplace(name, std::move(queue));
}

void Tables::drop_queue(const std::string& name) {
  Queue& queue = state_.queues.at(name);
  while (queue.pending != 0) {
    std::vector<std::uint64_t> cursors;
    {
      Run run(statements_[Sql::walk_pending], queue.id, std::uint64_t{0}, highest_cursor);
      while (cursors.size() < static_cast<std::size_t>(longest_run) && run.step()) {
        cursors.push_back(run.natural(0));
      }
    }
    if (take(queue, cursors, false) == 0) damaged("pending events do not add up");
  }
  Run(statements_[Sql::delete_queue], queue.id).all();
  state_.queues.erase(name);
}

}  // namespace msn::store

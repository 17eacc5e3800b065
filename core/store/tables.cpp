// SPDX-License-Identifier: MIT
// Changes of the log and its queues.
#include "core/store/tables.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace msn::store {
namespace {

// Far greater than any clock in microseconds, and half of SQLite's greatest number.
constexpr std::uint64_t max_cursor = 1ull << 62;
// The SQL in statements.cpp contains this keyword, too.
constexpr std::string_view said = "SAID";

// "" or ",MSG,STCH,".
std::string word_list(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "," : "") + word + ",";
  return list;
}

std::vector<std::string> words_of(std::string_view list) {
  std::vector<std::string> words;
  while (list.size() > 1) {
    list.remove_prefix(1);
    words.emplace_back(list.substr(0, list.find(',')));
    list.remove_prefix(words.back().size());
  }
  return words;
}

// The key in State::queues of a queue that is being deleted. It is not a valid name, so a new queue
// can have the old name at once.
std::string name_when_removed(std::int64_t id) {
  return ":" + std::to_string(id);
}

}  // namespace

void throw_damaged(const char* what) {
  throw SQLite::Exception(what, SQLITE_CORRUPT);
}

bool selects(const std::vector<std::string>& only, std::string_view keyword) {
  if (only.empty()) return keyword != said;
  return std::find(only.begin(), only.end(), keyword) != only.end();
}

void Tables::load() {
  State state;
  {
    Run run(statements_[Sql::load_log]);
    if (!run.step()) throw_damaged("its first table is empty");
    state.started = run.natural(0);
    state.last = run.natural(1);
    state.floor = run.natural(2);
    state.all = {run.natural(3), run.natural(4)};
    state.history = {run.natural(5), run.natural(6)};
    state.in_memory = run.number(7) != 0;
    run.text(8, state.mark);
    // Wrong values would make every later commit fail.
    if (state.started == 0 || state.started - 1 > state.last || state.floor > state.last ||
        state.last > max_cursor)
      throw_damaged("its cursors do not add up");
  }
  {
    Run run(statements_[Sql::load_queues]);
    while (run.step()) {
      Queue queue;
      queue.id = run.number(0);
      queue.name = run.text(1);
      queue.only = words_of(run.text(2));
      queue.cursor = run.natural(3);
      queue.gap = run.natural(4);
      queue.gap_unknown = run.number(5) != 0;
      queue.pending = run.natural(6);
      queue.ready = run.number(7) != 0;
      // A queue that was being filled or deleted when the process ended is deleted: the client that
      // created it got no answer.
      queue.removed = !queue.ready;
      if (queue.removed) queue.name = name_when_removed(queue.id);
      state.queues.emplace(queue.name, std::move(queue));
    }
  }
  for (Run run(statements_[Sql::count_by_keyword]); run.step();)
    state.keywords[run.text(0)] = run.natural(1);
  if (Run run(statements_[Sql::oldest_history]); run.step())
    state.oldest_history = Time{Milliseconds{run.number(1)}};
  const auto standard = state.queues.find("-");
  if (standard == state.queues.end() || !standard->second.ready)
    throw_damaged("a queue is missing");
  state_ = std::move(state);
}

void Tables::save() {
  for (auto& [name, queue] : state_.queues) {
    if (!std::exchange(queue.changed, false)) continue;
    Run(statements_[Sql::save_queue], queue.id, queue.cursor, queue.gap,
        std::uint64_t{queue.gap_unknown}, queue.pending, std::uint64_t{queue.ready})
        .all();
  }
  Run(statements_[Sql::save_log], state_.started, state_.last, state_.floor, state_.all.events,
      state_.all.bytes, state_.history.events, state_.history.bytes,
      std::uint64_t{state_.in_memory}, state_.mark)
      .all();
}

void Tables::skip_to(std::uint64_t started) {
  state_.started = std::max(started, state_.last + 1);
  state_.last = state_.floor = state_.started - 1;
  for (auto& [name, queue] : state_.queues) queue.gap_unknown = queue.changed = true;
}

const Queue* Tables::find(std::string_view name) const {
  const auto found = state_.queues.find(name);
  return found == state_.queues.end() ? nullptr : &found->second;
}

const Queue* Tables::find_ready(std::string_view name) const {
  const Queue* queue = find(name);
  return queue == nullptr || !queue->ready ? nullptr : queue;
}

void Tables::apply(Changes& changes) {
  for (Changes::Take& one : changes.takes) take(one);
  for (const std::string& name : changes.dropped) remove(name);
  for (const Changes::Create& one : changes.created) create(one);
  for (const std::string& token : changes.forgotten)
    Run(statements_[Sql::delete_token], token).all();
  if (!changes.tokens.empty()) add_tokens(changes.tokens);
  for (const std::string& token : changes.accepted)
    Run(statements_[Sql::accept_token], token).all();
  for (const Changes::Settled& one : changes.settled)
    Run(statements_[Sql::settle_token], one.token, one.failure).all();
  for (Record& record : changes.records) append(record);
  if (changes.lost > 0) {
    state_.last += changes.lost;
    state_.floor = state_.last;
    for (auto& [name, queue] : state_.queues) {
      queue.gap += changes.lost;
      queue.changed = true;
    }
  }
  if (changes.lost_said > 0) {
    for (auto& [name, queue] : state_.queues) {
      if (!queue.wants(said)) continue;
      queue.gap += changes.lost_said;
      queue.changed = true;
    }
  }
  if (changes.mark) state_.mark = *changes.mark;
}

void Tables::append(Record& record) {
  record.cursor = ++state_.last;
  const std::uint64_t size = record.wire.size();
  const bool status = record.keyword == "STCH";
  if (status) Run(statements_[Sql::supersede], record.email).all();
  const auto time = std::int64_t{record.time.time_since_epoch().count()};
  SQLite::Statement& insert = statements_[Sql::insert_event];
  if (status || record.keyword == "TYPING")
    Run(insert, record.cursor, time, record.keyword, record.email, size, std::int64_t{!status})
        .all();
  else
    Run(insert, record.cursor, time, record.keyword, record.email, size, nullptr).all();
  Run(statements_[Sql::insert_body], record.cursor, Bytes{record.wire}).all();
  state_.all.add(size);
  ++state_.keywords[record.keyword];
  bool wanted = false;
  for (auto& [name, queue] : state_.queues) {
    if (queue.removed || !queue.wants(record.keyword)) continue;
    Run(statements_[Sql::insert_pending], queue.id, record.cursor, record.keyword, size).all();
    ++queue.pending;
    queue.changed = wanted = true;
  }
  if (!wanted) add_to_history(record.cursor, record.keyword, size);
}

// Records that the event is pending in no queue.
void Tables::add_to_history(std::uint64_t cursor, const std::string& keyword, std::uint64_t size) {
  Run(statements_[Sql::insert_pending], std::int64_t{0}, cursor, keyword, size).all();
  state_.history.add(size);
}

// Returns those of the cursors (ascending) that are pending in a queue other than `one`. One lookup
// skips all cursors before the next pending event of a queue.
std::vector<std::uint64_t> Tables::pending_in_others(const std::vector<std::uint64_t>& cursors,
                                                     const Queue& one) {
  std::vector<std::uint64_t> wanted;
  std::vector<std::uint64_t> rest = cursors;
  for (const auto& [name, queue] : state_.queues) {
    if (queue.id == one.id || queue.pending == 0) continue;
    const auto end = rest.end();
    auto kept = rest.begin();
    for (auto at = rest.begin(); at != end;) {
      Run next(statements_[Sql::pending_after], queue.id, *at - 1, rest.back(), std::uint64_t{1});
      const auto found = next.step() ? std::lower_bound(at, end, next.natural(0)) : end;
      kept = std::move(at, found, kept);
      at = found;
      if (at != end && *at == next.natural(0)) wanted.push_back(*at++);
    }
    rest.erase(kept, end);
  }
  std::sort(wanted.begin(), wanted.end());
  return wanted;
}

// Removes events from a queue; those that are pending in no other queue become history. Returns how
// many were pending.
std::uint64_t Tables::remove_pending(Queue& queue, const std::vector<std::uint64_t>& cursors) {
  const auto wanted = pending_in_others(cursors, queue);
  std::uint64_t taken = 0;
  std::string keyword;
  for (const std::uint64_t cursor : cursors) {
    std::uint64_t size = 0;
    {
      Run run(statements_[Sql::delete_pending], queue.id, cursor);
      if (!run.step()) continue;
      run.text(0, keyword);
      size = run.natural(1);
    }
    ++taken;
    queue.pending -= queue.pending > 0 ? 1 : 0;
    queue.changed = true;
    queue.cursor = std::max(queue.cursor, cursor);
    if (std::binary_search(wanted.begin(), wanted.end(), cursor)) continue;
    add_to_history(cursor, keyword, size);
    if (keyword == "STCH" || keyword == "TYPING") Run(statements_[Sql::clear_class], cursor).all();
  }
  return taken;
}

void Tables::take(Changes::Take& asked) {
  asked.taken = 0;
  const auto found = state_.queues.find(asked.queue);
  if (found == state_.queues.end() || !found->second.ready) return;
  Queue& queue = found->second;
  asked.taken = remove_pending(queue, asked.cursors);
  if (asked.gap) {
    // More events may have been lost since the report.
    queue.gap -= std::min(queue.gap, asked.lost);
    queue.gap_unknown = false;
    queue.changed = true;
  }
}

void Tables::create(const Changes::Create& asked) {
  if (find(asked.name) != nullptr) return;
  Queue queue;
  queue.name = asked.name;
  queue.only = asked.only;
  for (const auto& [name, other] : state_.queues) queue.id = std::max(queue.id, other.id);
  ++queue.id;
  queue.gap_unknown = asked.gap_unknown;
  std::uint64_t after = state_.last;
  if (asked.start == Start::cursor) {
    after = std::min(asked.cursor, state_.last);
    if (const auto missing = missing_after(after)) {
      queue.gap = missing->count;
      queue.gap_unknown = missing->unknown;
    }
  } else if (asked.start == Start::oldest) {
    Run oldest(statements_[Sql::events_after], std::uint64_t{0}, state_.last, std::uint64_t{1});
    if (oldest.step()) after = oldest.natural(0) - 1;
  }
  queue.cursor = queue.filled = after;
  queue.to_fill = state_.last;
  queue.ready = queue.filled == queue.to_fill;
  queue.changed = true;
  Run(statements_[Sql::insert_queue], queue.id, queue.name, word_list(queue.only)).all();
  state_.queues.emplace(queue.name, std::move(queue));
}

void Tables::remove(const std::string& name) {
  if (name == "-") return;
  auto found = state_.queues.extract(name);
  if (found.empty()) return;
  Queue& queue = found.mapped();
  queue.ready = false;
  queue.removed = true;
  queue.changed = true;
  queue.name = found.key() = name_when_removed(queue.id);
  state_.queues.insert(std::move(found));
}

void Tables::continue_queues(std::uint64_t steps) {
  for (auto next = state_.queues.begin(); next != state_.queues.end() && steps > 0;) {
    const auto current = next++;
    Queue& queue = current->second;
    if (queue.ready) continue;
    steps -= std::min(steps, queue.removed ? empty_queue(queue, steps) : fill(queue, steps));
    if (!queue.removed || queue.pending > 0) continue;
    Run(statements_[Sql::delete_queue], queue.id).all();
    state_.queues.erase(current);
  }
}

std::uint64_t Tables::fill(Queue& queue, std::uint64_t steps) {
  Run events(statements_[Sql::events_after], queue.filled, queue.to_fill, steps);
  std::uint64_t done = 0;
  std::string keyword;
  while (events.step()) {
    ++done;
    const std::uint64_t cursor = queue.filled = events.natural(0);
    events.text(1, keyword);
    if (!queue.wants(keyword)) continue;
    const std::uint64_t size = events.natural(2);
    if (Run(statements_[Sql::delete_pending], std::int64_t{0}, cursor).step())
      state_.history.remove(size);
    Run(statements_[Sql::insert_pending], queue.id, cursor, keyword, size).all();
    ++queue.pending;
  }
  queue.ready = done < steps;
  queue.changed = true;
  return done;
}

std::uint64_t Tables::empty_queue(Queue& queue, std::uint64_t steps) {
  const auto cursors = pending_cursors(queue, {}, static_cast<std::size_t>(steps));
  (void)remove_pending(queue, cursors);
  if (cursors.empty()) queue.pending = 0;
  return cursors.size();
}

void Tables::add_tokens(const std::vector<Token>& tokens) {
  for (const Token& token : tokens) {
    Run(statements_[Sql::insert_token], token.token, token.email,
        std::int64_t{token.time.time_since_epoch().count()}, std::uint64_t{token.open},
        std::uint64_t{token.accepted})
        .all();
  }
  std::uint64_t count = 0;
  {
    Run run(statements_[Sql::count_tokens]);
    if (run.step()) count = run.natural(0);
  }
  const Time oldest = tokens.back().time - token_age;
  std::vector<std::string> old;
  {
    // Delete up to twice as many as were added, so that an excess shrinks.
    Run run(statements_[Sql::old_tokens], std::uint64_t{2 * tokens.size()});
    while (run.step() &&
           (count - old.size() > max_tokens || Time{Milliseconds{run.number(1)}} < oldest))
      old.push_back(run.text(0));
  }
  for (const std::string& token : old) Run(statements_[Sql::delete_token], token).all();
}

}  // namespace msn::store

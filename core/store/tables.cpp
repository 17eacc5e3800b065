// SPDX-License-Identifier: MIT
#include "core/store/tables.hpp"

#include "core/store/sum.hpp"

#include <sqlite3.h>

namespace msn::store {
namespace {

std::uint64_t queue_sum(const Queue& queue) {
  Sum sum;
  sum.add(static_cast<std::uint64_t>(queue.id));
  sum.add(queue.name);
  sum.add(word_list(queue.only));
  sum.add(queue.cursor);
  sum.add(queue.gap);
  sum.add(queue.gap_unknown ? 1 : 0);
  sum.add(queue.pending);
  sum.add(queue.sum);
  return sum.value();
}

std::uint64_t log_sum(const State& state, bool in_memory) {
  Sum sum;
  for (const std::uint64_t number :
       {state.started, state.last, state.floor, state.events, state.octets}) {
    sum.add(number);
  }
  sum.add(in_memory ? 1 : 0);
  sum.add(state.mark);
  return sum.value();
}

}  // namespace

void damaged(const char* what) {
  throw SQLite::Exception(what, SQLITE_CORRUPT);
}

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

std::uint64_t event_sum(const Record& record) {
  Sum sum;
  sum.add(record.cursor);
  sum.add(static_cast<std::uint64_t>(record.time.time_since_epoch().count()));
  sum.add(record.keyword);
  sum.add(record.email);
  sum.add(record.wire);
  return sum.value();
}

bool Queue::wants(const std::string& keyword) const {
  if (only.empty()) return true;
  for (const std::string& word : only) {
    if (word == keyword) return true;
  }
  return false;
}

void Queue::add(std::uint64_t added, const std::string& keyword) {
  changed = true;
  ++pending;
  sum += Sum::of(added);
  for (Count& count : counts) {
    if (count.keyword != keyword) continue;
    ++count.events;
    return;
  }
  counts.push_back({keyword, 1});
}

void Queue::remove(std::uint64_t removed, const std::string& keyword) {
  changed = true;
  if (pending == 0) damaged("more events were taken than were there");
  --pending;
  sum -= Sum::of(removed);
  for (Count& count : counts) {
    if (count.keyword == keyword) --count.events;
  }
}

std::uint64_t Queue::pending_of(const std::vector<std::string>& keywords) const {
  if (keywords.empty()) return pending;
  std::uint64_t result = 0;
  for (const Count& count : counts) {
    for (const std::string& keyword : keywords) {
      if (keyword != count.keyword) continue;
      result += count.events;
      break;  // named twice
    }
  }
  return result;
}

void Tables::create(SQLite::Database& database, std::uint64_t started, bool gap_unknown) {
  for (const char* statement : schema) database.exec(statement);
  Tables tables(database);
  State& state = tables.state_;
  state.started = started;
  state.last = state.floor = started - 1;
  tables.create_queue("-", {}, state.last, gap_unknown);
  Run(tables.statements_[Sql::insert_queue], std::int64_t{0}, std::string(), std::string()).all();
  state.history.changed = true;
  tables.save();
}

void Tables::load() {
  load_log();
  load_queues();
  check_pending();
}

void Tables::load_log() {
  Run run(statements_[Sql::load_log]);
  if (!run.step()) damaged("its first table is empty");
  state_.started = run.natural(0);
  state_.last = run.natural(1);
  state_.floor = run.natural(2);
  state_.events = run.natural(3);
  state_.octets = run.natural(4);
  in_memory_ = run.number(5) != 0;
  run.text(6, state_.mark);
  if (run.natural(7) != log_sum(state_, in_memory_)) damaged("its counts are not what was written");
}

void Tables::load_queues() {
  bool history = false;
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
    queue.sum = run.natural(7);
    if (run.natural(8) != queue_sum(queue)) damaged("a queue is not what was written");
    if (queue.id == 0) {
      history = true;
      state_.history = std::move(queue);
    } else {
      state_.queues.emplace(queue.name, std::move(queue));
    }
  }
  if (!history || state_.queues.count("-") == 0) damaged("a queue is missing");
}

// Counts again what is pending, by keyword, and compares.
void Tables::check_pending() {
  std::map<std::int64_t, Queue> found;
  Queue* queue = nullptr;
  std::uint64_t total = 0;
  std::string keyword;
  {
    Run run(statements_[Sql::walk_all_pending]);
    while (run.step()) {
      const std::int64_t id = run.number(0);
      if (!queue || queue->id != id) {
        queue = &found[id];
        queue->id = id;
      }
      run.text(2, keyword);
      queue->add(run.natural(1), keyword);
      ++total;
    }
  }
  const auto compare = [&](Queue& kept) {
    Queue& now = found[kept.id];
    if (now.pending != kept.pending || now.sum != kept.sum) damaged("pending events do not add up");
    kept.counts = std::move(now.counts);
    total -= kept.pending;
  };
  compare(state_.history);
  for (auto& [name, kept] : state_.queues) compare(kept);
  if (total != 0) damaged("events are pending for a queue that is not there");
  Run run(statements_[Sql::count_events], std::uint64_t{0}, highest_cursor);
  if (!run.step() || run.natural(0) != state_.events) damaged("events are missing");
}

void Tables::save() {
  const auto save_queue = [this](Queue& queue) {
    if (!queue.changed) return;
    Run(statements_[Sql::save_queue], queue.id, queue.name, word_list(queue.only), queue.cursor,
        queue.gap, std::uint64_t{queue.gap_unknown}, queue.pending, queue.sum, queue_sum(queue))
        .all();
    queue.changed = false;
  };
  save_queue(state_.history);
  for (auto& [name, queue] : state_.queues) save_queue(queue);
  Run(statements_[Sql::save_log], state_.started, state_.last, state_.floor, state_.events,
      state_.octets, std::uint64_t{in_memory_}, state_.mark, log_sum(state_, in_memory_))
      .all();
}

void Tables::begin_again(std::uint64_t started) {
  state_.started = started;
  state_.last = state_.floor = started - 1;
  for (auto& [name, queue] : state_.queues) {
    queue.gap_unknown = true;
    queue.changed = true;
  }
}

Queue* Tables::find(std::string_view name) {
  const auto found = state_.queues.find(name);
  return found == state_.queues.end() ? nullptr : &found->second;
}

void Tables::restore(State state) {
  state_ = std::move(state);
  head_ = {};
}

}  // namespace msn::store

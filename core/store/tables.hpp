// SPDX-License-Identifier: MIT
// The event log as tables of one open database, and what is known of them in memory.
//
// Functions that change something run inside a transaction that the owner began. On an error (an
// SQLite::Exception) the owner rolls back and calls restore() with the state from before.
#pragma once
#include "core/store/event_log.hpp"
#include "core/store/statements.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace msn::store {

struct Queue : QueueState {
  std::int64_t id = 0;
  bool ready = false;
  bool removed = false;       // its events are being given up, then it is deleted
  std::uint64_t filled = 0;   // not ready: events up to here have been put in,
  std::uint64_t to_fill = 0;  // and those up to here are to be
  bool changed = false;       // since the last save()
  bool wants(std::string_view keyword) const { return selects(only, keyword); }
  bool filling() const { return !ready && !removed; }
};

struct Totals {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  void add(std::uint64_t size) {
    ++events;
    bytes += size;
  }
  void remove(std::uint64_t size) {
    events -= events > 0 ? 1 : 0;
    bytes -= std::min(bytes, size);
  }
};

// What is kept in memory of the tables. Copied when a transaction begins.
struct State {
  std::map<std::string, Queue, std::less<>> queues;  // "-" sorts before all other names
  std::uint64_t started = 1;                         // the first cursor that this log could give
  std::uint64_t last = 0;                            // the last one it gave
  std::uint64_t floor = 0;                           // above it no event is missing
  Totals all;
  Totals history;                                 // events that no queue has to hand out any more
  std::map<std::string, std::uint64_t> keywords;  // how many events of each are kept
  Time oldest_history{};
  bool in_memory = false;  // the truth is, or was when the process died, in memory only
  std::string mark;
};

class Tables {
 public:
  explicit Tables(SQLite::Database& database) : statements_(database) {}

  void load();
  // An unknown number of events came after these tables were written: cursors go on at `started`.
  void skip_to(std::uint64_t started);
  void set_in_memory(bool value) { state_.in_memory = value; }

  // All of it in the order that Changes states. Sets cursors and numbers in it.
  void apply(Changes&);
  // Goes on with queues that are being filled or removed, at most so many events.
  void go_on(std::uint64_t steps);
  // Deletes what is over the bounds, at most so many events; how many of them were unread.
  std::uint64_t retire(const Retention&, Time now, std::uint64_t steps);
  bool unfinished(const Retention&, Time now) const;
  // Writes counts and positions; the last thing in a transaction.
  void save();

  void read(const Queue&, const Selection&, const EventLog::Visitor&);
  void read_history(const Selection&, const EventLog::Visitor&);
  std::vector<std::uint64_t> pending_cursors(const Queue&, const Selection&, std::size_t limit);
  std::uint64_t count_history(const Selection&);
  std::uint64_t history_begin(const Selection&, std::optional<Time> since,
                              std::optional<std::uint64_t> last);
  std::optional<EventLog::Missing> missing_after(std::uint64_t cursor);
  std::optional<Token> token(const std::string&);
  std::vector<Token> open_tokens();

  const State& state() const { return state_; }
  const Queue* find(std::string_view name) const;
  const Queue* find_ready(std::string_view name) const;
  void restore(State state) { state_ = std::move(state); }

 private:
  void append(Record&);
  void into_history(std::uint64_t cursor, const std::string& keyword, std::uint64_t size);
  void take(Changes::Take&);
  void create(const Changes::Create&);
  void remove(const std::string& name);
  void add_tokens(const std::vector<Token>&);

  std::vector<std::uint64_t> wanted_by_others(const std::vector<std::uint64_t>& cursors,
                                              const Queue&);
  std::uint64_t take_out(Queue&, const std::vector<std::uint64_t>& cursors);
  std::uint64_t fill(Queue&, std::uint64_t steps);
  std::uint64_t give_up(Queue&, std::uint64_t steps);
  bool retire_history(const Retention&, Time now);
  void drop_unread();
  std::string delete_event(std::uint64_t cursor);

  template <class Next, class Use>
  void merge(const Selection&, const Next&, const Use&);
  template <class Use>
  void merge_pending(const Queue&, const Selection&, const Use&);
  // Do these keywords make up half of the log, or more?
  bool are_most(const std::vector<std::string>& keywords) const;
  // Each named once.
  std::uint64_t count_of_keywords(const std::vector<std::string>& keywords, std::uint64_t after,
                                  std::uint64_t upto);
  std::uint64_t count_of_keyword(const std::string& keyword, std::uint64_t after,
                                 std::uint64_t upto);
  // The last `most` of the events that are selected, or all if there are fewer; the newest first.
  std::vector<std::uint64_t> newest(const Selection&, std::uint64_t most);
  const Record& read_event(std::uint64_t cursor, Record&);

  Statements statements_;
  State state_;
};

// For damage that SQLite itself did not report.
[[noreturn]] void damaged(const char* what);

}  // namespace msn::store

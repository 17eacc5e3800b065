// SPDX-License-Identifier: MIT
// The tables of the event log in an open database, and a copy of the small ones in memory (State).
//
// All functions may throw SQLite::Exception. Functions that change data are called within a
// transaction; after an exception the caller rolls it back and calls restore() with the state
// before it.
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
  bool ready = false;         // false while it is being filled or deleted
  bool removed = false;       // being deleted; its events are removed first
  std::uint64_t filled = 0;   // while it is being filled: the last cursor examined
  std::uint64_t to_fill = 0;  // while it is being filled: the last cursor to examine
  bool changed = false;       // since the last save()
  bool wants(std::string_view keyword) const { return selects(only, keyword); }
  bool filling() const { return !ready && !removed; }
};

// A number of events and the sum of their bytes.
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

// The part of the tables that is kept in memory. It is copied at the start of each transaction.
struct State {
  std::map<std::string, Queue, std::less<>> queues;  // "-" sorts before all other names
  std::uint64_t started = 1;                         // the first cursor of this log
  std::uint64_t last = 0;                            // the last cursor given to an event
  std::uint64_t floor = 0;                           // no event after this cursor is missing
  Totals all;
  Totals history;                                 // events that are pending in no queue
  std::map<std::string, std::uint64_t> keywords;  // the number of events of each keyword
  Time oldest_history{};
  // The newest data is only in memory. If this is set in a file that is opened, that data was lost.
  bool in_memory = false;
  std::string mark;
};

class Tables {
 public:
  explicit Tables(SQLite::Database& database) : statements_(database) {}

  void load();
  // An unknown number of events was lost: continues with the cursor `started`, and sets gap_unknown
  // of each queue.
  void skip_to(std::uint64_t started);
  void set_in_memory(bool value) { state_.in_memory = value; }

  // Makes the changes in the order that Changes describes, and sets its cursors and counts.
  void apply(Changes&);
  // Continues to fill and delete queues, by at most `steps` events.
  void continue_queues(std::uint64_t steps);
  // Deletes at most `steps` events over the limits. Returns how many of them were pending.
  std::uint64_t enforce_retention(const Retention&, Time now, std::uint64_t steps);
  bool unfinished(const Retention&, Time now) const;
  // Writes the counts and positions of State; called last in each transaction.
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
  void add_to_history(std::uint64_t cursor, const std::string& keyword, std::uint64_t size);
  void take(Changes::Take&);
  void create(const Changes::Create&);
  void remove(const std::string& name);
  void add_tokens(const std::vector<Token>&);

  std::vector<std::uint64_t> pending_in_others(const std::vector<std::uint64_t>& cursors,
                                               const Queue&);
  std::uint64_t remove_pending(Queue&, const std::vector<std::uint64_t>& cursors);
  std::uint64_t fill(Queue&, std::uint64_t steps);
  std::uint64_t empty_queue(Queue&, std::uint64_t steps);
  bool drop_history(const Retention&, Time now);
  void drop_unread();
  std::string delete_event(std::uint64_t cursor);

  template <class Next, class Use>
  void merge(const Selection&, const Next&, const Use&);
  template <class Use>
  void merge_pending(const Queue&, const Selection&, const Use&);
  // Whether at least half of the events have one of these keywords.
  bool are_half_of_log(const std::vector<std::string>& keywords) const;
  // The keywords must be distinct.
  std::uint64_t count_of_keywords(const std::vector<std::string>& keywords, std::uint64_t after,
                                  std::uint64_t upto);
  std::uint64_t count_of_keyword(const std::string& keyword, std::uint64_t after,
                                 std::uint64_t upto);
  // The cursors of the last `most` selected events, the newest first.
  std::vector<std::uint64_t> newest(const Selection&, std::uint64_t most);
  const Record& read_event(std::uint64_t cursor, Record&);

  Statements statements_;
  State state_;
};

// Throws SQLite::Exception with SQLITE_CORRUPT, for damage that SQLite does not detect.
[[noreturn]] void throw_damaged(const char* what);

}  // namespace msn::store

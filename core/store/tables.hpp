// SPDX-License-Identifier: MIT
// The event log as tables of one open database, and what is known of them in memory.
//
// Every function but load() runs inside a transaction that the owner began; on an error (an
// SQLite::Exception) the owner rolls back and calls restore(). SQLITE_CORRUPT is also thrown for
// damage that SQLite itself did not see.
#pragma once
#include "core/store/event_log.hpp"
#include "core/store/statements.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace msn::store {

struct Queue : QueueState {
  struct Count {
    std::string keyword;
    std::uint64_t events = 0;
  };

  std::int64_t id = 0;
  std::vector<Count> counts;  // pending ones by keyword, so that ONLY need not look
  std::uint64_t sum = 0;      // over the pending cursors, against damage
  bool coalesced = false;     // no more than one typing and one status of a person is pending
  bool changed = false;       // since the last save()

  bool wants(const std::string& keyword) const;
  void add(std::uint64_t cursor, const std::string& keyword);
  void remove(std::uint64_t cursor, const std::string& keyword);
  std::uint64_t pending_of(const std::vector<std::string>& keywords) const;
};

// What is kept in memory of the tables. Copied when a transaction begins.
struct State {
  std::map<std::string, Queue, std::less<>> queues;  // "-" sorts before all other names
  Queue history;                                     // what no queue waits for
  std::uint64_t started = 1;                         // the first cursor that this log could give
  std::uint64_t last = 0;                            // the last one it gave
  std::uint64_t floor = 0;                           // above it no event is missing
  std::uint64_t events = 0;                          // kept
  std::uint64_t octets = 0;                          // of their wire
  std::string mark;                                  // the owner's
};

class Tables {
 public:
  explicit Tables(SQLite::Database& database) : database_(database), statements_(database) {}

  // Makes the tables of a log whose first cursor is `started`, and its default queue.
  static void create(SQLite::Database&, std::uint64_t started, bool gap_unknown);
  // Reads and checks what is there.
  void load();
  // Whether the tables are, or were when the process died, only a copy of what was in memory.
  bool in_memory() const { return in_memory_; }
  void set_in_memory(bool value) { in_memory_ = value; }
  // Nobody knows what happened after these tables were written: cursors go on at `started`.
  void begin_again(std::uint64_t started);

  void set_mark(std::string mark) { state_.mark = std::move(mark); }
  void append(const Record&, std::uint64_t coalesce_over);
  // Deletes what is over the bounds, at most so many events.
  void retire(const Retention&, Time now, std::uint64_t steps);
  // Could retire() have something to do? Costs nothing.
  bool may_be_over(const Retention&, Time now) const;
  std::uint64_t take(Queue&, const std::vector<std::uint64_t>& cursors, bool told_gap);
  void create_queue(const std::string& name, const std::vector<std::string>& only,
                    std::uint64_t after, bool gap_unknown);
  void drop_queue(const std::string& name);
  // Writes counts and positions; the last thing in a transaction.
  void save();

  void read(const Queue&, const Selection&, const EventLog::Visitor&);
  void read_history(const Selection&, const EventLog::Visitor&);
  std::uint64_t count(const Queue&, const Selection&);
  std::uint64_t oldest();
  std::optional<EventLog::Missing> missing_after(std::uint64_t cursor);

  const State& state() const { return state_; }
  Queue* find(std::string_view name);
  void restore(State state);

 private:
  struct Event {
    std::uint64_t cursor = 0;
    std::string keyword;
    std::uint64_t octets = 0;
  };

  void load_log();
  void load_queues();
  void check_pending();

  bool wanted_elsewhere(std::uint64_t cursor, const std::string& keyword, const Queue& but);
  bool remove(Queue&, std::uint64_t cursor, const std::string& keyword);
  void release(std::uint64_t cursor, const std::string& keyword, const Queue& from);
  bool take_run(Queue&, const std::uint64_t* first, const std::uint64_t* end);
  bool take_one(Queue&, std::uint64_t cursor);

  void coalesce(Queue&);
  void coalesce(Queue&, const Record& newest);
  void drop(const Event&, Queue* from);
  bool retire_history(const Retention&, Time now, bool full);
  Event event_of(Run&, int first_column);
  void look_for_oldest_history();

  SQLite::Database& database_;
  Statements statements_;
  State state_;
  bool in_memory_ = false;
  // The head of the history while it is known.
  struct Head {
    bool known = false;
    Event event;
    Time time{};
  } head_;
};

// Values are kept as signed numbers.
constexpr std::uint64_t highest_cursor = INT64_MAX;
// "" or ",MSG,STCH,": how a list of keywords is handed to a statement.
std::string word_list(const std::vector<std::string>&);
std::vector<std::string> words_of(std::string_view list);
std::uint64_t event_sum(const Record&);
[[noreturn]] void damaged(const char* what);

}  // namespace msn::store

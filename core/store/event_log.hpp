// SPDX-License-Identifier: MIT
// The event log of one account, and its queues (msncd(8), msncd-protocol(7) 13.3 to 13.5 and 13.7),
// in an SQLite database in WAL mode.
//
// All functions are synchronous; one owner uses them on one thread. The owner collects Changes and
// commits them together. Reads return committed data only, so an event that can be read is durable.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace msn::store {

// full: each commit is synced. normal: a commit survives a crash of the process, but maybe not of
// the machine. memory: events are kept in memory and written to the file when the log is destroyed.
enum class Durability { full, normal, memory };
std::optional<Durability> durability_from_name(std::string_view);

// The limits of the log. Pending events are those that are still in a queue; all others are the
// history.
struct Retention {
  std::chrono::hours age{24 * 30};     // of history
  std::uint64_t events = 100'000;      // of history
  std::uint64_t bytes = 256ull << 20;  // of history
  std::uint64_t pending_events = 1'000'000;
  std::uint64_t pending_bytes = 1ull << 30;
};

// A stored event. It is encoded once, when it arrives.
struct Record {
  std::uint64_t cursor = 0;  // set by commit()
  Time time{};
  std::string keyword;  // "MSG"
  std::string email;    // the user concerned; may be empty
  std::string wire;     // the bytes of protocol::encode_event()
};

// Whether a list of keywords selects a keyword. An empty list selects all but SAID, which must be
// named (msncd-protocol(7) 13.11).
bool selects(const std::vector<std::string>& only, std::string_view keyword);

struct QueueState {
  std::string name;
  std::vector<std::string> only;  // the keywords of its events; an empty list as in selects()
  std::uint64_t pending = 0;      // the number of its pending events
  std::uint64_t cursor = 0;       // of the last event taken from it, or its start
  std::uint64_t gap = 0;          // lost events not reported yet; they precede its pending events
  bool gap_unknown = false;       // an unknown number of events was lost ("GAP ?")
  bool has_gap() const { return gap > 0 || gap_unknown; }
};

// The state of a message sent with an identity (msncd-protocol(7) 13.7).
struct Token {
  std::string token;
  std::string email;
  Time time{};
  bool open = true;                      // neither SENT nor FAILED is stored yet
  bool accepted = false;                 // the network has accepted the message
  std::optional<std::string> failure{};  // the reason if it FAILED
};
// When tokens are added, the oldest ones over these limits are deleted.
constexpr std::size_t max_tokens = 10'000;
constexpr std::chrono::hours token_age{7 * 24};

// Where a new queue begins.
enum class Start { now, oldest, cursor };

// The changes of a commit, made in the order of the members (but `forgotten` before `tokens`).
// Changes of a queue that does not exist are ignored.
struct Changes {
  struct Create {
    std::string name;
    std::vector<std::string> only;
    Start start = Start::now;
    std::uint64_t cursor = 0;  // Start::cursor: the queue begins after it
    bool gap_unknown = false;
  };
  // Events that a client has taken (acknowledged) from a queue.
  struct Take {
    std::string queue;
    std::vector<std::uint64_t> cursors;  // ascending
    bool gap = false;                    // the queue's gap was reported, as `lost` events
    std::uint64_t lost = UINT64_MAX;
    std::uint64_t taken = 0;  // set by commit(): how many of the cursors were pending
  };
  // The outcome of the message with this token.
  struct Settled {
    std::string token;
    std::optional<std::string> failure{};  // the reason of its FAILED; none: SENT
  };
  std::vector<Take> takes;
  std::vector<std::string> dropped;    // names of queues to delete
  std::vector<Create> created;         // queues to create
  std::vector<Token> tokens;           // new tokens
  std::vector<std::string> accepted;   // tokens whose message the network has accepted
  std::vector<Settled> settled;        // tokens whose SENT or FAILED is among the records
  std::vector<std::string> forgotten;  // tokens to delete: the network refused the message
  std::vector<Record> records;
  std::uint64_t lost = 0;           // later events that could not be kept: a gap of each queue
  std::uint64_t lost_said = 0;      // lost SAID events: a gap of the queues that have SAID
  std::optional<std::string> mark;  // the network's resume position after these records

  bool empty() const;
};

// Selects events of a queue or of the history.
struct Selection {
  std::vector<std::string> only;    // keywords; empty: as in selects(), or all of a queue
  std::uint64_t after = 0;          // only cursors greater than this
  std::uint64_t upto = UINT64_MAX;  // only cursors up to and including this
  std::string email = {};           // only events that concern this user; empty: all
};

class EventLog {
 public:
  // Opens the file or creates it (0600; its folder must exist). A file of an older version is
  // converted. A file that is damaged or of a newer version is renamed (with a date), and replaced
  // by a new log whose cursors start at the wall clock in microseconds and whose queue "-" has
  // gap_unknown. The clock and the log outlive this object. Error: network.
  static Result<std::unique_ptr<EventLog>> open(const std::string& path, Durability, Retention,
                                                const Clock&, Log&);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // Commits all the changes in this order, or none: after an error (network) nothing has changed,
  // and the caller can retry. If SQLite finds the file damaged, it is replaced by a new log and the
  // changes are committed there (the takes have no effect). A commit also does a part of the
  // background work; see unfinished().
  Result<void> commit(std::span<Changes* const>);
  Result<void> commit(Changes& changes) {
    Changes* const one = &changes;
    return commit(std::span(&one, 1));
  }
  // Whether there is background work: a queue is being filled or deleted, or the log is over its
  // limits. Each commit does a part of it, also one without changes.
  bool unfinished() const;
  // Changes the settings. On an error (network) the durability is unchanged. Never loses events.
  Result<void> change(Durability, Retention);

  std::vector<QueueState> queues() const;  // "-" first, then by name
  // nullptr if the queue does not exist or is still being filled. "-" always exists.
  const QueueState* queue(std::string_view name) const;
  // Whether the name is in use, also by a queue that is still being filled.
  bool has_queue(std::string_view name) const;
  // The number of queues besides "-", including those that are still being filled.
  std::size_t named_queues() const;
  std::uint64_t last_cursor() const;  // 0: none yet
  const std::string& mark() const;    // empty: none

  // Calls the visitor for each event in order, until it returns false. The visitor must not use the
  // log. Error of this and all following functions: network.
  using Visitor = std::function<bool(const Record&)>;
  Result<void> read_queue(std::string_view name, const Selection&, const Visitor&);
  // Reads all stored events, pending or not.
  Result<void> read_history(const Selection&, const Visitor&);
  // The value of Selection::after with which read_history() leaves out the events before the first
  // one that arrived at `since` or later, and all but the last `last` (at least 1) of the rest.
  // Returns selection.after if no event is left out.
  Result<std::uint64_t> history_begin(const Selection&, std::optional<Time> since,
                                      std::optional<std::uint64_t> last);
  // The cursors of the first `limit` pending events of a queue. Selection::email is ignored.
  Result<std::vector<std::uint64_t>> pending_cursors(std::string_view name, const Selection&,
                                                     std::size_t limit);
  // The number of events that read_history() would read.
  Result<std::uint64_t> count_history(const Selection&);

  // The number of events after `cursor` that are no longer stored; nullopt: none. After an error:
  // unknown.
  struct Missing {
    bool unknown = false;
    std::uint64_t count = 0;
  };
  std::optional<Missing> missing_after(std::uint64_t cursor);

  // nullopt: no such token, or it has an outcome and is older than token_age.
  Result<std::optional<Token>> token(std::string_view);
  // The tokens whose outcome is not stored yet, the oldest first.
  Result<std::vector<Token>> open_tokens();

 private:
  struct Open;
  EventLog(std::string path, Durability, Retention, const Clock&, Log&);
  Result<void> start();
  std::unique_ptr<Open> open_file(Durability);
  static std::unique_ptr<Open> into_memory(Open& file);
  std::unique_ptr<Open> out_of_memory(Durability);
  Result<void> save_memory();
  Result<void> replace(const std::string& reason, std::string_view why);
  Result<void> reopen();
  void commit_once(std::span<Changes* const>);
  void report_dropped(std::uint64_t count);
  template <class T, class Read>
  Result<T> reading(const Read&);

  const std::string path_;
  Durability durability_;
  Retention retention_;
  const Clock& clock_;
  Log& log_;
  std::unique_ptr<Open> open_;  // never null once start() has succeeded
  // Set if the file was replaced and the new one could not be opened yet: the first changes of the
  // new log (its queues and mark). open_ is then still the old file.
  std::optional<Changes> replacement_;
  std::uint64_t dropped_ = 0;     // unread events that were dropped and not logged yet
  std::optional<Time> reported_;  // when drops were last logged
};

// The name of an address's file in the log directory: one safe path component (msncd(8)).
std::string log_file_name(std::string_view email);

}  // namespace msn::store

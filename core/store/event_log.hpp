// SPDX-License-Identifier: MIT
// One account's events on disk, and the queues that read them (msncd(8), protocol 13.3 to 13.5,
// 13.7). SQLite in WAL mode; synchronous calls, one owner, one thread.
//
// The log knows only what is committed. Its owner collects Changes and commits them together, so an
// event that can be read is durable.
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

// full: a commit is synced; normal: it survives this process, not the machine; memory: events are
// held in memory and written to the file when the log is closed in order.
enum class Durability { full, normal, memory };
std::optional<Durability> durability_from_name(std::string_view);

// The bounds of the log. History is what every queue has handed out; pending is the rest.
struct Retention {
  std::chrono::hours age{24 * 30};  // of history
  std::uint64_t events = 100'000;   // of history
  std::uint64_t bytes = 256ull << 20;
  std::uint64_t pending_events = 1'000'000;
  std::uint64_t pending_bytes = 1ull << 30;
};

// An event as it is kept: encoded once, when it arrived.
struct Record {
  std::uint64_t cursor = 0;  // set by commit()
  Time time{};
  std::string keyword;  // "MSG"
  std::string email;    // the person it is about, may be empty
  std::string wire;     // protocol::encode_event's bytes
};

// Is an event of this keyword selected by a list of keywords? An empty list selects all but SAID,
// which is for those alone who name it (protocol 13.11).
bool selects(const std::vector<std::string>& only, std::string_view keyword);

struct QueueState {
  std::string name;
  std::vector<std::string> only;  // keywords it has; empty: as selects()
  std::uint64_t pending = 0;
  std::uint64_t cursor = 0;  // of the last event taken from it (or where it began)
  std::uint64_t gap = 0;     // events it lost and has not reported; they come before all others
  bool gap_unknown = false;  // it lost an unknown number of events ("GAP ?")
  bool has_gap() const { return gap > 0 || gap_unknown; }
};

// A message sent with an identity (protocol 13.7).
struct Token {
  std::string token;
  std::string email;
  Time time{};
  bool open = true;                      // its SENT or FAILED is not stored yet
  bool accepted = false;                 // the network has taken the message
  std::optional<std::string> failure{};  // the reason of its FAILED, once it is not open
};
constexpr std::size_t most_tokens = 10'000;
constexpr std::chrono::hours token_age{7 * 24};

enum class Start { now, oldest, cursor };

// What one commit changes. Queues are named; one that is not there is passed over.
struct Changes {
  struct Create {
    std::string name;
    std::vector<std::string> only;
    Start start = Start::now;
    std::uint64_t cursor = 0;  // Start::cursor: the queue begins after it
    bool gap_unknown = false;
  };
  struct Take {
    std::string queue;
    std::vector<std::uint64_t> cursors;  // ascending
    bool gap = false;                    // its gap was reported, as this many events
    std::uint64_t lost = UINT64_MAX;
    std::uint64_t taken = 0;  // set by commit(): how many of them were pending
  };
  struct Settled {
    std::string token;
    std::optional<std::string> failure{};  // the reason of its FAILED; none: SENT
  };
  // In the order in which they are made.
  std::vector<Take> takes;
  std::vector<std::string> dropped;
  std::vector<Create> created;
  std::vector<Token> tokens;           // new ones
  std::vector<std::string> accepted;   // tokens whose message the network has taken
  std::vector<Settled> settled;        // tokens whose outcome is among the records
  std::vector<std::string> forgotten;  // tokens that were refused
  std::vector<Record> records;
  std::uint64_t lost = 0;           // events after these that could not be kept: each queue's gap
  std::uint64_t lost_said = 0;      // SAID that could not be kept: a gap of the queues that want it
  std::optional<std::string> mark;  // the network's resume position after these records

  bool empty() const;
};

// Which events of a queue or of the history.
struct Selection {
  std::vector<std::string> only;    // keywords; empty: as selects(), of a queue all that it has
  std::uint64_t after = 0;          // cursors above this
  std::uint64_t upto = UINT64_MAX;  // and not above this
  std::string email = {};           // about this person; empty: about anybody
};

constexpr std::size_t max_named_queues = 64;  // msncd(8), limits

class EventLog {
 public:
  // Opens or makes the file (0600; its folder must be there). One of an older version is converted.
  // One that is damaged or of a newer version is moved aside under a dated name, and a new one is
  // begun whose cursors start at the clock in microseconds and whose queue "-" has gap_unknown.
  // Errors: network, with the reason and what to do.
  static Result<std::unique_ptr<EventLog>> open(const std::string& path, Durability, Retention,
                                                const Clock&, Log&);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // Makes all of the changes durable, in this order, or none: after an error nothing has changed,
  // and the same changes can be given again. If SQLite finds the file damaged, a new log is begun
  // and the changes are made there (the takes among them find nothing).
  // Also does a part of the work that takes longer than one commit should; see unfinished().
  Result<void> commit(std::span<Changes* const>);
  Result<void> commit(Changes& changes) {
    Changes* const one = &changes;
    return commit(std::span(&one, 1));
  }
  // A queue is being filled or removed, or the log is over its bounds: commit again, with or
  // without changes, to go on.
  bool unfinished() const;
  // New settings. On an error the log keeps its durability; it keeps all its events in any case.
  Result<void> change(Durability, Retention);

  std::vector<QueueState> queues() const;  // "-" first, then by name
  // nullptr: no such queue, or one that is not ready yet. "-" is always there.
  const QueueState* queue(std::string_view name) const;
  // The name is in use, if only by a queue that is not ready yet.
  bool has_queue(std::string_view name) const;
  std::size_t named_queues() const;
  std::uint64_t last_cursor() const;  // 0: none yet
  const std::string& mark() const;    // empty: none

  // Events in order, each to the visitor, which returns false to stop. The visitor must not use the
  // log.
  using Visitor = std::function<bool(const Record&)>;
  Result<void> read_queue(std::string_view name, const Selection&, const Visitor&);
  // Everything kept, whatever the queues have taken.
  Result<void> read_history(const Selection&, const Visitor&);
  // The cursor after which what is asked for begins: of the events that read_history would show
  // those from the first one that arrived at `since` or later, and of these the last `last`. It is
  // selection.after if that leaves none of them out. `last` is at least 1.
  Result<std::uint64_t> history_begin(const Selection&, std::optional<Time> since,
                                      std::optional<std::uint64_t> last);
  // The cursors alone, at most `limit`, whomever the events are about.
  Result<std::vector<std::uint64_t>> pending_cursors(std::string_view name, const Selection&,
                                                     std::size_t limit);
  // How many events read_history would show.
  Result<std::uint64_t> count_history(const Selection&);

  // How many events are missing between `cursor` and what is kept; nothing: none.
  struct Missing {
    bool unknown = false;
    std::uint64_t count = 0;
  };
  std::optional<Missing> missing_after(std::uint64_t cursor);

  Result<std::optional<Token>> token(std::string_view);
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
  // The file was replaced and the new one could not be opened yet, in which these are the first
  // changes; open_ is still the old one.
  std::optional<Changes> succession_;
  std::uint64_t dropped_ = 0;  // unread events that were dropped and not reported yet
  std::optional<Time> reported_;
};

// The file name an address is kept under: cannot leave its folder (msncd(8)).
std::string log_file_name(std::string_view email);

}  // namespace msn::store

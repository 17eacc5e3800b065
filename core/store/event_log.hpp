// SPDX-License-Identifier: MIT
// One account's events on disk, and the named queues that stand on them (msncd(8), protocol
// 13.3 to 13.5). SQLite in WAL mode; synchronous calls, one owner, one thread.
//
// Everything changed since the last commit() is in one transaction; commit() syncs it (durability
// full). Readers in the same process see uncommitted changes, so the owner tells nobody of an event
// before commit() has succeeded.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::store {

// full: a commit is synced; normal: it survives this process, not the machine; memory: it is held
// in memory and written to the file when the log is closed in order.
enum class Durability { full, normal, memory };
std::optional<Durability> durability_from_name(std::string_view);

// What is kept as history beyond what queues still have to get, and the bound of it all.
struct Retention {
  std::chrono::hours age{24 * 30};
  std::uint64_t events = 100'000;
  std::uint64_t octets = 256ull << 20;
  std::uint64_t coalesce_over = 1000;  // pending events of a queue
};

// An event as it is kept: encoded once, when it arrived.
struct Record {
  std::uint64_t cursor = 0;  // given by append
  Time time{};
  std::string keyword;  // "MSG"
  std::string email;    // who it is about, may be empty; coalescing goes by it
  std::string wire;     // protocol::encode_event's octets
};

struct QueueState {
  std::string name;
  std::vector<std::string> only;  // keywords it has; empty: all
  std::uint64_t pending = 0;
  std::uint64_t cursor = 0;  // of the last event taken from it (or where it began)
  std::uint64_t gap = 0;     // events it lost, not yet told; they stand before all that is pending
  bool gap_unknown = false;  // lost, and nobody knows how many ("GAP ?")
};

// Which events of a queue or of the history.
struct Selection {
  std::vector<std::string> only;  // keywords; empty: all
  std::uint64_t after = 0;        // only with a cursor above it
  std::uint64_t max = UINT64_MAX;
};

constexpr std::size_t max_named_queues = 64;  // msncd(8), limits

class EventLog {
 public:
  // Opens or makes the file (0600; its folder must be there). A damaged or newer one is moved aside
  // under a dated name, said in the log, and a fresh one begun whose cursors start at the clock in
  // microseconds and whose default queue has gap_unknown.
  static Result<std::unique_ptr<EventLog>> open(const std::string& path, Durability, Retention,
                                                const Clock&, Log&);
  virtual ~EventLog() = default;

  // Gives each record its cursor; adds it to every queue that wants its keyword; coalesces and
  // retires what is over the bounds.
  virtual Result<void> append(std::vector<Record>& records) = 0;
  // A word of the owner's, kept in the same step as the events around it: how far the network has
  // been heard, so that a crash repeats no event. Empty until set; a fresh log has none.
  virtual void set_mark(std::string mark) = 0;
  virtual const std::string& mark() const = 0;
  // Makes all changes durable. Cheap when there are none. On failure (disk full) they stay pending
  // and the next commit tries again: new events are not told until then, but a take stands, so what
  // was taken is handed out all the same (it comes again only if this process dies before).
  virtual Result<void> commit() = 0;
  // The configuration was read again. Commits first; what is over the new bounds goes step by step.
  virtual Result<void> change(Durability, Retention) = 0;

  virtual std::vector<QueueState> queues() const = 0;                // "-" first, then by name
  virtual const QueueState* queue(std::string_view name) const = 0;  // nullptr: none
  virtual std::uint64_t last_cursor() const = 0;                     // 0: none yet
  virtual std::uint64_t oldest_cursor() const = 0;                   // of the history; 0: none
  enum class Start { now, oldest, cursor };
  virtual Result<void> create_queue(std::string_view name, Start, std::uint64_t cursor,
                                    const std::vector<std::string>& only) = 0;
  virtual Result<void> drop_queue(std::string_view name) = 0;

  // Pending events of a queue in order, each to the visitor; it returns false to stop.
  using Visitor = std::function<bool(const Record&)>;
  virtual Result<void> read_queue(std::string_view name, const Selection&, const Visitor&) = 0;
  // History: everything kept, whatever the queues have taken.
  virtual Result<void> read_history(const Selection&, const Visitor&) = 0;
  // How many of a queue's pending events the selection matches (its max aside).
  virtual Result<std::uint64_t> count(std::string_view name, const Selection&) = 0;

  // Takes these (ascending) out of the queue; how many were there. Also forgets the queue's gap if
  // `told_gap`.
  virtual Result<std::uint64_t> take(std::string_view name,
                                     const std::vector<std::uint64_t>& cursors, bool told_gap) = 0;
  // How many events are missing between `cursor` and what is kept; nothing: none, unknown: "?".
  struct Missing {
    bool unknown = false;
    std::uint64_t count = 0;
  };
  virtual std::optional<Missing> missing_after(std::uint64_t cursor) const = 0;
};

// The file name an address is kept under: cannot leave its folder (msncd(8)).
std::string log_file_name(std::string_view email);

}  // namespace msn::store

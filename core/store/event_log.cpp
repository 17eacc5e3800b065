// SPDX-License-Identifier: MIT
#include "core/store/event_log.hpp"

#include "core/store/log_file.hpp"
#include "core/store/tables.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace msn::store {
namespace {

constexpr std::string_view domain = "store";
// The background work of one commit, limited so that it takes milliseconds: events put into or
// removed from a queue, and events deleted (each is a page to write).
constexpr std::uint64_t steps = 512;
constexpr std::uint64_t deleted_at_once = 64;
// After a commit of more records than this, SQLite's memory is released.
constexpr std::size_t many_records = 4096;
constexpr std::chrono::minutes between_reports{1};

std::uint64_t first_cursor(Time now) {
  using std::chrono::microseconds;
  const auto clock = std::chrono::duration_cast<microseconds>(now.time_since_epoch()).count();
  return clock < 1 ? 1 : static_cast<std::uint64_t>(clock);
}

}  // namespace

bool Changes::empty() const {
  return takes.empty() && dropped.empty() && created.empty() && tokens.empty() &&
         accepted.empty() && settled.empty() && forgotten.empty() && records.empty() && lost == 0 &&
         lost_said == 0 && !mark;
}

// The open database and its tables.
struct EventLog::Open {
  explicit Open(std::unique_ptr<SQLite::Database> opened)
      : database(std::move(opened)), tables(*database) {
    tables.load();
  }

  // Runs `change` in a transaction. On an exception (of `change`, or SQLite::Exception) nothing has
  // changed.
  template <class Change>
  void transact(const Change& change) {
    const State before = tables.state();
    database->exec("BEGIN IMMEDIATE");
    try {
      change();
      tables.save();
      database->exec("COMMIT");
    } catch (...) {
      // SQLite may already have rolled back.
      if (sqlite3_get_autocommit(database->getHandle()) == 0)
        (void)sqlite3_exec(database->getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
      tables.restore(before);
      throw;
    }
  }

  std::unique_ptr<SQLite::Database> database;
  Tables tables;
};

Result<std::unique_ptr<EventLog>> EventLog::open(const std::string& path, Durability durability,
                                                 Retention retention, const Clock& clock,
                                                 Log& log) {
  std::unique_ptr<EventLog> opened(new EventLog(path, durability, retention, clock, log));
  if (auto started = opened->start(); !started) return fail(started.error());
  return opened;
}

EventLog::EventLog(std::string path, Durability durability, Retention retention, const Clock& clock,
                   Log& log)
    : path_(std::move(path)),
      durability_(durability),
      retention_(retention),
      clock_(clock),
      log_(log) {}

EventLog::~EventLog() {
  if (!open_ || durability_ != Durability::memory) return;
  if (auto saved = save_memory(); !saved)
    log_.error(domain, "the events in memory are lost: " + saved.error().message);
}

// --- files

Result<void> EventLog::start() {
  const auto found = check_file(path_);
  if (!found) return fail(found.error());
  if (*found == FileState::orphaned) return replace("its main file is missing", "damaged");
  if (*found == FileState::absent) {
    if (auto made = create_log_file(path_, 1); !made) return made;
  }
  try {
    open_ = open_file(durability_);
    return {};
  } catch (const SQLite::Exception& error) {
    const Diagnosis diagnosis = diagnose(error, path_, true);
    if (diagnosis.trouble == Trouble::other) return fail(diagnosis.error);
    return replace(error.what(), diagnosis.trouble == Trouble::newer ? "newer" : "damaged");
  }
}

// Throws SQLite::Exception.
std::unique_ptr<EventLog::Open> EventLog::open_file(Durability durability) {
  auto opened = std::make_unique<Open>(open_log_file(path_, durability));
  if (opened->tables.state().in_memory) {
    log_.warn(domain, "event log " + path_ + ": events held in memory were lost in a crash");
    opened->transact([&] {
      opened->tables.skip_to(first_cursor(clock_.now()));
      opened->tables.set_in_memory(false);
    });
  }
  return durability == Durability::memory ? into_memory(*opened) : std::move(opened);
}

// Marks the file as outdated (in_memory) and loads it into memory. On an exception
// (SQLite::Exception) the file stays in use.
std::unique_ptr<EventLog::Open> EventLog::into_memory(Open& file) {
  file.transact([&] { file.tables.set_in_memory(true); });
  try {
    return std::make_unique<Open>(load_into_memory(*file.database));
  } catch (const SQLite::Exception&) {
    file.tables.set_in_memory(false);
    try {
      file.transact([] {});
    } catch (const SQLite::Exception&) {
      // The next commit writes the mark.
    }
    throw;
  }
}

// Writes the memory to the file, opens it and removes its in_memory mark. On an exception
// (SQLite::Exception) the database in memory stays in use.
std::unique_ptr<EventLog::Open> EventLog::out_of_memory(Durability durability) {
  save_from_memory(*open_->database, path_);
  auto file = std::make_unique<Open>(open_log_file(path_, durability));
  file->transact([&] { file->tables.set_in_memory(false); });
  return file;
}

// On an error the file is unchanged.
Result<void> EventLog::save_memory() {
  try {
    open_->transact([&] { open_->tables.set_in_memory(false); });
    save_from_memory(*open_->database, path_);
    return {};
  } catch (const SQLite::Exception& error) {
    return fail(diagnose(error, path_, false).error);
  }
}

// Renames the file and creates a new one. If the new one cannot be opened, sets replacement_, and
// reopen() must be called again.
Result<void> EventLog::replace(const std::string& reason, std::string_view why) {
  const Time now = clock_.now();
  std::uint64_t started = first_cursor(now);
  Changes kept;
  if (open_) {
    const State& state = open_->tables.state();
    started = std::max(started, state.last + 1);
    for (const auto& [name, queue] : state.queues)
      if (name != "-" && !queue.removed)
        kept.created.push_back({name, queue.only, Start::now, 0, true});
    kept.mark = state.mark;
    // Closing the old database must not checkpoint into the new files of the same names.
    sqlite3_db_config(open_->database->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  const auto aside = replace_log_file(path_, started, why, now);
  if (!aside) return fail(aside.error());
  log_.error(domain, "event log " + path_ +
                         (why == "newer" ? " is from a newer version (" : " is damaged (") +
                         reason + "): moved to " + *aside + ", starting with an empty one");
  replacement_ = std::move(kept);
  return reopen();
}

Result<void> EventLog::reopen() {
  if (!replacement_) return {};
  try {
    auto opened = open_file(durability_);
    if (!replacement_->empty()) opened->transact([&] { opened->tables.apply(*replacement_); });
    open_ = std::move(opened);
    replacement_.reset();
    return {};
  } catch (const SQLite::Exception& error) {
    return fail(diagnose(error, path_, false).error);
  }
}

Result<void> EventLog::change(Durability durability, Retention retention) {
  retention_ = retention;
  if (durability == durability_) return {};
  if (auto ready = reopen(); !ready) return ready;
  try {
    if (durability_ == Durability::memory) {
      open_ = out_of_memory(durability);
    } else if (durability == Durability::memory) {
      open_ = into_memory(*open_);
    } else {
      set_durability(*open_->database, durability);
    }
  } catch (const SQLite::Exception& error) {
    return fail(diagnose(error, path_, false).error);
  }
  durability_ = durability;
  return {};
}

// --- changes

Result<void> EventLog::commit(std::span<Changes* const> changes) {
  const bool nothing =
      std::all_of(changes.begin(), changes.end(), [](const Changes* one) { return one->empty(); });
  if (nothing && !unfinished()) return {};
  // In a replaced log the takes must not clear gaps, because the reported gaps were those of the
  // old log.
  const auto keep_gaps = [&] {
    for (Changes* one : changes)
      for (Changes::Take& take : one->takes) take.gap = false;
  };
  if (replacement_) {
    if (auto ready = reopen(); !ready) return ready;
    keep_gaps();
  }
  try {
    commit_once(changes);
    return {};
  } catch (const SQLite::Exception& error) {
    const Diagnosis diagnosis = diagnose(error, path_, false);
    if (diagnosis.trouble == Trouble::other) return fail(diagnosis.error);
    if (auto replaced = replace(error.what(), "damaged"); !replaced) return replaced;
  }
  keep_gaps();
  try {
    commit_once(changes);
    return {};
  } catch (const SQLite::Exception& error) {
    return fail(diagnose(error, path_, false).error);
  }
}

void EventLog::commit_once(std::span<Changes* const> changes) {
  std::uint64_t dropped = 0;
  std::size_t records = 0;
  open_->transact([&] {
    for (Changes* one : changes) {
      open_->tables.apply(*one);
      records += one->records.size();
    }
    open_->tables.continue_queues(steps);
    dropped = open_->tables.enforce_retention(retention_, clock_.now(), deleted_at_once + records);
  });
  if (records > many_records) sqlite3_db_release_memory(open_->database->getHandle());
  report_dropped(dropped);
}

void EventLog::report_dropped(std::uint64_t count) {
  dropped_ += count;
  const Time now = clock_.now();
  if (dropped_ == 0 || (reported_ && now - *reported_ < between_reports)) return;
  log_.warn(domain, "event log " + path_ + ": " + std::to_string(dropped_) +
                        " unread events were dropped; poll all queues, delete unused ones (msnc "
                        "queue), or raise pending_events and pending_bytes");
  dropped_ = 0;
  reported_ = now;
}

bool EventLog::unfinished() const {
  return open_->tables.unfinished(retention_, clock_.now());
}

// --- reading

// Runs `read(tables)`. If it finds the file damaged, replaces the log and returns an error.
template <class T, class Read>
Result<T> EventLog::reading(const Read& read) {
  // An error even if the new log is open now: the caller may have used queues of the old one.
  if (replacement_) {
    if (auto ready = reopen(); !ready) return fail(ready.error());
    return fail(ErrorCode::network,
                "event log " + path_ + " was damaged and has been replaced by a new one");
  }
  try {
    if constexpr (std::is_void_v<T>) {
      read(open_->tables);
      return {};
    } else {
      return read(open_->tables);
    }
  } catch (const SQLite::Exception& error) {
    const Diagnosis diagnosis = diagnose(error, path_, false);
    if (diagnosis.trouble != Trouble::other)
      if (auto replaced = replace(error.what(), "damaged"); !replaced)
        return fail(replaced.error());
    return fail(diagnosis.error);
  }
}

std::vector<QueueState> EventLog::queues() const {
  std::vector<QueueState> result;
  for (const auto& [name, queue] : open_->tables.state().queues)
    if (queue.ready) result.push_back(queue);
  return result;
}

const QueueState* EventLog::queue(std::string_view name) const {
  return open_->tables.find_ready(name);
}

bool EventLog::has_queue(std::string_view name) const {
  return open_->tables.find(name) != nullptr;
}

std::size_t EventLog::named_queues() const {
  const auto& queues = open_->tables.state().queues;
  return static_cast<std::size_t>(
      std::count_if(queues.begin(), queues.end(),
                    [](const auto& entry) { return entry.first != "-" && !entry.second.removed; }));
}

std::uint64_t EventLog::last_cursor() const {
  return open_->tables.state().last;
}

const std::string& EventLog::mark() const {
  return open_->tables.state().mark;
}

Result<void> EventLog::read_queue(std::string_view name, const Selection& selection,
                                  const Visitor& visitor) {
  return reading<void>([&](Tables& tables) {
    if (const Queue* queue = tables.find_ready(name)) tables.read(*queue, selection, visitor);
  });
}

Result<void> EventLog::read_history(const Selection& selection, const Visitor& visitor) {
  return reading<void>([&](Tables& tables) { tables.read_history(selection, visitor); });
}

Result<std::uint64_t> EventLog::history_begin(const Selection& selection, std::optional<Time> since,
                                              std::optional<std::uint64_t> last) {
  return reading<std::uint64_t>(
      [&](Tables& tables) { return tables.history_begin(selection, since, last); });
}

Result<std::vector<std::uint64_t>> EventLog::pending_cursors(std::string_view name,
                                                             const Selection& selection,
                                                             std::size_t limit) {
  using Cursors = std::vector<std::uint64_t>;
  return reading<Cursors>([&](Tables& tables) {
    const Queue* queue = tables.find_ready(name);
    return queue == nullptr ? Cursors() : tables.pending_cursors(*queue, selection, limit);
  });
}

Result<std::uint64_t> EventLog::count_history(const Selection& selection) {
  return reading<std::uint64_t>([&](Tables& tables) { return tables.count_history(selection); });
}

std::optional<EventLog::Missing> EventLog::missing_after(std::uint64_t cursor) {
  const auto missing =
      reading<std::optional<Missing>>([&](Tables& tables) { return tables.missing_after(cursor); });
  return missing ? *missing : Missing{true, 0};
}

Result<std::optional<Token>> EventLog::token(std::string_view token) {
  return reading<std::optional<Token>>([&](Tables& tables) {
    auto found = tables.token(std::string(token));
    if (found && !found->open && clock_.now() - found->time > token_age) found.reset();
    return found;
  });
}

Result<std::vector<Token>> EventLog::open_tokens() {
  return reading<std::vector<Token>>([](Tables& tables) { return tables.open_tokens(); });
}

}  // namespace msn::store

// SPDX-License-Identifier: MIT
#include "core/store/sqlite_log.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace msn::store {
namespace {

constexpr std::string_view domain = "store";
constexpr std::uint64_t steps_at_least = 64;
constexpr std::size_t many_changes = 1024;

bool is_keyword(const std::string& word) {
  return !word.empty() &&
         word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
}

tl::unexpected<Error> no_queue(std::string_view name) {
  return fail(ErrorCode::unknown_queue, "no queue " + std::string(name));
}

}  // namespace

Result<std::unique_ptr<EventLog>> EventLog::open(const std::string& path, Durability durability,
                                                 Retention retention, const Clock& clock,
                                                 Log& log) {
  auto opened = std::make_unique<SqliteEventLog>(path, durability, retention, clock, log);
  if (auto started = opened->start(); !started) return fail(started.error());
  return opened;
}

SqliteEventLog::SqliteEventLog(std::string path, Durability durability, Retention retention,
                               const Clock& clock, Log& log)
    : path_(std::move(path)),
      durability_(durability),
      retention_(retention),
      clock_(clock),
      log_(log) {}

SqliteEventLog::~SqliteEventLog() {
  if (!open_ && changes_.empty()) return;  // it was never opened
  if (auto done = commit(); !done) {
    log_.error(domain,
               std::to_string(changes_.size()) + " changes are lost: " + done.error().message);
  }
  close();
}

Result<void> SqliteEventLog::start() {
  if (auto opened = open_file(); !opened) return opened;
  return commit();
}

template <class T>
Result<T> SqliteEventLog::on_tables(const std::function<Result<T>()>& action) {
  if (!open_) {
    if (auto opened = open_file(); !opened) return fail(opened.error());
  }
  try {
    if (!changes_.empty()) catch_up();
    return action();
  } catch (const SQLite::Exception& error) {
    return fail(fail_with(error));
  }
}

// Changes -----------------------------------------------------------------------------------------

Result<void> SqliteEventLog::append(std::vector<Record>& records) {
  for (Record& record : records) {
    record.cursor = ++last_given_;
    changes_.emplace_back(record);
  }
  // They are accepted whatever becomes of this; commit() tells when they cannot be written.
  (void)on_tables<void>([]() -> Result<void> { return {}; });
  // A log that was begun afresh meanwhile gave them other numbers.
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].cursor = std::get<Record>(changes_[changes_.size() - records.size() + i]).cursor;
  }
  return {};
}

void SqliteEventLog::set_mark(std::string mark) {
  if (mark == mark_) return;
  mark_ = std::move(mark);
  changes_.emplace_back(Mark{mark_});
}

Result<void> SqliteEventLog::create_queue(std::string_view name, Start start, std::uint64_t cursor,
                                          const std::vector<std::string>& only) {
  if (!std::all_of(only.begin(), only.end(), is_keyword)) {
    return fail(ErrorCode::invalid, "not a list of keywords");
  }
  const auto made = on_tables<std::uint64_t>([&]() -> Result<std::uint64_t> {
    const State& state = open_->tables.state();
    if (open_->tables.find(name)) {
      return fail(ErrorCode::invalid, "there is a queue " + std::string(name));
    }
    if (state.queues.size() > max_named_queues) {
      return fail(ErrorCode::invalid,
                  "there are " + std::to_string(max_named_queues) + " queues; delete one");
    }
    std::uint64_t after = cursor;
    if (start == Start::now) after = state.last;
    if (start == Start::oldest) {
      const std::uint64_t oldest = open_->tables.oldest();
      after = oldest == 0 ? state.last : oldest - 1;
    }
    return apply_now(Create{std::string(name), after, only});
  });
  if (!made) return fail(made.error());
  return {};
}

Result<void> SqliteEventLog::drop_queue(std::string_view name) {
  if (name == "-") return fail(ErrorCode::invalid, "the default queue stays");
  const auto dropped = on_tables<std::uint64_t>([&]() -> Result<std::uint64_t> {
    if (!open_->tables.find(name)) return no_queue(name);
    return apply_now(Drop{std::string(name)});
  });
  if (!dropped) return fail(dropped.error());
  return {};
}

Result<std::uint64_t> SqliteEventLog::take(std::string_view name,
                                           const std::vector<std::uint64_t>& cursors,
                                           bool told_gap) {
  return on_tables<std::uint64_t>([&]() -> Result<std::uint64_t> {
    const Queue* queue = open_->tables.find(name);
    if (!queue) return no_queue(name);
    const bool gap = told_gap && (queue->gap != 0 || queue->gap_unknown);
    if (!gap && (cursors.empty() || queue->pending == 0)) return 0;
    return apply_now(Take{std::string(name), cursors, told_gap});
  });
}

Result<std::uint64_t> SqliteEventLog::apply_now(Change change) {
  catch_up();
  const std::uint64_t result = apply(change);
  changes_.push_back(std::move(change));
  ++done_;
  return result;
}

std::uint64_t SqliteEventLog::apply(const Change& change) {
  Tables& tables = open_->tables;
  if (const auto* record = std::get_if<Record>(&change)) {
    tables.append(*record, retention_.coalesce_over);
  } else if (const auto* take = std::get_if<Take>(&change)) {
    if (Queue* queue = tables.find(take->queue)) {
      return tables.take(*queue, take->cursors, take->told_gap);
    }
  } else if (const auto* create = std::get_if<Create>(&change)) {
    if (!tables.find(create->queue)) {
      tables.create_queue(create->queue, create->only, create->after, create->gap_unknown);
    }
  } else if (const auto* drop = std::get_if<Drop>(&change)) {
    if (tables.find(drop->queue)) tables.drop_queue(drop->queue);
  } else if (const auto* mark = std::get_if<Mark>(&change)) {
    tables.set_mark(mark->mark);
  }
  return 0;
}

// Transactions ------------------------------------------------------------------------------------

// Begins a transaction unless there is one, and does in it what is not done yet.
void SqliteEventLog::catch_up() {
  if (!in_transaction_) {
    committed_ = open_->tables.state();
    open_->database->exec("BEGIN IMMEDIATE");
    in_transaction_ = true;
    done_ = 0;
  }
  for (; done_ < changes_.size(); ++done_) apply(changes_[done_]);
}

void SqliteEventLog::roll_back() noexcept {
  if (!in_transaction_) return;
  in_transaction_ = false;
  done_ = 0;
  try {
    if (sqlite3_get_autocommit(open_->database->getHandle()) == 0) {
      open_->database->exec("ROLLBACK");
    }
  } catch (const SQLite::Exception&) {
    // SQLite itself does it when the database is next used.
  }
  open_->tables.restore(std::move(committed_));
}

Result<void> SqliteEventLog::commit() {
  const std::uint64_t before = times_afresh_;
  auto done = try_commit();
  // What was not committed yet goes to the log that took the damaged one's place.
  if (!done && times_afresh_ != before) done = try_commit();
  if (!done && open_) {
    // SQLite has rolled back; show again what was accepted.
    (void)on_tables<void>([]() -> Result<void> { return {}; });
  }
  return done;
}

Result<void> SqliteEventLog::try_commit() {
  if (open_ && changes_.empty() && !in_transaction_ &&
      !open_->tables.may_be_over(retention_, clock_.now())) {
    return {};
  }
  return on_tables<void>([this]() -> Result<void> {
    Tables& tables = open_->tables;
    const Time now = clock_.now();
    const bool many = changes_.size() > many_changes;
    catch_up();
    tables.retire(retention_, now, steps_at_least + 2 * changes_.size());
    tables.save();
    open_->database->exec("COMMIT");
    in_transaction_ = false;
    done_ = 0;
    changes_.clear();
    if (many) {
      changes_.shrink_to_fit();
      sqlite3_db_release_memory(open_->database->getHandle());
    }
    return {};
  });
}

Result<void> SqliteEventLog::change(Durability durability, Retention retention) {
  retention_ = retention;
  if (durability == durability_) return commit();
  if (auto done = commit(); !done) return done;
  const bool reopen = durability == Durability::memory || durability_ == Durability::memory;
  if (reopen) close();
  durability_ = durability;
  return on_tables<void>([&]() -> Result<void> {
    if (!reopen) set_durability(*open_->database, durability);
    return {};
  });
}

// Looking -----------------------------------------------------------------------------------------

std::vector<QueueState> SqliteEventLog::queues() const {
  std::vector<QueueState> result;
  if (!open_) return result;
  for (const auto& [name, queue] : open_->tables.state().queues) result.push_back(queue);
  return result;
}

const QueueState* SqliteEventLog::queue(std::string_view name) const {
  return open_ ? open_->tables.find(name) : nullptr;
}

std::uint64_t SqliteEventLog::last_cursor() const {
  return last_given_;
}

std::uint64_t SqliteEventLog::oldest_cursor() const {
  try {
    return open_ ? open_->tables.oldest() : 0;
  } catch (const SQLite::Exception&) {
    return 0;  // damage is dealt with where it can be told
  }
}

Result<void> SqliteEventLog::read_queue(std::string_view name, const Selection& selection,
                                        const Visitor& visitor) {
  return on_tables<void>([&]() -> Result<void> {
    const Queue* queue = open_->tables.find(name);
    if (!queue) return no_queue(name);
    open_->tables.read(*queue, selection, visitor);
    return {};
  });
}

Result<void> SqliteEventLog::read_history(const Selection& selection, const Visitor& visitor) {
  return on_tables<void>([&]() -> Result<void> {
    open_->tables.read_history(selection, visitor);
    return {};
  });
}

Result<std::uint64_t> SqliteEventLog::count(std::string_view name, const Selection& selection) {
  return on_tables<std::uint64_t>([&]() -> Result<std::uint64_t> {
    const Queue* queue = open_->tables.find(name);
    if (!queue) return no_queue(name);
    return open_->tables.count(*queue, selection);
  });
}

std::optional<EventLog::Missing> SqliteEventLog::missing_after(std::uint64_t cursor) const {
  if (!open_) return Missing{true, 0};
  try {
    return open_->tables.missing_after(cursor);
  } catch (const SQLite::Exception&) {
    return Missing{true, 0};
  }
}

}  // namespace msn::store

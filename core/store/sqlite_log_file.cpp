// SPDX-License-Identifier: MIT
// How the event log comes to its file, and what becomes of a damaged one.
#include "core/store/sqlite_log.hpp"
#include "core/store/wal_check.hpp"

#include <algorithm>

namespace msn::store {
namespace {

constexpr std::string_view domain = "store";

}  // namespace

Result<void> SqliteEventLog::open_file() {
  const auto state = look_at(path_);
  if (!state) return fail(state.error());
  if (*state == FileState::remains) {
    return begin_afresh(Trouble::damaged, "its main file is missing");
  }
  if (*state == FileState::absent) {
    // It was moved aside, and then there was no room for another.
    if (was_moved_aside(path_)) afresh_at_ = fresh_start(path_, clock_.now());
    const std::uint64_t started = std::max(afresh_at_, last_given_ + 1);
    const bool synced = durability_ == Durability::full;
    if (auto made = make_log_file(path_, started, afresh_at_ != 0, synced); !made) return made;
  }
  try {
    open_tables();
    return {};
  } catch (const SQLite::Exception& error) {
    open_.reset();
    const Diagnosis diagnosis = diagnose(error, path_, true);
    if (diagnosis.trouble == Trouble::other) return fail(diagnosis.error);
    return begin_afresh(diagnosis.trouble, error.what());
  }
}

void SqliteEventLog::open_tables() {
  const bool in_memory = durability_ == Durability::memory;
  const bool cut = commits_lost(path_ + "-wal");
  auto opened = std::make_unique<Open>(in_memory ? load_into_memory(path_)
                                                 : open_log_file(path_, durability_));
  Tables& tables = opened->tables;
  tables.load();
  const bool lost = cut || tables.in_memory();
  if (lost) {
    log_.warn(domain, "event log " + path_ + ": what was written last is lost");
    tables.begin_again(fresh_start(path_, clock_.now()));
  }
  if (lost || in_memory) {
    tables.set_in_memory(in_memory);
    opened->database->exec("BEGIN IMMEDIATE");
    tables.save();
    opened->database->exec("COMMIT");
    // The file says from now on that the truth is elsewhere.
    if (in_memory) save_from_memory(*opened->database, path_);
  }
  open_ = std::move(opened);
  last_given_ = std::max(last_given_, open_->tables.state().last);
  if (afresh_at_ != 0) {
    carry_over();
  } else if (changes_.empty()) {
    mark_ = open_->tables.state().mark;
  }
}

// Moves the file aside and begins a new one, with what was not committed to the old one.
Result<void> SqliteEventLog::begin_afresh(Trouble trouble, const std::string& reason) {
  open_.reset();
  in_transaction_ = false;
  done_ = 0;
  const Time now = clock_.now();
  afresh_at_ = std::max(fresh_start(path_, now), last_given_ + 1);
  if (lost_queues_.empty())
    for (auto& queue : salvage_queues(path_))
      lost_queues_.push_back({std::move(queue.name), 0, std::move(queue.only), true});
  const bool newer = trouble == Trouble::newer;
  const auto aside = move_aside(path_, newer ? "newer" : "damaged", now);
  if (!aside) return fail(aside.error());
  log_.error(domain, "event log " + path_ +
                         (newer ? " is from a newer version (" : " is damaged (") + reason +
                         "): moved to " + *aside + ", starting afresh");
  if (auto made = make_log_file(path_, afresh_at_, true, durability_ == Durability::full); !made) {
    return made;
  }
  try {
    open_tables();
  } catch (const SQLite::Exception& error) {
    open_.reset();
    return fail(diagnose(error, path_, false).error);
  }
  return {};
}

// The changes that can be done again on a new log: its queues, and the events under new numbers.
void SqliteEventLog::carry_over() {
  last_given_ = open_->tables.state().last;
  std::vector<Change> changes;
  if (!mark_.empty()) changes.emplace_back(Mark{mark_});
  for (Create& queue : lost_queues_) {
    queue.after = last_given_;
    changes.emplace_back(std::move(queue));
  }
  lost_queues_.clear();
  for (Change& change : changes_) {
    if (auto* record = std::get_if<Record>(&change)) {
      record->cursor = ++last_given_;
      changes.push_back(std::move(change));
    }
  }
  changes_ = std::move(changes);
  afresh_at_ = 0;
  ++times_afresh_;
}

void SqliteEventLog::close() {
  if (!open_) return;
  if (durability_ == Durability::memory) {
    try {
      open_->tables.set_in_memory(false);
      open_->database->exec("BEGIN");
      open_->tables.save();
      open_->database->exec("COMMIT");
      save_from_memory(*open_->database, path_);
    } catch (const SQLite::Exception& error) {
      log_.error(domain, "cannot save the events in memory: " +
                             diagnose(error, path_, false).error.message);
    }
  }
  open_.reset();
}

Error SqliteEventLog::fail_with(const SQLite::Exception& error) {
  const Diagnosis diagnosis = diagnose(error, path_, false);
  if (diagnosis.trouble == Trouble::other) {
    roll_back();
    return diagnosis.error;
  }
  // The other consumers are to find their queues again, and to be told.
  for (const auto& [name, queue] : open_->tables.state().queues) {
    if (name != "-") lost_queues_.push_back({name, 0, queue.only, true});
  }
  if (auto afresh = begin_afresh(diagnosis.trouble, error.what()); !afresh) return afresh.error();
  try {
    catch_up();
  } catch (const SQLite::Exception&) {
    roll_back();  // the next call tries again
  }
  return diagnosis.error;
}

}  // namespace msn::store

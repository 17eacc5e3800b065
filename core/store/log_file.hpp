// SPDX-License-Identifier: MIT
// The event log's files: made privately, opened, checked, moved aside.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/store/event_log.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <memory>
#include <string>

namespace msn::store {

enum class FileState { absent, present, remains };  // remains: the file is gone, its -wal is there
Result<FileState> look_at(const std::string& path);

// Makes the file (0600) under another name and puts it in its place when it is complete, so that
// what is in that place is a whole log whenever the process dies. Cursors begin at `started`.
Result<void> make_log_file(const std::string& path, std::uint64_t started, bool gap_unknown,
                           bool synced);

// Opens and checks all that can be checked. Throws SQLite::Exception.
std::unique_ptr<SQLite::Database> open_log_file(const std::string& path, Durability);
// The whole content in memory; nothing of the file is held. And back into it.
std::unique_ptr<SQLite::Database> load_into_memory(const std::string& path);
void save_from_memory(SQLite::Database& memory, const std::string& path);
void set_durability(SQLite::Database&, Durability);

// The named queues of a file that cannot be opened, as far as they can be read: names and keywords.
struct QueueName {
  std::string name;
  std::vector<std::string> only;
};
std::vector<QueueName> salvage_queues(const std::string& path);

// What is wrong with a file that `open_log_file` or later use failed on.
enum class Trouble { damaged, newer, other };
struct Diagnosis {
  Trouble trouble = Trouble::other;
  Error error;  // for `other`: what to answer
};
// `opening`: the statements are known to be right, so errors in them are damage too.
Diagnosis diagnose(const SQLite::Exception&, const std::string& path, bool opening);

// Renames the file and what belongs to it to "<path>.<why>-<date>"; the new name.
Result<std::string> move_aside(const std::string& path, std::string_view why, Time now);
// Whether there has been a log here that was moved aside.
bool was_moved_aside(const std::string& path);
// A cursor above all that this path's logs, moved aside or not, can have given.
std::uint64_t fresh_start(const std::string& path, Time now);

}  // namespace msn::store

// SPDX-License-Identifier: MIT
// The files of the event log: creating, opening and replacing them, and what an SQLite error means.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/store/event_log.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <memory>
#include <string>

namespace msn::store {

// orphaned: the main file is missing, but its WAL file exists.
enum class FileState { absent, present, orphaned };
// Also sets the mode of the file to 0600, and completes an interrupted replace_log_file(). Error:
// network.
Result<FileState> check_file(const std::string& path);

// Creates a new log (0600), under another name until it is complete. Its first event will get the
// cursor `started`. Error: network.
Result<void> create_log_file(const std::string& path, std::uint64_t started);
// Renames the existing file and those that belong to it to "<path>.<why>-<date>", and creates a new
// log whose queue "-" has gap_unknown. Returns the new name of the old file. Error: network.
Result<std::string> replace_log_file(const std::string& path, std::uint64_t started,
                                     std::string_view why, Time now);

// Opens a log, and converts one of an older version. This and the three functions below throw
// SQLite::Exception.
std::unique_ptr<SQLite::Database> open_log_file(const std::string& path, Durability);
// Copies a log into a database in memory. The caller closes the file.
std::unique_ptr<SQLite::Database> load_into_memory(SQLite::Database& file);
// Copies a database in memory into the file, all or nothing.
void save_from_memory(SQLite::Database& memory, const std::string& path);
void set_durability(SQLite::Database&, Durability);

// What an error says about the file. other: the file is intact.
enum class Trouble { damaged, newer, other };
struct Diagnosis {
  Trouble trouble = Trouble::other;
  Error error;
};
// `opening`: the error occurred while opening the log; then SQL errors also count as damage.
Diagnosis diagnose(const SQLite::Exception&, const std::string& path, bool opening);

}  // namespace msn::store

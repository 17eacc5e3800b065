// SPDX-License-Identifier: MIT
// The event log's files: made privately, opened, moved aside; and what an error of SQLite means.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/store/event_log.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <memory>
#include <string>

namespace msn::store {

// What is there. remains: only files that belong to a log whose main file is gone.
enum class FileState { absent, present, remains };
Result<FileState> look_at(const std::string& path);

// Makes a new log (0600), which has another name until it is complete. Its first event gets the
// cursor `started`.
Result<void> make_log_file(const std::string& path, std::uint64_t started);
// The same, and moves the file that is there, and what belongs to it, to "<path>.<why>-<date>"; the
// new name. The queue "-" of the new log has gap_unknown.
Result<std::string> replace_log_file(const std::string& path, std::uint64_t started,
                                     std::string_view why, Time now);

// Throws SQLite::Exception. Brings an older version up to date.
std::unique_ptr<SQLite::Database> open_log_file(const std::string& path, Durability);
// The whole content in memory; the file is to be closed. And back into it, all or nothing.
std::unique_ptr<SQLite::Database> load_into_memory(SQLite::Database& file);
void save_from_memory(SQLite::Database& memory, const std::string& path);
void set_durability(SQLite::Database&, Durability);

// What an error means for the file. other: it is as good as before.
enum class Trouble { damaged, newer, other };
struct Diagnosis {
  Trouble trouble = Trouble::other;
  Error error;
};
// `opening`: the statements are known to be right, so errors in them are damage too.
Diagnosis diagnose(const SQLite::Exception&, const std::string& path, bool opening);

}  // namespace msn::store

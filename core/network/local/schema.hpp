// SPDX-License-Identifier: MIT
// Opening the database of the embedded network: creating, checking and converting its tables.
//
// Several users may share the file. A file that is damaged, foreign or of a newer version is
// therefore never moved or changed; the error names the file and the reason (msncd(8)). Other users
// can write to it, so no code in it (triggers, views) is run, and limits bound what its rows can
// cost in time and memory.
#pragma once
#include "core/base/result.hpp"
#include "core/network/local/database_file.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace SQLite {
class Database;
}

namespace msn::network::local {

inline constexpr int schema_version = 2;

// Limits how long SQLite waits for another daemon's lock (4 s) and how long it may work on one job.
// shorten(), called when the daemon exits, reduces them to 0.3 s and 1 s. Thread-safe.
class TimeLimit {
 public:
  void shorten();
  bool shortened() const { return shortened_at_ != 0; }
  // Starts the time limit of a job; SQLite is interrupted when it has passed.
  void begin_job(std::chrono::seconds longest = std::chrono::seconds(10));
  // SQLite's busy handler: sleeps and returns whether to try again.
  static int on_busy(void* time_limit, int tries);
  // SQLite's progress handler: returns whether to interrupt.
  static int on_progress(void* time_limit);

 private:
  // In nanoseconds of the steady clock; 0: not set.
  std::atomic<std::int64_t> shortened_at_{0}, job_began_{0}, job_ends_{0};
};

// Opens the database; creates the tables of an empty file and converts those of an older version.
// `time_limit` outlives the database. Error: network.
Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path, IfMissing,
                                                        TimeLimit& time_limit);

// The error (network) for an SQLite result code; it names the file.
Error database_error(const std::string& path, int code, std::string_view text);
// Whether an SQLite result code means that the file is unusable or its tables were changed, so that
// a later try would not help.
bool is_damage(int code);

}  // namespace msn::network::local

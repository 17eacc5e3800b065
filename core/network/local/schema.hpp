// SPDX-License-Identifier: MIT
// The file of the embedded network: making it, knowing it again, and refusing what is not ours.
//
// The file belongs to everybody on the machine's network, so one that is damaged, foreign or from a
// newer version is never moved or changed; the error names the file and the reason (msncd(8)).
// Others may write it, so nothing in it is run, and no row makes a job long or large.
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

// How long another daemon's lock is waited for, and how long SQLite may work on one job. Once
// hurried (the daemon is ending) only a moment.
class Patience {
 public:
  void hurry();
  bool hurried() const { return hurried_at_ != 0; }
  // A job begins: what SQLite still does for it when its time is up is interrupted.
  void begin_job(std::chrono::seconds longest = std::chrono::seconds(10));
  // SQLite's busy handler: sleeps a little, says whether to go on trying.
  static int wait(void* patience, int tries);
  // SQLite's progress handler: says whether to interrupt.
  static int is_over(void* patience);

 private:
  // Nanoseconds of the steady clock.
  std::atomic<std::int64_t> hurried_at_{0}, job_began_{0}, job_ends_{0};
};

// Opens the database; a fresh file is filled, one of an older version converted. `patience`
// outlives the database. Errors: ErrorCode::network.
Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path, IfMissing,
                                                        Patience& patience);

// An SQLite result code as an error that names the file.
Error database_error(const std::string& path, int code, std::string_view text);
// The file is unusable, or its tables are not ours any more; trying again later does not help.
bool is_damage(int code);

}  // namespace msn::network::local

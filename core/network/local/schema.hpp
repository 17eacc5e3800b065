// SPDX-License-Identifier: MIT
// The file of the embedded network: making it, knowing it again, and refusing what is not ours.
//
// The file belongs to everybody on the machine's network, so one that is damaged, foreign or from a
// newer version is never moved or changed; the error names the file and the reason (msncd(8)).
#pragma once
#include "core/base/result.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace SQLite {
class Database;
}

namespace msn::network::local {

inline constexpr int schema_version = 1;

// How long another daemon's lock is waited for. Once hurried (the daemon is ending) only a moment.
class Patience {
 public:
  void hurry() { hurried_ = true; }
  bool hurried() const { return hurried_; }
  // SQLite's busy handler: sleeps a little, says whether to go on trying.
  static int wait(void* patience, int tries);

 private:
  std::atomic<bool> hurried_{false};
};

// Opens the database, makes it (mode 0600) if it is not there. The mode of one that is there stays:
// a file for several users is group-writable, and SQLite's companions take its mode. `patience`
// outlives the database. Errors: ErrorCode::network.
Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path,
                                                        Patience& patience);

// An SQLite result code as an error that names the file.
Error database_error(const std::string& path, int code, std::string_view text);
// The file is unusable, or its tables are not ours any more; trying again later does not help.
bool is_damage(int code);

}  // namespace msn::network::local

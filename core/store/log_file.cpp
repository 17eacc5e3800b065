// SPDX-License-Identifier: MIT
#include "core/store/log_file.hpp"

#include "core/base/unique_fd.hpp"
#include "core/store/statements.hpp"
#include "core/store/tables.hpp"

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace msn::store {
namespace {

constexpr int newer_version = -4711;  // as the code of an exception: not one of SQLite's

tl::unexpected<Error> file_error(const std::string& path, std::string_view what) {
  return fail(ErrorCode::network, "cannot " + std::string(what) + " the event log " + path + ": " +
                                      std::strerror(errno));
}

std::int64_t pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(std::string("PRAGMA ") + name).getInt64();
}

std::unique_ptr<SQLite::Database> connect(const std::string& path) {
  auto database =
      std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
  // Nobody else has business in it: no shared memory file, and no locking for each transaction.
  database->exec("PRAGMA locking_mode=EXCLUSIVE");
  database->exec("PRAGMA temp_store=MEMORY");
  database->exec("PRAGMA cache_size=-1024");
  // Changes stay in memory until the commit, so a full disk shows there and nowhere else.
  database->exec("PRAGMA cache_spill=OFF");
  // Content that somebody could have put into the file must not be run as code.
  database->exec("PRAGMA trusted_schema=OFF");
  return database;
}

void check_schema(SQLite::Database& database) {
  const std::int64_t version = pragma(database, "user_version");
  if (pragma(database, "application_id") != application_id) damaged("not an event log");
  if (version > schema_version) {
    throw SQLite::Exception("its version is " + std::to_string(version), newer_version);
  }
  if (version != schema_version) damaged("not an event log");
  SQLite::Statement objects(database,
                            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid");
  for (const char* expected : schema) {
    if (std::strncmp(expected, "CREATE", 6) != 0) continue;
    if (!objects.executeStep() || objects.getColumn(0).getString() != expected) {
      damaged("its tables are not an event log's");
    }
  }
  if (objects.executeStep()) damaged("its tables are not an event log's");
}

void check_integrity(SQLite::Database& database) {
  const std::string verdict = database.execAndGet("PRAGMA integrity_check(1)").getString();
  if (verdict != "ok") damaged(verdict.c_str());
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

void sync_folder(const std::string& path) {
  const UniqueFd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) (void)::fsync(folder.get());
}

}  // namespace

Result<FileState> look_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) {
      return fail(ErrorCode::network, "the event log " + path + " is not a file: move it away");
    }
    if ((status.st_mode & 077) != 0) (void)::chmod(path.c_str(), 0600);
    return FileState::present;
  }
  if (errno != ENOENT) return file_error(path, "look at");
  return ::access((path + "-wal").c_str(), F_OK) == 0 ? FileState::remains : FileState::absent;
}

Result<void> make_log_file(const std::string& path, std::uint64_t started, bool gap_unknown,
                           bool synced) {
  const std::string draft = path + ".new";
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    if (::unlink((draft + suffix).c_str()) != 0 && errno != ENOENT) return file_error(path, "make");
  }
  const UniqueFd made(::open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!made) return file_error(path, "make");
  try {
    SQLite::Database database(draft, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    // No journal: until it has its name nobody needs this file.
    database.exec("PRAGMA journal_mode=OFF");
    database.exec("PRAGMA synchronous=OFF");
    database.exec("PRAGMA application_id=" + std::to_string(application_id));
    database.exec("PRAGMA user_version=" + std::to_string(schema_version));
    database.exec("BEGIN");
    Tables::create(database, started, gap_unknown);
    database.exec("COMMIT");
  } catch (const SQLite::Exception& error) {
    (void)::unlink(draft.c_str());
    return fail(diagnose(error, path, false).error);
  }
  if (synced && ::fsync(made.get()) != 0) return file_error(path, "write");
  if (::rename(draft.c_str(), path.c_str()) != 0) return file_error(path, "make");
  if (synced) sync_folder(path);
  return {};
}

void set_durability(SQLite::Database& database, Durability durability) {
  database.exec(durability == Durability::full ? "PRAGMA synchronous=FULL"
                                               : "PRAGMA synchronous=NORMAL");
}

std::unique_ptr<SQLite::Database> open_log_file(const std::string& path, Durability durability) {
  auto database = connect(path);
  check_schema(*database);
  check_integrity(*database);
  database->exec("PRAGMA journal_mode=WAL");
  database->exec("PRAGMA wal_autocheckpoint=1000");
  database->exec("PRAGMA journal_size_limit=4194304");
  set_durability(*database, durability);
  return database;
}

std::unique_ptr<SQLite::Database> load_into_memory(const std::string& path) {
  auto file = open_log_file(path, Durability::full);
  // A database in memory has no write-ahead file, and its header must not say so.
  file->exec("PRAGMA journal_mode=DELETE");
  auto memory =
      std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
  SQLite::Backup(*memory, *file).executeStep();
  memory->exec("PRAGMA temp_store=MEMORY");
  return memory;
}

void save_from_memory(SQLite::Database& memory, const std::string& path) {
  auto file = connect(path);
  SQLite::Backup(*file, memory).executeStep();
}

Diagnosis diagnose(const SQLite::Exception& error, const std::string& path, bool opening) {
  Diagnosis result;
  const std::string reason = error.what();
  const auto other = [&](const std::string& message) {
    result.trouble = Trouble::other;
    result.error = Error{ErrorCode::network, "event log " + path + ": " + message, 0};
  };
  result.trouble = Trouble::damaged;
  result.error = Error{ErrorCode::network, "event log " + path + " is damaged: " + reason, 0};
  if (error.getErrorCode() == newer_version) {
    result.trouble = Trouble::newer;
    return result;
  }
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return result;
    case SQLITE_ERROR:
    case SQLITE_TOOBIG:
      if (!opening) other(reason);
      return result;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      // A damaged header can claim a format that must not be written.
      if (!opening || ::access(path.c_str(), R_OK | W_OK) != 0 ||
          ::access(folder_of(path).c_str(), W_OK | X_OK) != 0) {
        other("cannot be written; check its permissions");
      }
      return result;
    case SQLITE_FULL:
      other("the disk is full; free some space");
      return result;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      other("in use by another process");
      return result;
    default:
      other(reason);
      return result;
  }
}

Result<std::string> move_aside(const std::string& path, std::string_view why, Time now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  char date[32];
  ::gmtime_r(&seconds, &utc);
  const std::size_t length = std::strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", &utc);
  const std::string base = path + "." + std::string(why) + "-" + std::string(date, length);
  std::string aside = base;
  for (int i = 2;
       ::access(aside.c_str(), F_OK) == 0 || ::access((aside + "-wal").c_str(), F_OK) == 0; ++i) {
    aside = base + "." + std::to_string(i);
  }
  // The file itself last: if this is cut short, what is left is still seen as damaged.
  for (const char* suffix : {"-shm", "-journal", "-wal", ""}) {
    if (::rename((path + suffix).c_str(), (aside + suffix).c_str()) != 0 && errno != ENOENT) {
      return file_error(path, "move aside");
    }
  }
  sync_folder(path);
  return aside;
}

}  // namespace msn::store

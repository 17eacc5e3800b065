// SPDX-License-Identifier: MIT
#include "core/store/log_file.hpp"

#include "core/base/unique_fd.hpp"
#include "core/store/schema.hpp"

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace msn::store {
namespace {

// The suffix of a complete new log that will replace a damaged one.
constexpr const char* replacement = ".replacement";

tl::unexpected<Error> file_error(const std::string& path, std::string_view what) {
  return fail(ErrorCode::network, "cannot " + std::string(what) + " the event log " + path + ": " +
                                      std::strerror(errno));
}

std::unique_ptr<SQLite::Database> connect(const std::string& path) {
  auto database =
      std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
  // Wait for other processes that read the log, so that they do not make a login fail.
  database->setBusyTimeout(1000);
  database->exec("PRAGMA temp_store=MEMORY");
  database->exec("PRAGMA cache_size=-1024");
  // Keep changes in memory until the commit, so that a full disk can make only the commit fail.
  database->exec("PRAGMA cache_spill=OFF");
  // Do not run code from the file.
  database->exec("PRAGMA trusted_schema=OFF");
  return database;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

std::uint64_t free_space(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(folder_of(path).c_str(), &status) != 0) return 0;
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

void sync_folder(const std::string& path) {
  const UniqueFd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) (void)::fsync(folder.get());
}

Result<void> rename_file(const std::string& log, const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT)
    return file_error(log, "rename files of");
  sync_folder(log);
  return {};
}

// Creates and syncs a complete empty log under the name `draft`.
Result<void> create_draft(const std::string& path, const std::string& draft, std::uint64_t started,
                          bool gap_unknown) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"})
    if (::unlink((draft + suffix).c_str()) != 0 && errno != ENOENT)
      return file_error(path, "create");
  const UniqueFd made(::open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!made) return file_error(path, "create");
  try {
    SQLite::Database database(draft, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    // No journal: an incomplete draft is never used.
    database.exec("PRAGMA journal_mode=OFF");
    database.exec("PRAGMA synchronous=OFF");
    create_tables(database, started, gap_unknown);
  } catch (const SQLite::Exception& error) {
    (void)::unlink(draft.c_str());
    return fail(diagnose(error, path, false).error);
  }
  if (::fsync(made.get()) != 0) return file_error(path, "write");
  return {};
}

void copy(SQLite::Database& into, SQLite::Database& from) {
  // A busy file is a result of executeStep(), not an exception.
  const int result = SQLite::Backup(into, from).executeStep();
  if (result != SQLITE_DONE) throw SQLite::Exception(sqlite3_errstr(result), result);
}

std::string date(Time now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  char text[32];
  ::gmtime_r(&seconds, &utc);
  return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc)};
}

std::string free_name(const std::string& base) {
  std::string name = base;
  for (int i = 2; ::access(name.c_str(), F_OK) == 0 || ::access((name + "-wal").c_str(), F_OK) == 0;
       ++i)
    name = base + "." + std::to_string(i);
  return name;
}

}  // namespace

Result<FileState> check_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) {
      return fail(ErrorCode::network,
                  "the event log " + path + " is not a regular file; move it away");
    }
    if ((status.st_mode & 077) != 0) (void)::chmod(path.c_str(), 0600);
    return FileState::present;
  }
  if (errno != ENOENT) return file_error(path, "access");
  if (::access((path + replacement).c_str(), F_OK) == 0) {
    if (auto moved = rename_file(path, path + replacement, path); !moved)
      return fail(moved.error());
    return FileState::present;
  }
  return ::access((path + "-wal").c_str(), F_OK) == 0 ? FileState::orphaned : FileState::absent;
}

Result<void> create_log_file(const std::string& path, std::uint64_t started) {
  const std::string draft = path + ".new";
  if (auto made = create_draft(path, draft, started, false); !made) return made;
  return rename_file(path, draft, path);
}

Result<std::string> replace_log_file(const std::string& path, std::uint64_t started,
                                     std::string_view why, Time now) {
  const std::string draft = path + replacement;
  if (auto made = create_draft(path, draft, started, true); !made) return fail(made.error());
  const std::string aside = free_name(path + "." + std::string(why) + "-" + date(now));
  // The main file is last. So after a crash in between, the log is still found damaged; or only the
  // replacement is left, which check_file() renames.
  for (const char* suffix : {"-shm", "-journal", "-wal", ""}) {
    if (auto moved = rename_file(path, path + suffix, aside + suffix); !moved)
      return fail(moved.error());
  }
  if (auto moved = rename_file(path, draft, path); !moved) return fail(moved.error());
  return aside;
}

void set_durability(SQLite::Database& database, Durability durability) {
  database.exec(durability == Durability::full ? "PRAGMA synchronous=FULL"
                                               : "PRAGMA synchronous=NORMAL");
}

std::unique_ptr<SQLite::Database> open_log_file(const std::string& path, Durability durability) {
  auto database = connect(path);
  upgrade_tables(*database);
  database->exec("PRAGMA journal_mode=WAL");
  database->exec("PRAGMA wal_autocheckpoint=1000");
  database->exec("PRAGMA journal_size_limit=4194304");
  set_durability(*database, durability);
  // From now on do not block the loop: the owner retries a commit that fails.
  database->setBusyTimeout(0);
  return database;
}

std::unique_ptr<SQLite::Database> load_into_memory(SQLite::Database& file) {
  // A database in memory cannot be in WAL mode, so the copied header must not name it.
  file.exec("PRAGMA journal_mode=DELETE");
  try {
    auto memory = std::make_unique<SQLite::Database>(":memory:",
                                                     SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    copy(*memory, file);
    memory->exec("PRAGMA temp_store=MEMORY");
    return memory;
  } catch (const SQLite::Exception&) {
    file.exec("PRAGMA journal_mode=WAL");
    throw;
  }
}

void save_from_memory(SQLite::Database& memory, const std::string& path) {
  auto file = connect(path);
  copy(*file, memory);
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
      // If permissions are not the cause, the file is damaged: its header can name a read-only
      // format.
      if (!opening || ::access(path.c_str(), R_OK | W_OK) != 0 ||
          ::access(folder_of(path).c_str(), W_OK | X_OK) != 0) {
        other("cannot be written; check its permissions");
      }
      return result;
    case SQLITE_FULL:
      other("the disk is full (" + std::to_string(free_space(path) >> 10) +
            " KiB free); delete files to make space");
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

}  // namespace msn::store

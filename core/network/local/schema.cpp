// SPDX-License-Identifier: MIT
#include "core/network/local/schema.hpp"

#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sodium.h>
#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace msn::network::local {
namespace {

constexpr int application =
    0x6d736e6c;  // "msnl", so that no other program's file is taken for ours
constexpr std::int64_t full_check_up_to = 64ll << 20;

// account.hash: libsodium's string, memory-hard. entry: what an account has noted about an address,
// which need not have an account. entry.seen_nick: the name they had when last seen online.
// inbox: what is still to be told to an address, in order; AUTOINCREMENT so that a number is never
// used twice. receipt: what senders may learn only once the holder looks online again.
constexpr const char* schema = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE account(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL,
  nick TEXT NOT NULL DEFAULT '',
  open INTEGER NOT NULL DEFAULT 1,
  ask INTEGER NOT NULL DEFAULT 1,
  since INTEGER NOT NULL);
CREATE TABLE entry(
  owner INTEGER NOT NULL REFERENCES account(id),
  contact TEXT NOT NULL,
  forward INTEGER NOT NULL DEFAULT 0,
  allow INTEGER NOT NULL DEFAULT 0,
  block INTEGER NOT NULL DEFAULT 0,
  nick TEXT NOT NULL DEFAULT '',
  seen_nick TEXT NOT NULL DEFAULT '',
  PRIMARY KEY(owner, contact)) WITHOUT ROWID;
CREATE INDEX entry_reverse ON entry(contact, owner) WHERE forward = 1;
CREATE TABLE session(
  account INTEGER PRIMARY KEY REFERENCES account(id),
  id TEXT NOT NULL UNIQUE,
  status TEXT,
  since INTEGER NOT NULL);
CREATE TABLE inbox(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  recipient TEXT NOT NULL,
  kind TEXT NOT NULL,
  other TEXT NOT NULL DEFAULT '',
  token TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  kept INTEGER NOT NULL DEFAULT 0,
  time INTEGER NOT NULL);
CREATE INDEX inbox_order ON inbox(recipient, id);
CREATE INDEX inbox_kept ON inbox(other, recipient) WHERE kept = 1;
CREATE UNIQUE INDEX inbox_fleeting ON inbox(recipient, other, kind) WHERE kind IN ('look', 'typing');
CREATE TABLE receipt(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  holder TEXT NOT NULL,
  sender TEXT NOT NULL,
  kind TEXT NOT NULL,
  token TEXT NOT NULL);
CREATE INDEX receipt_order ON receipt(holder, id);
CREATE UNIQUE INDEX receipt_flushed ON receipt(holder, sender) WHERE kind = 'flushed';
)sql";

Error path_error(const std::string& path, std::string_view reason) {
  return {ErrorCode::network, "cannot use " + visible(path) + ": " + std::string(reason)};
}

Result<void> make_file(const std::string& path) {
  // An exclusive creation sets the mode once; afterwards it is the owner's to change.
  UniqueFd made(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (made) return {};
  if (errno != EEXIST) return fail(path_error(path, std::strerror(errno)));
  UniqueFd there(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!there) return fail(path_error(path, std::strerror(errno)));
  struct stat status {};
  if (::fstat(there.get(), &status) != 0) return fail(path_error(path, std::strerror(errno)));
  if (!S_ISREG(status.st_mode)) return fail(path_error(path, "not a regular file"));
  return {};
}

// SQLite opens these beside the file that a link leads to, whatever they are, and opening a FIFO
// for reading does not return.
Result<void> check_companions(const std::string& path) {
  std::error_code ignored;
  const auto canonical = std::filesystem::canonical(path, ignored);
  for (const char* suffix : {"-journal", "-wal", "-shm"}) {
    const std::string file = (ignored ? path : canonical.string()) + suffix;
    struct stat status {};
    if (::lstat(file.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
      return fail(path_error(file, "not a regular file"));
  }
  return {};
}

std::int64_t number(SQLite::Database& db, const char* pragma) {
  return db.execAndGet(pragma).getInt64();
}

void make_tables(SQLite::Database& db) {
  db.exec("BEGIN IMMEDIATE");
  // Another daemon may have been faster.
  if (number(db, "PRAGMA user_version") == 0) {
    db.exec(schema);
    std::array<unsigned char, 8> random{};
    randombytes_buf(random.data(), random.size());
    std::array<char, 17> name{};
    sodium_bin2hex(name.data(), name.size(), random.data(), random.size());
    SQLite::Statement insert(db, "INSERT INTO meta VALUES('name', ?)");
    insert.bind(1, name.data());
    insert.exec();
    db.exec("PRAGMA application_id = " + std::to_string(application));
    db.exec("PRAGMA user_version = " + std::to_string(schema_version));
  }
  db.exec("COMMIT");
}

Result<void> prepare(SQLite::Database& db, const std::string& path) {
  // In one transaction: another daemon may be making it at this moment.
  db.exec("BEGIN");
  const auto version = number(db, "PRAGMA user_version");
  const auto owner = number(db, "PRAGMA application_id");
  const auto tables = number(db, "SELECT count(*) FROM sqlite_master");
  db.exec("COMMIT");
  const bool fresh = version == 0 && owner == 0 && tables == 0;
  if (!fresh && owner != application)
    return fail(path_error(path, "the database of another program; choose another file"));
  if (version > schema_version)
    return fail(path_error(path, "made by a newer msncd (format " + std::to_string(version) +
                                     ", this one knows " + std::to_string(schema_version) +
                                     "); update msncd"));
  const std::string mode = db.execAndGet("PRAGMA journal_mode = WAL").getString();
  if (mode != "wal")
    return fail(path_error(path, "this file system cannot hold it (no shared memory)"));
  db.exec("PRAGMA synchronous = FULL");
  db.exec("PRAGMA cache_size = -1024");
  if (fresh) make_tables(db);
  if (number(db, "PRAGMA page_count") * number(db, "PRAGMA page_size") <= full_check_up_to) {
    const std::string found = db.execAndGet("PRAGMA quick_check(1)").getString();
    if (found != "ok") return fail(database_error(path, SQLITE_CORRUPT, found));
  }
  return {};
}

}  // namespace

int Patience::wait(void* patience, int tries) {
  using namespace std::chrono_literals;
  // 0.5 ms each for the usual short wait, longer ones later: 4 s in all (a client gives up after
  // 5), 0.3 s in a hurry.
  const bool hurried = static_cast<Patience*>(patience)->hurried();
  if (hurried ? tries > 150 : tries > 850) return 0;
  std::this_thread::sleep_for(tries < 50 ? 500us : hurried ? 2000us : 5000us);
  return 1;
}

bool is_damage(int code) {
  code &= 0xff;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR ||
         code == SQLITE_SCHEMA;
}

Error database_error(const std::string& path, int code, std::string_view text) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return path_error(path, "it is damaged (" + visible(text) +
                                  "); put back a copy, or move it away to begin afresh");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return path_error(path, "another program keeps it locked");
    case SQLITE_FULL:
      return path_error(path, "the disk is full");
    default:
      return path_error(path, visible(text));
  }
}

Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path,
                                                        Patience& patience) {
  if (path.find('\0') != std::string::npos) return fail(path_error(path, "not a file name"));
  if (sodium_init() < 0) return fail(ErrorCode::internal, "libsodium cannot start");
  if (auto made = make_file(path); !made) return fail(made.error());
  if (auto sound = check_companions(path); !sound) return fail(sound.error());
  try {
    auto db =
        std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    sqlite3_busy_handler(db->getHandle(), &Patience::wait, &patience);
    sqlite3_extended_result_codes(db->getHandle(), 1);
    if (auto prepared = prepare(*db, path); !prepared) return fail(prepared.error());
    return db;
  } catch (const SQLite::Exception& e) {
    return fail(database_error(path, e.getErrorCode(), e.what()));
  }
}

}  // namespace msn::network::local

// SPDX-License-Identifier: MIT
#include "core/network/local/schema.hpp"

#include "core/base/hex.hpp"
#include "core/base/text.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sodium.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <thread>
#include <tuple>

namespace msn::network::local {
namespace {

constexpr int application =
    0x6d736e6c;  // "msnl", so that no other program's file is taken for ours
constexpr std::int64_t full_check_up_to = 64ll << 20;
// No row of ours comes near it: the longest text has 60 000 bytes.
constexpr int longest_row = 1 << 20;

// account.hash: libsodium's string, memory-hard. account.public_nick: the nick when the account was
// last seen online, which is all that others learn of it. account.acked_*: the last inbox row that
// was acknowledged, and its stamp.
// entry: what an account has noted about an address, which need not have an account.
// entry.seen_nick: the name they had when last seen online. entry.denied: they need not ask again.
// inbox: what is still to be told to an address, in order; AUTOINCREMENT so that a number is never
// used twice, but by a copy of the file that was put back: the random stamp tells rows of one
// number apart. inbox.kept: a message for a recipient who did not look online; of other kinds, a
// row that no session of the recipient can have read. An unknown kind is no event. Table kept: of
// each sender's messages for a holder who did not look online, how many the sender believes to
// wait, how many of these the holder has taken, and the bytes of the others. receipt: what senders
// may learn only once the holder looks online to them.
constexpr const char* schema = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE account(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL,
  nick TEXT NOT NULL DEFAULT '',
  open INTEGER NOT NULL DEFAULT 1,
  ask INTEGER NOT NULL DEFAULT 1,
  since INTEGER NOT NULL,
  public_nick TEXT NOT NULL DEFAULT '',
  acked_row INTEGER NOT NULL DEFAULT 0,
  acked_stamp INTEGER NOT NULL DEFAULT 0);
CREATE TABLE entry(
  owner INTEGER NOT NULL REFERENCES account(id),
  contact TEXT NOT NULL,
  forward INTEGER NOT NULL DEFAULT 0,
  allow INTEGER NOT NULL DEFAULT 0,
  block INTEGER NOT NULL DEFAULT 0,
  nick TEXT NOT NULL DEFAULT '',
  seen_nick TEXT NOT NULL DEFAULT '',
  denied INTEGER NOT NULL DEFAULT 0,
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
  time INTEGER NOT NULL,
  stamp INTEGER NOT NULL DEFAULT 0);
CREATE INDEX inbox_order ON inbox(recipient, id);
CREATE UNIQUE INDEX inbox_fleeting ON inbox(recipient, other, kind) WHERE kind IN ('look', 'typing');
CREATE TABLE receipt(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  holder TEXT NOT NULL,
  sender TEXT NOT NULL,
  kind TEXT NOT NULL,
  token TEXT NOT NULL);
CREATE INDEX receipt_order ON receipt(holder, id);
)sql";
constexpr const char* schema_since_2 = R"sql(
CREATE TABLE kept(
  sender TEXT NOT NULL,
  holder TEXT NOT NULL,
  messages INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  taken INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(sender, holder)) WITHOUT ROWID;
CREATE INDEX kept_taken ON kept(holder) WHERE taken > 0;
)sql";

// What makes a file of version 1 one of version 2, after schema_since_2.
constexpr const char* from_1_to_2 = R"sql(
ALTER TABLE account ADD COLUMN public_nick TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN acked_row INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN acked_stamp INTEGER NOT NULL DEFAULT 0;
UPDATE account SET public_nick = nick;
ALTER TABLE entry ADD COLUMN denied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;
UPDATE inbox SET stamp = random() & 0xffffffffffff;
DROP INDEX inbox_kept;
INSERT INTO kept SELECT other, recipient, count(*), sum(length(CAST(text AS BLOB))), 0
  FROM inbox WHERE kept = 1 GROUP BY other, recipient;
INSERT INTO kept SELECT sender, holder, 1, 0, 1 FROM receipt WHERE kind = 'flushed'
  ON CONFLICT DO UPDATE SET messages = messages + 1, taken = taken + 1;
DELETE FROM receipt WHERE kind = 'flushed';
DROP INDEX receipt_flushed;
)sql";

std::int64_t number(SQLite::Database& db, const char* pragma) {
  return db.execAndGet(pragma).getInt64();
}

// Type, name and text of each table and index.
using Objects = std::set<std::tuple<std::string, std::string, std::string>>;

Objects objects(SQLite::Database& db) {
  Objects all;
  SQLite::Statement query(db, "SELECT type, name, coalesce(sql, '') FROM sqlite_master");
  while (query.executeStep()) {
    // ALTER TABLE joins what it adds by its own white space.
    std::string sql = query.getColumn(2).getString();
    std::replace(sql.begin(), sql.end(), '\n', ' ');
    sql.erase(std::unique(sql.begin(), sql.end(),
                          [](char one, char other) { return one == ' ' && other == ' '; }),
              sql.end());
    all.emplace(query.getColumn(0).getString(), query.getColumn(1).getString(), std::move(sql));
  }
  return all;
}

// Tables and indexes as ours, and nothing beside them that SQLite would run.
Result<void> check_objects(SQLite::Database& db, const std::string& path) {
  static const Objects ours = [] {
    SQLite::Database model(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    model.exec(schema);
    model.exec(schema_since_2);
    return objects(model);
  }();
  const Objects theirs = objects(db);
  Objects foreign;
  std::set_symmetric_difference(theirs.begin(), theirs.end(), ours.begin(), ours.end(),
                                std::inserter(foreign, foreign.end()));
  if (foreign.empty()) return {};
  const auto& [type, name, sql] = *foreign.rbegin();  // views and triggers come last
  return fail(path_error(path, "its " + visible(type) + " '" + visible(name) +
                                   "' is not as msncd makes it; put back a copy, or move it away "
                                   "to begin again"));
}

void insert_name(SQLite::Database& db) {
  std::array<std::uint8_t, 8> random{};
  randombytes_buf(random.data(), random.size());
  SQLite::Statement insert(db, "INSERT INTO meta VALUES('name', ?)");
  insert.bind(1, to_hex(random));
  insert.exec();
}

// Makes or converts the tables, and checks them; all or nothing.
Result<void> bring_up_to_date(SQLite::Database& db, const std::string& path) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  // Another daemon may have been faster.
  const auto version = number(db, "PRAGMA user_version");
  if (version == 0) {
    db.exec(schema);
    db.exec(schema_since_2);
    insert_name(db);
    db.exec("PRAGMA application_id = " + std::to_string(application));
  } else if (version == 1) {
    db.exec(schema_since_2);
    db.exec(from_1_to_2);
  }
  if (auto checked = check_objects(db, path); !checked) return checked;
  db.exec("PRAGMA user_version = " + std::to_string(schema_version));
  transaction.commit();
  return {};
}

// Nothing in the file is run, and nothing in it makes us use much memory or time.
void harden(SQLite::Database& db, Patience& patience) {
  sqlite3* const handle = db.getHandle();
  sqlite3_busy_handler(handle, &Patience::wait, &patience);
  sqlite3_progress_handler(handle, 1000, &Patience::is_over, &patience);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, longest_row);
  sqlite3_limit(handle, SQLITE_LIMIT_COLUMN, 32);
  sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 4);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  db.exec("PRAGMA cell_size_check = ON");
}

// Changing to WAL does not ask the busy handler while others read the file.
std::string change_to_wal(SQLite::Database& db, Patience& patience) {
  for (int tries = 0;; ++tries) try {
      return db.execAndGet("PRAGMA journal_mode = WAL").getString();
    } catch (const SQLite::Exception& e) {
      if ((e.getErrorCode() & 0xff) != SQLITE_BUSY || !Patience::wait(&patience, tries)) throw;
    }
}

Result<void> prepare(SQLite::Database& db, const std::string& path, Patience& patience) {
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
  if (!fresh && version < 1)
    return fail(path_error(path, "its format is " + std::to_string(version) +
                                     ", which no msncd makes; put back a copy"));
  if (version == schema_version)
    if (auto checked = check_objects(db, path); !checked) return checked;
  if (change_to_wal(db, patience) != "wal")
    return fail(path_error(path, "this file system cannot hold it (no shared memory)"));
  db.exec("PRAGMA synchronous = FULL");
  db.exec("PRAGMA cache_size = -1024");
  if (number(db, "PRAGMA page_count") * number(db, "PRAGMA page_size") <= full_check_up_to) {
    const std::string found = db.execAndGet("PRAGMA quick_check(1)").getString();
    if (found != "ok") return fail(database_error(path, SQLITE_CORRUPT, found));
  }
  return version == schema_version ? Result<void>() : bring_up_to_date(db, path);
}

std::int64_t now() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

void Patience::hurry() {
  hurried_at_ = now();
}

void Patience::begin_job(std::chrono::seconds longest) {
  job_began_ = now();
  job_ends_ = job_began_ + longest / std::chrono::nanoseconds(1);
}

int Patience::wait(void* patience, int tries) {
  using namespace std::chrono_literals;
  // Short waits first, longer ones later: 4 s in all (a client gives up after 5), 0.3 s in a hurry.
  const bool hurried = static_cast<Patience*>(patience)->hurried();
  if (hurried ? tries > 150 : tries > 2000) return 0;
  std::this_thread::sleep_for(tries < 50 ? 500us : 2000us);
  return 1;
}

int Patience::is_over(void* patience) {
  constexpr std::int64_t in_a_hurry = 1'000'000'000;
  const auto& self = *static_cast<Patience*>(patience);
  const std::int64_t time = now(), began = self.job_began_, hurried_at = self.hurried_at_;
  return time > self.job_ends_ ||
         (hurried_at != 0 && time > std::max(began, hurried_at) + in_a_hurry);
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
                                  "); put back a copy, or move it away to begin again");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return path_error(path, "another program keeps it locked");
    case SQLITE_INTERRUPT:
      return path_error(path, "it takes too long to read or write");
    case SQLITE_FULL:
      return path_error(path, "the disk is full");
    default:
      return path_error(path, visible(text));
  }
}

Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path,
                                                        IfMissing if_missing, Patience& patience) {
  if (sodium_init() < 0) return fail(ErrorCode::internal, "libsodium cannot start");
  const auto file = find_database(path, if_missing);
  if (!file) return fail(file.error());
  patience.begin_job(std::chrono::seconds(60));  // a slow disk may need them for the check
  try {
    auto db = std::make_unique<SQLite::Database>(
        *file, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX | SQLite::OPEN_NOFOLLOW);
    harden(*db, patience);
    if (auto prepared = prepare(*db, path, patience); !prepared) return fail(prepared.error());
    return db;
  } catch (const SQLite::Exception& e) {
    return fail(database_error(path, e.getErrorCode(), e.what()));
  }
}

}  // namespace msn::network::local

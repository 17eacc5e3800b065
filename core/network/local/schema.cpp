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

constexpr int application = 0x6d736e6c;  // "msnl": PRAGMA application_id of our files
constexpr std::int64_t full_check_up_to = 64ll << 20;
// Bytes; much more than any row of msncd, whose longest text has 60 000 bytes.
constexpr int longest_row = 1 << 20;

// account.hash: libsodium's string. account.public_nick: the nick when the account last looked
// online; other users see only this one. account.acked_*: row and stamp of the last acknowledged
// inbox row.
// entry: what an account (owner) has stored about an address (contact), which need not have an
// account. entry.seen_nick: the contact's name when it was last seen online. entry.denied: the
// contact was denied and does not ask again.
// inbox: pending notices to an address, in order. AUTOINCREMENT prevents reuse of row numbers; a
// restored backup can still reuse them, so the random stamp tells rows of one number apart.
// inbox.kept: for a message: the recipient did not look online; for other kinds: no session of the
// recipient can have read the row. Rows of an unknown kind are ignored.
// kept: the messages of a sender to a recipient (holder) who did not look online: `messages` the
// sender believes to be pending, `taken` of these the holder has received, `bytes` of the others.
// receipt: notices (SENT) that senders get only when the holder looks online to them.
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

// Converts version 1 to version 2; runs after schema_since_2.
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
    // ALTER TABLE writes white space that differs from the schema's.
    std::string sql = query.getColumn(2).getString();
    std::replace(sql.begin(), sql.end(), '\n', ' ');
    sql.erase(std::unique(sql.begin(), sql.end(),
                          [](char one, char other) { return one == ' ' && other == ' '; }),
              sql.end());
    all.emplace(query.getColumn(0).getString(), query.getColumn(1).getString(), std::move(sql));
  }
  return all;
}

// Checks that the file has exactly our tables and indexes, and no triggers and views, which SQLite
// would run.
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
  return fail(
      path_error(path, "its " + visible(type) + " '" + visible(name) +
                           "' does not match msncd's format; restore a backup, or move the file "
                           "away to start with an empty one"));
}

void insert_name(SQLite::Database& db) {
  std::array<std::uint8_t, 8> random{};
  randombytes_buf(random.data(), random.size());
  SQLite::Statement insert(db, "INSERT INTO meta VALUES('name', ?)");
  insert.bind(1, to_hex(random));
  insert.exec();
}

// Creates or converts the tables, and checks them, in one transaction.
Result<void> upgrade_tables(SQLite::Database& db, const std::string& path) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  // Another daemon may have done it meanwhile.
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

// Forbids SQLite to run code from the file, and bounds the memory and time that its rows can cost.
void harden(SQLite::Database& db, TimeLimit& time_limit) {
  sqlite3* const handle = db.getHandle();
  sqlite3_busy_handler(handle, &TimeLimit::on_busy, &time_limit);
  sqlite3_progress_handler(handle, 1000, &TimeLimit::on_progress, &time_limit);
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

// SQLite does not call the busy handler when it changes to WAL while others read the file.
std::string change_to_wal(SQLite::Database& db, TimeLimit& time_limit) {
  for (int tries = 0;; ++tries) try {
      return db.execAndGet("PRAGMA journal_mode = WAL").getString();
    } catch (const SQLite::Exception& e) {
      if ((e.getErrorCode() & 0xff) != SQLITE_BUSY || !TimeLimit::on_busy(&time_limit, tries))
        throw;
    }
}

Result<void> prepare(SQLite::Database& db, const std::string& path, TimeLimit& time_limit) {
  // One transaction, because another daemon may be creating the tables now.
  db.exec("BEGIN");
  const auto version = number(db, "PRAGMA user_version");
  const auto owner = number(db, "PRAGMA application_id");
  const auto tables = number(db, "SELECT count(*) FROM sqlite_master");
  db.exec("COMMIT");
  const bool fresh = version == 0 && owner == 0 && tables == 0;
  if (!fresh && owner != application)
    return fail(path_error(path, "it is the database of another program; choose another file"));
  if (version > schema_version)
    return fail(path_error(path, "it was created by a newer msncd (format " +
                                     std::to_string(version) + ", this one supports " +
                                     std::to_string(schema_version) + "); update msncd"));
  if (!fresh && version < 1)
    return fail(path_error(path, "its format is " + std::to_string(version) +
                                     ", which msncd does not know; restore a backup"));
  if (version == schema_version)
    if (auto checked = check_objects(db, path); !checked) return checked;
  if (change_to_wal(db, time_limit) != "wal")
    return fail(path_error(path,
                           "its file system does not support shared memory; choose a file on "
                           "a local disk (--local-db FILE)"));
  db.exec("PRAGMA synchronous = FULL");
  db.exec("PRAGMA cache_size = -1024");
  if (number(db, "PRAGMA page_count") * number(db, "PRAGMA page_size") <= full_check_up_to) {
    const std::string found = db.execAndGet("PRAGMA quick_check(1)").getString();
    if (found != "ok") return fail(database_error(path, SQLITE_CORRUPT, found));
  }
  return version == schema_version ? Result<void>() : upgrade_tables(db, path);
}

std::int64_t now() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

void TimeLimit::shorten() {
  shortened_at_ = now();
}

void TimeLimit::begin_job(std::chrono::seconds longest) {
  job_began_ = now();
  job_ends_ = job_began_ + longest / std::chrono::nanoseconds(1);
}

int TimeLimit::on_busy(void* time_limit, int tries) {
  using namespace std::chrono_literals;
  // Short waits first, then longer ones: 4 s in total (a client gives up after 5), or 0.3 s.
  const bool shortened = static_cast<TimeLimit*>(time_limit)->shortened();
  if (shortened ? tries > 150 : tries > 2000) return 0;
  std::this_thread::sleep_for(tries < 50 ? 500us : 2000us);
  return 1;
}

int TimeLimit::on_progress(void* time_limit) {
  constexpr std::int64_t short_limit = 1'000'000'000;
  const auto& self = *static_cast<TimeLimit*>(time_limit);
  const std::int64_t time = now(), began = self.job_began_, shortened_at = self.shortened_at_;
  return time > self.job_ends_ ||
         (shortened_at != 0 && time > std::max(began, shortened_at) + short_limit);
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
                                  "); restore a backup, or move the file away to start with an "
                                  "empty one");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return path_error(path, "another program has locked it");
    case SQLITE_INTERRUPT:
      return path_error(path, "it takes too long to read or write");
    case SQLITE_FULL:
      return path_error(path, "the disk is full");
    default:
      return path_error(path, visible(text));
  }
}

Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path,
                                                        IfMissing if_missing,
                                                        TimeLimit& time_limit) {
  if (sodium_init() < 0) return fail(ErrorCode::internal, "libsodium cannot start");
  const auto file = find_database(path, if_missing);
  if (!file) return fail(file.error());
  time_limit.begin_job(std::chrono::seconds(60));  // the check may take long on a slow disk
  try {
    auto db = std::make_unique<SQLite::Database>(
        *file, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX | SQLite::OPEN_NOFOLLOW);
    harden(*db, time_limit);
    if (auto prepared = prepare(*db, path, time_limit); !prepared) return fail(prepared.error());
    return db;
  } catch (const SQLite::Exception& e) {
    return fail(database_error(path, e.getErrorCode(), e.what()));
  }
}

}  // namespace msn::network::local

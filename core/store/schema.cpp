// SPDX-License-Identifier: MIT
#include "core/store/schema.hpp"

#include <sqlite3.h>

#include <string>

namespace msn::store {
namespace {

constexpr int application_id = 0x6d736e6c;  // "msnl"

// event and body have the same rows; event has no texts, so that searching it is fast.
// event.class: 0 the last status of a user, 1 typing, 2 a superseded status; null for all other
// events, and after every queue has handed out the event.
// pending: the events that each queue still has to hand out. Queue 0 has the history: the events
// that are pending in no queue.
// queue.ready: 0 while the queue is being filled or deleted. A queue that is being deleted no
// longer owns its name.
// token: messages sent with an identity. open: the outcome is not stored yet; failure: the reason.
constexpr const char* tables = R"sql(
CREATE TABLE log(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  started INTEGER NOT NULL,
  last INTEGER NOT NULL,
  floor INTEGER NOT NULL,
  events INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  history_events INTEGER NOT NULL,
  history_bytes INTEGER NOT NULL,
  in_memory INTEGER NOT NULL,
  mark TEXT NOT NULL);
CREATE TABLE event(
  cursor INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  keyword TEXT NOT NULL,
  email TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  class INTEGER);
CREATE INDEX event_keyword ON event(keyword);
CREATE INDEX event_email ON event(email);
CREATE INDEX event_status ON event(email) WHERE class = 0;
CREATE INDEX event_class ON event(class) WHERE class > 0;
CREATE TABLE body(cursor INTEGER PRIMARY KEY, wire BLOB NOT NULL);
CREATE TABLE queue(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  only_words TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  gap INTEGER NOT NULL,
  gap_unknown INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  ready INTEGER NOT NULL);
CREATE TABLE pending(
  queue INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  keyword TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY(queue, cursor)) WITHOUT ROWID;
CREATE INDEX pending_keyword ON pending(queue, keyword, cursor) WHERE queue > 0;
CREATE TABLE token(
  token TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  time INTEGER NOT NULL,
  open INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  failure TEXT) WITHOUT ROWID;
CREATE INDEX token_time ON token(time);
CREATE INDEX token_open ON token(open) WHERE open = 1;
)sql";

// Version 1 had the texts in event, and its own checksums in each table.
constexpr const char* from_version_1 = R"sql(
ALTER TABLE log RENAME TO old_log;
ALTER TABLE event RENAME TO old_event;
ALTER TABLE queue RENAME TO old_queue;
ALTER TABLE pending RENAME TO old_pending;
DROP INDEX event_class;
DROP INDEX event_status;
DROP INDEX pending_presence;
)sql";
constexpr const char* copy_version_1 = R"sql(
INSERT INTO pending SELECT p.queue, p.cursor, e.keyword, length(e.wire)
  FROM old_pending p JOIN old_event e USING(cursor) ORDER BY p.queue, p.cursor;
INSERT INTO event SELECT cursor, time, keyword, email, length(wire),
  CASE WHEN class IS NULL AND keyword = 'STCH' THEN 0 ELSE class END FROM old_event ORDER BY cursor;
UPDATE event SET class = NULL
  WHERE class IS NOT NULL AND cursor IN (SELECT cursor FROM pending WHERE queue = 0);
INSERT INTO body SELECT cursor, wire FROM old_event ORDER BY cursor;
INSERT INTO queue SELECT id, name, only_words, cursor, gap, gap_unknown,
  (SELECT count(*) FROM pending p WHERE p.queue = q.id), 1 FROM old_queue q WHERE id > 0;
INSERT INTO log SELECT 1, started, last, floor,
  (SELECT count(*) FROM event), (SELECT coalesce(sum(bytes), 0) FROM event),
  (SELECT count(*) FROM pending WHERE queue = 0),
  (SELECT coalesce(sum(bytes), 0) FROM pending WHERE queue = 0), in_memory, mark FROM old_log;
DROP TABLE old_pending;
DROP TABLE old_queue;
DROP TABLE old_event;
DROP TABLE old_log;
)sql";

// Version 2 had neither an index on email nor the reason of a failed message.
constexpr const char* from_version_2 = R"sql(
CREATE INDEX event_email ON event(email);
ALTER TABLE token ADD COLUMN failure TEXT;
)sql";

std::int64_t pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(std::string("PRAGMA ") + name).getInt64();
}

void set_version(SQLite::Database& database) {
  database.exec("PRAGMA application_id=" + std::to_string(application_id));
  database.exec("PRAGMA user_version=" + std::to_string(schema_version));
}

}  // namespace

void create_tables(SQLite::Database& database, std::uint64_t started, bool gap_unknown) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  database.exec(tables);
  const std::string before = std::to_string(started - 1);
  database.exec("INSERT INTO log VALUES(1, " + std::to_string(started) + ", " + before + ", " +
                before + ", 0, 0, 0, 0, 0, '')");
  database.exec("INSERT INTO queue VALUES(1, '-', '', " + before + ", 0, " +
                (gap_unknown ? "1" : "0") + ", 0, 1)");
  set_version(database);
  transaction.commit();
}

void upgrade_tables(SQLite::Database& database) {
  if (pragma(database, "application_id") != application_id)
    throw SQLite::Exception("not an event log", SQLITE_NOTADB);
  const std::int64_t version = pragma(database, "user_version");
  if (version > schema_version)
    throw SQLite::Exception("its version is " + std::to_string(version), newer_version);
  if (version == schema_version) return;
  if (version < 1) throw SQLite::Exception("not an event log", SQLITE_NOTADB);
  // The conversion writes much: do not keep it in memory until the commit.
  database.exec("PRAGMA cache_spill=ON");
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  if (version == 1) {
    database.exec(from_version_1);
    database.exec(tables);
    database.exec(copy_version_1);
  } else {
    database.exec(from_version_2);
  }
  set_version(database);
  transaction.commit();
  database.exec("PRAGMA cache_spill=OFF");
}

}  // namespace msn::store

// SPDX-License-Identifier: MIT
#include "core/store/statements.hpp"

namespace msn::store {

// event.class: what goes first when the log is over its bound (protocol 11): 1 typing, 2 a status
// that a later one of the same person has superseded, null anything else.
// pending: which queue still has to get which event. Queue 0 is nobody's: it has the events that no
// queue waits for any more, the history. email is null but for typing and status.
const std::array<const char*, 8> schema = {
    "CREATE TABLE log(id INTEGER PRIMARY KEY CHECK(id=1), started INTEGER NOT NULL,"
    " last INTEGER NOT NULL, floor INTEGER NOT NULL, events INTEGER NOT NULL,"
    " octets INTEGER NOT NULL, in_memory INTEGER NOT NULL, mark TEXT NOT NULL,"
    " sum INTEGER NOT NULL)",
    "CREATE TABLE event(cursor INTEGER PRIMARY KEY, time INTEGER NOT NULL, keyword TEXT NOT NULL,"
    " email TEXT NOT NULL, class INTEGER, sum INTEGER NOT NULL, wire BLOB NOT NULL)",
    "CREATE INDEX event_class ON event(class) WHERE class IS NOT NULL",
    "CREATE INDEX event_status ON event(email) WHERE keyword='STCH' AND class IS NULL",
    "CREATE TABLE queue(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, only_words TEXT NOT "
    "NULL,"
    " cursor INTEGER NOT NULL, gap INTEGER NOT NULL, gap_unknown INTEGER NOT NULL,"
    " pending INTEGER NOT NULL, pending_sum INTEGER NOT NULL, sum INTEGER NOT NULL)",
    "CREATE TABLE pending(queue INTEGER NOT NULL, cursor INTEGER NOT NULL, keyword TEXT NOT NULL,"
    " email TEXT, PRIMARY KEY(queue, cursor)) WITHOUT ROWID",
    "CREATE INDEX pending_presence ON pending(queue, keyword, email, cursor)"
    " WHERE email IS NOT NULL",
    "INSERT INTO log VALUES(1, 0, 0, 0, 0, 0, 0, '', 0)",
};

namespace {

// only_words: "" or ",MSG,STCH,".
#define MSNC_WANTED(column, words) "(" words "='' OR instr(" words ", ','||" column "||','))"

const char* text_of(Sql which) {
  switch (which) {
    case Sql::save_log:
      return "UPDATE log SET started=?1, last=?2, floor=?3, events=?4, octets=?5, in_memory=?6,"
             " mark=?7, sum=?8";
    case Sql::load_log:
      return "SELECT started, last, floor, events, octets, in_memory, mark, sum FROM log WHERE "
             "id=1";
    case Sql::save_queue:
      return "UPDATE queue SET name=?2, only_words=?3, cursor=?4, gap=?5, gap_unknown=?6,"
             " pending=?7, pending_sum=?8, sum=?9 WHERE id=?1";
    case Sql::load_queues:
      return "SELECT id, name, only_words, cursor, gap, gap_unknown, pending, pending_sum, sum"
             " FROM queue ORDER BY id";
    case Sql::insert_queue:
      return "INSERT INTO queue VALUES(?1, ?2, ?3, 0, 0, 0, 0, 0, 0)";
    case Sql::delete_queue:
      return "DELETE FROM queue WHERE id=?1";
    case Sql::insert_event:
      return "INSERT INTO event VALUES(?1, ?2, ?3, ?4, nullif(?5, 0), ?6, ?7)";
    case Sql::supersede:
      return "UPDATE event SET class=2 WHERE keyword='STCH' AND email=?1 AND class IS NULL";
    case Sql::event_at:
      return "SELECT keyword, length(wire) FROM event WHERE cursor=?1";
    case Sql::oldest_event:
      return "SELECT cursor, keyword, length(wire) FROM event ORDER BY cursor LIMIT 1";
    case Sql::first_to_drop:
      return "SELECT cursor, keyword, length(wire) FROM event WHERE class IS NOT NULL"
             " ORDER BY class, cursor LIMIT 1";
    case Sql::delete_event:
      return "DELETE FROM event WHERE cursor=?1";
    case Sql::count_events:
      return "SELECT count(*) FROM event WHERE cursor>?1 AND cursor<=?2";
    case Sql::read_history:
      return "SELECT cursor, time, keyword, email, sum, wire FROM event WHERE cursor>?1"
             " AND " MSNC_WANTED("keyword", "?2") " ORDER BY cursor LIMIT ?3";
    case Sql::insert_pending:
      return "INSERT INTO pending VALUES(?1, ?2, ?3, ?4)";
    case Sql::pending_keyword:
      return "SELECT keyword FROM pending WHERE queue=?1 AND cursor=?2";
    case Sql::delete_pending:
      return "DELETE FROM pending WHERE queue=?1 AND cursor=?2";
    case Sql::walk_pending:
      return "SELECT cursor, keyword FROM pending WHERE queue=?1 AND cursor>=?2 AND cursor<=?3"
             " ORDER BY cursor";
    case Sql::walk_all_pending:
      return "SELECT queue, cursor, keyword FROM pending ORDER BY queue, cursor";
    case Sql::read_queue:
      // The left join shows an event that is missing although somebody waits for it.
      return "SELECT p.cursor, e.time, e.keyword, e.email, e.sum, e.wire FROM pending p"
             " LEFT JOIN event e ON e.cursor=p.cursor WHERE p.queue=?1 AND p.cursor>?2"
             " AND " MSNC_WANTED("p.keyword", "?3") " ORDER BY p.cursor LIMIT ?4";
    case Sql::fill_queue:
      return "INSERT INTO pending SELECT ?1, cursor, keyword,"
             " CASE WHEN keyword IN ('TYPING','STCH') THEN email END FROM event"
             " WHERE cursor>?2 AND " MSNC_WANTED("keyword", "?3") " ORDER BY cursor";
    case Sql::walk_wanted_history:
      return "SELECT cursor, keyword FROM pending WHERE queue=0 AND cursor>?1"
             " AND " MSNC_WANTED("keyword", "?2") " ORDER BY cursor";
    case Sql::unfill_history:
      return "DELETE FROM pending WHERE queue=0 AND cursor>?1 AND " MSNC_WANTED("keyword", "?2");
    case Sql::move_to_history:
      return "INSERT INTO pending SELECT 0, cursor, keyword, NULL FROM pending"
             " WHERE queue=?1 AND cursor>=?2 AND cursor<=?3 ORDER BY cursor";
    case Sql::delete_range:
      return "DELETE FROM pending WHERE queue=?1 AND cursor>=?2 AND cursor<=?3";
    case Sql::count_after:
      return "SELECT count(*) FROM pending WHERE queue=?1 AND cursor>?2"
             " AND " MSNC_WANTED("keyword", "?3");
    case Sql::count_up_to:
      return "SELECT count(*) FROM (SELECT 1 FROM pending WHERE queue=?1 AND cursor<=?2"
             " AND " MSNC_WANTED("keyword", "?3") " LIMIT ?4)";
    case Sql::presence:
      return "SELECT keyword, email, cursor FROM pending WHERE queue=?1 AND email IS NOT NULL"
             " ORDER BY keyword, email, cursor";
    case Sql::older_presence:
      return "SELECT cursor FROM pending WHERE queue=?1 AND keyword=?2 AND email=?3 AND cursor<?4"
             " AND email IS NOT NULL ORDER BY cursor";
    case Sql::oldest_history:
      return "SELECT p.cursor, e.keyword, length(e.wire), e.time FROM pending p"
             " LEFT JOIN event e ON e.cursor=p.cursor WHERE p.queue=0 ORDER BY p.cursor LIMIT 1";
    case Sql::number_of_statements:
      break;
  }
  return "";
}

#undef MSNC_WANTED

}  // namespace

SQLite::Statement& Statements::operator[](Sql which) {
  auto& kept = kept_[static_cast<std::size_t>(which)];
  if (!kept) kept.emplace(database_, text_of(which));
  return *kept;
}

}  // namespace msn::store

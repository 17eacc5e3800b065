// SPDX-License-Identifier: MIT
#include "core/store/statements.hpp"

namespace msn::store {
namespace {

const char* text_of(Sql which) {
  switch (which) {
    case Sql::load_log:
      return "SELECT started, last, floor, events, bytes, history_events, history_bytes, in_memory,"
             " mark FROM log";
    case Sql::save_log:
      return "UPDATE log SET started=?1, last=?2, floor=?3, events=?4, bytes=?5,"
             " history_events=?6, history_bytes=?7, in_memory=?8, mark=?9";
    case Sql::load_queues:
      return "SELECT id, name, only_words, cursor, gap, gap_unknown, pending, ready FROM queue";
    case Sql::save_queue:
      return "UPDATE queue SET cursor=?2, gap=?3, gap_unknown=?4, pending=?5, ready=?6"
             " WHERE id=?1";
    case Sql::insert_queue:
      return "INSERT INTO queue VALUES(?1, ?2, ?3, 0, 0, 0, 0, 0)";
    case Sql::delete_queue:
      return "DELETE FROM queue WHERE id=?1";
    case Sql::insert_event:
      return "INSERT INTO event VALUES(?1, ?2, ?3, ?4, ?5, ?6)";
    case Sql::insert_body:
      return "INSERT INTO body VALUES(?1, ?2)";
    case Sql::supersede:
      return "UPDATE event INDEXED BY event_status SET class=2 WHERE email=?1 AND class=0";
    case Sql::delete_event:
      return "DELETE FROM event WHERE cursor=?1 RETURNING keyword, bytes";
    case Sql::delete_body:
      return "DELETE FROM body WHERE cursor=?1";
    case Sql::clear_class:
      return "UPDATE event SET class=NULL WHERE cursor=?1";
    case Sql::first_to_drop:
      return "SELECT cursor FROM event WHERE class>0 ORDER BY class, cursor LIMIT 1";
    case Sql::event_at:
      return "SELECT ?1, time, keyword, email, wire FROM event JOIN body USING(cursor)"
             " WHERE cursor=?1";
    case Sql::events_after:
      return "SELECT cursor, keyword, bytes FROM event WHERE cursor>?1 AND cursor<=?2"
             " ORDER BY cursor LIMIT ?3";
    case Sql::next_of_keyword:
      return "SELECT cursor FROM event WHERE keyword=?1 AND cursor>?2 ORDER BY cursor LIMIT 1";
    case Sql::count_events:
      return "SELECT count(*) FROM event WHERE cursor>?1 AND cursor<=?2";
    case Sql::count_of_keyword:
      return "SELECT count(*) FROM event WHERE keyword=?1 AND cursor>?2 AND cursor<=?3";
    case Sql::count_by_keyword:
      return "SELECT keyword, count(*) FROM event GROUP BY keyword";
    case Sql::read_history:
      return "SELECT e.cursor, time, keyword, email, wire FROM event e"
             " LEFT JOIN body b ON b.cursor=e.cursor"
             " WHERE e.cursor>?1 AND e.cursor<=?2 AND (?3 OR keyword<>'SAID') ORDER BY e.cursor";
    case Sql::read_history_with:
      return "SELECT e.cursor, time, keyword, email, wire FROM event e"
             " LEFT JOIN body b ON b.cursor=e.cursor"
             " WHERE e.cursor>?1 AND e.cursor<=?2 AND email=?3 ORDER BY e.cursor";
    case Sql::count_with:
      return "SELECT keyword, count(*) FROM event INDEXED BY event_email"
             " WHERE cursor>?1 AND cursor<=?2 AND email=?3 GROUP BY keyword";
    case Sql::first_since:
      return "SELECT cursor FROM event WHERE cursor>?1 AND cursor<=?2 AND time>=?3"
             " ORDER BY cursor LIMIT 1";
    case Sql::newest:
      return "SELECT cursor FROM event WHERE cursor>?1 AND cursor<=?2 AND keyword<>'SAID'"
             " ORDER BY cursor DESC LIMIT ?3";
    case Sql::newest_of_keyword:
      return "SELECT cursor FROM event WHERE keyword=?1 AND cursor>?2 AND cursor<=?3"
             " ORDER BY cursor DESC LIMIT ?4";
    case Sql::newest_with:
      return "SELECT cursor, keyword FROM event WHERE email=?1 AND cursor>?2 AND cursor<=?3"
             " ORDER BY cursor DESC";
    case Sql::insert_pending:
      return "INSERT INTO pending VALUES(?1, ?2, ?3, ?4)";
    case Sql::delete_pending:
      return "DELETE FROM pending WHERE queue=?1 AND cursor=?2 RETURNING keyword, bytes";
    case Sql::pending_after:
      return "SELECT cursor FROM pending WHERE queue=?1 AND cursor>?2 AND cursor<=?3"
             " ORDER BY cursor LIMIT ?4";
    case Sql::next_pending_of_keyword:
      return "SELECT cursor FROM pending WHERE queue=?1 AND queue>0 AND keyword=?2 AND cursor>?3"
             " ORDER BY cursor LIMIT 1";
    case Sql::read_queue:
      // The left joins reveal a pending event whose row is missing (damage).
      return "SELECT p.cursor, e.time, e.keyword, e.email, b.wire FROM pending p"
             " LEFT JOIN event e ON e.cursor=p.cursor LEFT JOIN body b ON b.cursor=p.cursor"
             " WHERE p.queue=?1 AND p.cursor>?2 AND p.cursor<=?3 ORDER BY p.cursor";
    case Sql::read_queue_with:
      return "SELECT e.cursor, e.time, e.keyword, e.email, b.wire FROM event e"
             " CROSS JOIN pending p ON p.queue=?1 AND p.cursor=e.cursor"
             " LEFT JOIN body b ON b.cursor=e.cursor"
             " WHERE e.cursor>?2 AND e.cursor<=?3 AND e.email=?4 ORDER BY e.cursor";
    case Sql::oldest_history:
      return "SELECT p.cursor, e.time FROM pending p LEFT JOIN event e ON e.cursor=p.cursor"
             " WHERE p.queue=0 ORDER BY p.cursor LIMIT 1";
    case Sql::insert_token:
      return "INSERT OR REPLACE INTO token VALUES(?1, ?2, ?3, ?4, ?5, NULL)";
    case Sql::accept_token:
      return "UPDATE token SET accepted=1 WHERE token=?1";
    case Sql::settle_token:
      return "UPDATE token SET open=0, failure=?2 WHERE token=?1";
    case Sql::delete_token:
      return "DELETE FROM token WHERE token=?1";
    case Sql::find_token:
      return "SELECT token, email, time, open, accepted, failure FROM token WHERE token=?1";
    case Sql::open_tokens:
      return "SELECT token, email, time, open, accepted, failure FROM token WHERE open=1"
             " ORDER BY time";
    case Sql::count_tokens:
      return "SELECT count(*) FROM token";
    case Sql::old_tokens:
      return "SELECT token, time FROM token ORDER BY time LIMIT ?1";
    case Sql::number_of_statements:
      break;
  }
  return "";
}

}  // namespace

SQLite::Statement& Statements::operator[](Sql which) {
  auto& kept = kept_[static_cast<std::size_t>(which)];
  if (!kept) kept.emplace(database_, text_of(which));
  return *kept;
}

}  // namespace msn::store

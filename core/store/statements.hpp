// SPDX-License-Identifier: MIT
// The SQL statements of the event log, each prepared at its first use. All functions may throw
// SQLite::Exception.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace msn::store {

enum class Sql {
  load_log,
  save_log,
  load_queues,
  save_queue,
  insert_queue,
  delete_queue,
  insert_event,
  insert_body,
  supersede,
  delete_event,
  delete_body,
  clear_class,
  first_to_drop,
  event_at,
  events_after,
  next_of_keyword,
  count_events,
  count_of_keyword,
  count_by_keyword,
  read_history,
  read_history_with,
  count_with,
  first_since,
  newest,
  newest_of_keyword,
  newest_with,
  insert_pending,
  delete_pending,
  pending_after,
  next_pending_of_keyword,
  read_queue,
  read_queue_with,
  oldest_history,
  insert_token,
  accept_token,
  settle_token,
  delete_token,
  find_token,
  open_tokens,
  count_tokens,
  old_tokens,
  number_of_statements
};

class Statements {
 public:
  explicit Statements(SQLite::Database& database) : database_(database) {}
  SQLite::Statement& operator[](Sql);

 private:
  SQLite::Database& database_;
  std::array<std::optional<SQLite::Statement>, static_cast<std::size_t>(Sql::number_of_statements)>
      kept_;
};

// A string to bind as a blob.
struct Bytes {
  const std::string& bytes;
};

// One execution of a statement: binds the values, and resets the statement in the destructor. Bound
// strings are not copied and must outlive it.
class Run {
 public:
  template <class... Values>
  explicit Run(SQLite::Statement& statement, const Values&... values) : statement_(statement) {
    int index = 0;
    (bind(++index, values), ...);
  }
  ~Run() { statement_.tryReset(); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  bool step() { return statement_.executeStep(); }
  void all() {  // executes a statement that returns no rows, or whose rows are not needed
    while (step()) {
    }
  }

  std::int64_t number(int column) { return statement_.getColumn(column).getInt64(); }
  std::uint64_t natural(int column) { return static_cast<std::uint64_t>(number(column)); }
  bool is_null(int column) { return statement_.getColumn(column).isNull(); }
  void text(int column, std::string& into) {
    const SQLite::Column value = statement_.getColumn(column);
    const auto* bytes = static_cast<const char*>(value.getBlob());
    into.assign(bytes ? bytes : "", static_cast<std::size_t>(value.getBytes()));
  }
  std::string text(int column) {
    std::string result;
    text(column, result);
    return result;
  }

 private:
  void bind(int index, std::int64_t value) { statement_.bind(index, value); }
  // SQLite's numbers are signed; cursors stay below 2^63.
  void bind(int index, std::uint64_t value) {
    statement_.bind(index, static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX)));
  }
  void bind(int index, const std::string& value) { statement_.bindNoCopy(index, value); }
  void bind(int index, const Bytes& value) {
    statement_.bindNoCopy(index, value.bytes.data(), static_cast<int>(value.bytes.size()));
  }
  void bind(int index, const std::optional<std::string>& value) {
    if (value)
      bind(index, *value);
    else
      bind(index, nullptr);
  }
  void bind(int index, std::nullptr_t) { statement_.bind(index); }

  SQLite::Statement& statement_;
};

}  // namespace msn::store

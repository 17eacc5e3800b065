// SPDX-License-Identifier: MIT
// The event log's schema and every statement that is run on it, kept prepared.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace msn::store {

constexpr int application_id =
    0x6d736e6c;  // "msnl", so that other databases are not taken for a log
constexpr int schema_version = 1;

// Tables and indexes of an empty log, one statement each.
extern const std::array<const char*, 8> schema;

enum class Sql {
  save_log,
  load_log,
  save_queue,
  load_queues,
  insert_queue,
  delete_queue,
  insert_event,
  supersede,
  event_at,
  oldest_event,
  first_to_drop,
  delete_event,
  count_events,
  read_history,
  insert_pending,
  pending_keyword,
  delete_pending,
  walk_pending,
  walk_all_pending,
  read_queue,
  fill_queue,
  unfill_history,
  walk_wanted_history,
  move_to_history,
  delete_range,
  count_after,
  count_up_to,
  presence,
  older_presence,
  oldest_history,
  number_of_statements
};

// Prepares each statement when it is first needed and keeps it.
class Statements {
 public:
  explicit Statements(SQLite::Database& database) : database_(database) {}
  SQLite::Statement& operator[](Sql);

 private:
  SQLite::Database& database_;
  std::array<std::optional<SQLite::Statement>, static_cast<std::size_t>(Sql::number_of_statements)>
      kept_;
};

// A string to be bound as a blob.
struct Octets {
  const std::string& octets;
};

// A kept statement while it is run: bound at once, reset at the end of the scope. Strings must live
// as long.
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
  void all() {
    while (step()) {
    }
  }

  std::int64_t number(int column) { return statement_.getColumn(column).getInt64(); }
  // Cursors and sums; SQLite's numbers are signed, so the upper half is stored as negative.
  std::uint64_t natural(int column) { return static_cast<std::uint64_t>(number(column)); }
  bool is_null(int column) { return statement_.getColumn(column).isNull(); }
  void text(int column, std::string& into) {
    const SQLite::Column value = statement_.getColumn(column);
    const auto* octets = static_cast<const char*>(value.getBlob());
    into.assign(octets ? octets : "", static_cast<std::size_t>(value.getBytes()));
  }
  std::string text(int column) {
    std::string result;
    text(column, result);
    return result;
  }

 private:
  void bind(int index, std::int64_t value) { statement_.bind(index, value); }
  void bind(int index, std::uint64_t value) {
    statement_.bind(index, static_cast<std::int64_t>(value));
  }
  void bind(int index, const std::string& value) { statement_.bindNoCopy(index, value); }
  void bind(int index, const Octets& value) {
    statement_.bindNoCopy(index, value.octets.data(), static_cast<int>(value.octets.size()));
  }
  void bind(int index, std::nullptr_t) { statement_.bind(index); }

  SQLite::Statement& statement_;
};

}  // namespace msn::store

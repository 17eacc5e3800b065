// SPDX-License-Identifier: MIT
// Prepared statements of one database, each prepared once. All functions may throw
// SQLite::Exception; only the store uses them.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

namespace msn::network::local {

// One execution of a statement, which the destructor resets.
class Query {
 public:
  explicit Query(SQLite::Statement& statement) : statement_(statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() { statement_.tryReset(); }

  bool row() { return statement_.executeStep(); }  // false: no more rows
  void run() { statement_.exec(); }
  std::string text(int column) const { return statement_.getColumn(column).getString(); }
  std::int64_t number(int column) const { return statement_.getColumn(column).getInt64(); }
  bool truth(int column) const { return number(column) != 0; }
  bool null(int column) const { return statement_.getColumn(column).isNull(); }

 private:
  SQLite::Statement& statement_;
};

class Queries {
 public:
  explicit Queries(SQLite::Database& db) : db_(db) {}

  // `sql` must be a string literal: its address is the key of the prepared statement.
  template <class... Values>
  Query operator()(const char* sql, const Values&... values) {
    auto& made = made_[sql];
    if (!made) made = std::make_unique<SQLite::Statement>(db_, sql);
    made->tryReset();
    [[maybe_unused]] int at = 0;
    (bind(*made, ++at, values), ...);
    return Query(*made);
  }
  template <class... Values>
  void run(const char* sql, const Values&... values) {
    (*this)(sql, values...).run();
  }

 private:
  template <class Value>
  static void bind(SQLite::Statement& statement, int at, const Value& value) {
    if constexpr (std::is_convertible_v<Value, std::string_view>) {
      statement.bind(at, std::string(std::string_view(value)));
    } else {
      statement.bind(at, static_cast<std::int64_t>(value));
    }
  }

  SQLite::Database& db_;
  std::unordered_map<const void*, std::unique_ptr<SQLite::Statement>> made_;
};

}  // namespace msn::network::local

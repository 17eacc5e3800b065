// SPDX-License-Identifier: MIT
// The event log on its tables: transactions, what to do when the disk is full, and when the file
// turns out to be damaged.
//
// SQLite rolls a transaction back when its commit fails. So every change since the last commit is
// also kept in memory and done again: what was accepted is never lost, and never reordered.
#pragma once
#include "core/store/event_log.hpp"
#include "core/store/log_file.hpp"
#include "core/store/tables.hpp"

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace msn::store {

class SqliteEventLog final : public EventLog {
 public:
  SqliteEventLog(std::string path, Durability, Retention, const Clock&, Log&);
  ~SqliteEventLog() override;
  Result<void> start();

  Result<void> append(std::vector<Record>& records) override;
  void set_mark(std::string mark) override;
  const std::string& mark() const override { return mark_; }
  Result<void> commit() override;
  Result<void> change(Durability, Retention) override;

  std::vector<QueueState> queues() const override;
  const QueueState* queue(std::string_view name) const override;
  std::uint64_t last_cursor() const override;
  std::uint64_t oldest_cursor() const override;
  Result<void> create_queue(std::string_view name, Start, std::uint64_t cursor,
                            const std::vector<std::string>& only) override;
  Result<void> drop_queue(std::string_view name) override;

  Result<void> read_queue(std::string_view name, const Selection&, const Visitor&) override;
  Result<void> read_history(const Selection&, const Visitor&) override;
  Result<std::uint64_t> count(std::string_view name, const Selection&) override;
  Result<std::uint64_t> take(std::string_view name, const std::vector<std::uint64_t>& cursors,
                             bool told_gap) override;
  std::optional<Missing> missing_after(std::uint64_t cursor) const override;

 private:
  struct Take {
    std::string queue;
    std::vector<std::uint64_t> cursors;
    bool told_gap = false;
  };
  struct Create {
    std::string queue;
    std::uint64_t after = 0;
    std::vector<std::string> only;
    bool gap_unknown = false;
  };
  struct Drop {
    std::string queue;
  };
  struct Mark {
    std::string mark;
  };
  using Change = std::variant<Record, Take, Create, Drop, Mark>;
  // The database and its tables, which refer to it.
  struct Open {
    std::unique_ptr<SQLite::Database> database;
    Tables tables;
    explicit Open(std::unique_ptr<SQLite::Database> opened)
        : database(std::move(opened)), tables(*database) {}
  };

  // Runs `action` with the log open; errors become results, damage starts a fresh log.
  template <class T>
  Result<T> on_tables(const std::function<Result<T>()>& action);
  void catch_up();
  void roll_back() noexcept;
  std::uint64_t apply(const Change&);
  Result<std::uint64_t> apply_now(Change);
  Result<void> try_commit();
  void close();

  Result<void> open_file();
  void open_tables();
  Result<void> begin_afresh(Trouble, const std::string& reason);
  void carry_over();
  Error fail_with(const SQLite::Exception&);

  const std::string path_;
  Durability durability_;
  Retention retention_;
  const Clock& clock_;
  Log& log_;

  std::unique_ptr<Open> open_;  // null: could not be opened, tried again at the next call
  bool in_transaction_ = false;
  std::size_t done_ = 0;          // so many of changes_ are in the transaction
  State committed_;               // when it began
  std::vector<Change> changes_;   // since the last commit
  std::string mark_;              // the last one set
  std::uint64_t last_given_ = 0;  // cursor; may be ahead of the tables while the disk is full
  std::uint64_t afresh_at_ = 0;   // a fresh log is owed, beginning there
  std::uint64_t times_afresh_ = 0;
  std::vector<Create> lost_queues_;  // of a damaged log, to be made again
};

}  // namespace msn::store

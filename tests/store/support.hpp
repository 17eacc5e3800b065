// SPDX-License-Identifier: MIT
// The fixture of the event log's tests: a log in a temporary folder, and short functions that each
// make one commit. Tests of commits build Changes and pass them to `log`.
#pragma once
#include "core/base/log.hpp"
#include "core/store/event_log.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/no_room.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace msn::store::test {

using msn::test::NoRoom;
using Cursors = std::vector<std::uint64_t>;

class KeptLog final : public Log {
 public:
  void write(LogLevel, std::string_view domain, std::string_view text) override {
    text_ += std::string(domain) + ": " + std::string(text) + "\n";
  }
  bool enabled(LogLevel) const override { return true; }
  bool says(std::string_view words) const { return text_.find(words) != std::string::npos; }
  const std::string& text() const { return text_; }
  void clear() { text_.clear(); }

 private:
  std::string text_;
};

inline Cursors range(std::uint64_t from, std::uint64_t to) {
  Cursors result;
  for (; from <= to; ++from) result.push_back(from);
  return result;
}

inline std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void spill(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// Another program that has the log's file open.
class OtherHandle {
 public:
  explicit OtherHandle(const std::string& path) {
    REQUIRE(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK);
  }
  ~OtherHandle() { sqlite3_close(handle_); }
  OtherHandle(const OtherHandle&) = delete;
  OtherHandle& operator=(const OtherHandle&) = delete;

  void run(const std::string& sql) {
    INFO(sql);
    REQUIRE(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  // The first column of the first row.
  std::int64_t number(const std::string& sql) {
    INFO(sql);
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
    const std::int64_t result = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return result;
  }

 private:
  sqlite3* handle_ = nullptr;
};

struct Fixture {
  msn::test::TempDir folder;
  msn::test::FakeClock clock;
  KeptLog words;
  Retention retention;
  Durability durability = Durability::normal;
  std::unique_ptr<EventLog> log;

  std::string path() const { return folder / "bob@example.org.db"; }

  void close() { log.reset(); }
  EventLog& open() {
    close();
    auto opened = EventLog::open(path(), durability, retention, clock, words);
    if (!opened) FAIL(opened.error().message);
    log = std::move(*opened);
    return *log;
  }

  // --- changes

  Record record(const std::string& keyword, const std::string& email,
                const std::string& wire) const {
    return {0, clock.now(), keyword, email, wire};
  }
  Record text(const std::string& body) const {
    return record("MSG", "bob@example.org", "MSG 3 2 bob@example.org\nA: b\n\n" + body + "\n");
  }

  void commit(Changes& changes) {
    const auto done = log->commit(changes);
    if (!done) FAIL(done.error().message);
  }
  void commit() {
    Changes none;
    commit(none);
  }
  // Commits until there is no background work left.
  void finish() {
    for (int i = 0; log->unfinished(); ++i) {
      REQUIRE(i < 10'000);
      commit();
    }
  }

  std::uint64_t put(const Record& record) {
    Changes changes;
    changes.records = {record};
    commit(changes);
    return changes.records[0].cursor;
  }
  std::uint64_t put(const std::string& keyword, const std::string& email, const std::string& wire) {
    return put(record(keyword, email, wire));
  }
  std::uint64_t message(const std::string& body) { return put(text(body)); }
  std::uint64_t status(const std::string& email, const std::string& name) {
    return put("STCH", email, "STCH " + email + " " + name + "\n");
  }
  std::uint64_t typing(const std::string& email) {
    return put("TYPING", email, "TYPING " + email + "\n");
  }
  void messages(int from, int to) {
    Changes changes;
    for (int i = from; i <= to; ++i) changes.records.push_back(text(std::to_string(i)));
    commit(changes);
  }
  std::uint64_t take(const Cursors& which, const std::string& name = "-", bool gap = false) {
    Changes changes;
    changes.takes = {{name, which, gap}};
    commit(changes);
    return changes.takes[0].taken;
  }
  std::uint64_t take_all(const std::string& name = "-", bool gap = false) {
    return take(cursors(name), name, gap);
  }
  void begin_queue(const std::string& name, Start start, std::uint64_t cursor = 0,
                   const std::vector<std::string>& only = {}) {
    Changes changes;
    changes.created = {{name, only, start, cursor}};
    commit(changes);
  }
  void create(const std::string& name, Start start, std::uint64_t cursor = 0,
              const std::vector<std::string>& only = {}) {
    begin_queue(name, start, cursor, only);
    finish();
  }
  void drop(const std::string& name) {
    Changes changes;
    changes.dropped = {name};
    commit(changes);
  }
  void set_mark(const std::string& mark) {
    Changes changes;
    changes.mark = mark;
    commit(changes);
  }
  void lose(std::uint64_t count) {
    Changes changes;
    changes.lost = count;
    commit(changes);
  }

  // --- reading

  std::vector<Record> records(const std::string& name = "-", const Selection& selection = {}) {
    std::vector<Record> result;
    const auto done = log->read_queue(name, selection, [&](const Record& record) {
      result.push_back(record);
      return true;
    });
    if (!done) FAIL(done.error().message);
    return result;
  }
  Cursors cursors(const std::string& name = "-", const Selection& selection = {}) {
    Cursors result;
    for (const Record& record : records(name, selection)) result.push_back(record.cursor);
    return result;
  }
  Cursors history(const Selection& selection = {}) {
    Cursors result;
    const auto done = log->read_history(selection, [&](const Record& record) {
      result.push_back(record.cursor);
      return true;
    });
    if (!done) FAIL(done.error().message);
    return result;
  }
  std::uint64_t count(const Selection& selection = {}) {
    const auto counted = log->count_history(selection);
    if (!counted) FAIL(counted.error().message);
    return *counted;
  }
  std::uint64_t begin(const Selection& selection, std::optional<Time> since,
                      std::optional<std::uint64_t> last) {
    const auto found = log->history_begin(selection, since, last);
    if (!found) FAIL(found.error().message);
    return *found;
  }
  // Missing events after a cursor; 0: none.
  std::uint64_t missing(std::uint64_t after) {
    const auto missing = log->missing_after(after);
    if (!missing) return 0;
    CHECK_FALSE(missing->unknown);
    return missing->count;
  }
  const QueueState& queue(const std::string& name = "-") {
    const QueueState* state = log->queue(name);
    if (!state) FAIL("no queue " << name);
    return *state;
  }
  std::vector<std::string> queue_names() {
    std::vector<std::string> names;
    for (const QueueState& state : log->queues()) names.push_back(state.name);
    return names;
  }
  // The whole state, as lines.
  std::vector<std::string> everything() {
    std::vector<std::string> result;
    const auto add = [&](const Record& record) {
      result.push_back(std::to_string(record.cursor) + " " + record.keyword + " " + record.email +
                       " " + record.wire);
      return true;
    };
    for (const QueueState& state : log->queues()) {
      std::string line = state.name + " " + std::to_string(state.pending) + " " +
                         std::to_string(state.cursor) + " " + std::to_string(state.gap) +
                         (state.gap_unknown ? "?" : "");
      for (const std::string& keyword : state.only) line += " " + keyword;
      result.push_back(line);
      if (const auto done = log->read_queue(state.name, {}, add); !done)
        result.push_back(done.error().message);
    }
    if (const auto done = log->read_history({}, add); !done) result.push_back(done.error().message);
    if (const auto tokens = log->open_tokens())
      for (const Token& token : *tokens) result.push_back(token.token + " " + token.email);
    result.push_back(std::to_string(log->last_cursor()) + " " + log->mark());
    return result;
  }
};

// The files as kill -9 leaves them at this moment.
inline void copy_files(const Fixture& from, const Fixture& to) {
  for (const auto& entry : std::filesystem::directory_iterator(from.folder.path()))
    std::filesystem::copy_file(entry.path(), to.folder / entry.path().filename().string());
}

}  // namespace msn::store::test

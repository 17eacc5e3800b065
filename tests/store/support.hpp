// SPDX-License-Identifier: MIT
// What the event log's tests share: a clock set by hand, a log that is
// read back, and short ways to put events in and to see what is there.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/store/event_log.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace msn::store::test {

class HandClock final : public Clock {
 public:
  Time now() const override { return now_; }
  std::chrono::steady_clock::time_point steady() const override { return {}; }
  void pass(Milliseconds time) { now_ += time; }
  void set(Time time) { now_ = time; }

 private:
  Time now_{std::chrono::sys_days{std::chrono::year{2025} / 11 / 24}};
};

class KeptLog final : public Log {
 public:
  void write(LogLevel, std::string_view domain, std::string_view text) override {
    text_ += std::string(domain) + ": " + std::string(text) + "\n";
  }
  bool enabled(LogLevel) const override { return true; }
  bool says(std::string_view words) const { return text_.find(words) != std::string::npos; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// One log in one folder.
struct Fixture {
  msn::test::TempDir folder;
  HandClock clock;
  KeptLog words;
  Retention retention;
  Durability durability = Durability::normal;
  std::unique_ptr<EventLog> log;

  std::string path() const { return folder / "bob@example.org.db"; }

  EventLog& open() {
    log.reset();
    auto opened = EventLog::open(path(), durability, retention, clock, words);
    if (!opened) FAIL(opened.error().message);
    log = std::move(*opened);
    return *log;
  }

  // Appends without a commit; its cursor.
  std::uint64_t put(const std::string& keyword, const std::string& email, const std::string& wire) {
    Record record;
    record.time = clock.now();
    record.keyword = keyword;
    record.email = email;
    record.wire = wire;
    std::vector<Record> records{record};
    REQUIRE(log->append(records));
    return records[0].cursor;
  }
  std::uint64_t message(const std::string& text) {
    return put("MSG", "bob@example.org", "MSG 3 2 bob@example.org\nA: b\n\n" + text + "\n");
  }
  std::uint64_t status(const std::string& email, const std::string& name) {
    return put("STCH", email, "STCH " + email + " " + name + "\n");
  }
  std::uint64_t typing(const std::string& email) {
    return put("TYPING", email, "TYPING " + email + "\n");
  }
  void messages(int from, int to) {
    std::vector<Record> records;
    for (int i = from; i <= to; ++i) {
      Record record;
      record.time = clock.now();
      record.keyword = "MSG";
      record.email = "bob@example.org";
      record.wire = "MSG 3 2 bob@example.org\nA: b\n\n" + std::to_string(i) + "\n";
      records.push_back(record);
    }
    REQUIRE(log->append(records));
  }
  void commit() {
    const auto done = log->commit();
    if (!done) FAIL(done.error().message);
  }

  static std::uint64_t cursor(const Record& record) { return record.cursor; }
  static std::string wire(const Record& record) { return record.wire; }

  template <class Get>
  auto read(const std::string& name, Get get, const Selection& selection = {}) {
    std::vector<decltype(get(Record{}))> result;
    const auto done = log->read_queue(name, selection, [&](const Record& record) {
      result.push_back(get(record));
      return true;
    });
    if (!done) FAIL(done.error().message);
    return result;
  }
  std::vector<std::uint64_t> cursors(const std::string& name = "-", const Selection& s = {}) {
    return read(name, cursor, s);
  }
  std::vector<std::string> wires(const std::string& name = "-", const Selection& s = {}) {
    return read(name, wire, s);
  }
  std::vector<std::uint64_t> history(const Selection& selection = {}) {
    std::vector<std::uint64_t> result;
    const auto done = log->read_history(selection, [&](const Record& record) {
      result.push_back(record.cursor);
      return true;
    });
    if (!done) FAIL(done.error().message);
    return result;
  }
  std::uint64_t take(const std::vector<std::uint64_t>& which, const std::string& name = "-",
                     bool told_gap = false) {
    const auto taken = log->take(name, which, told_gap);
    if (!taken) FAIL(taken.error().message);
    return *taken;
  }
  std::uint64_t take_all(const std::string& name = "-", bool told_gap = false) {
    return take(cursors(name), name, told_gap);
  }
  const QueueState& queue(const std::string& name = "-") {
    const QueueState* state = log->queue(name);
    if (!state) FAIL("no queue " << name);
    return *state;
  }
};

inline std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> result;
  for (; from <= to; ++from) result.push_back(from);
  return result;
}

}  // namespace msn::store::test

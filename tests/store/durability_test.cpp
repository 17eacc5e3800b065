// SPDX-License-Identifier: MIT
// What each durability keeps, and changes between them while the log is open.
#include "tests/store/support.hpp"

using namespace msn::store;
using namespace msn::store::test;

namespace {

constexpr Durability all_durabilities[] = {Durability::full, Durability::normal,
                                           Durability::memory};

struct Changing : Fixture {
  void begin(Durability first) {
    durability = first;
    open();
    messages(1, 20);
    create("jobs", Start::oldest, 0, {"MSG"});
    take(range(1, 5));
    set_mark("mark");
    Changes changes;
    changes.tokens = {{"t1", "bob@example.org", clock.now()}};
    commit(changes);
    before = everything();
  }
  // The log as it would be after a crash now.
  void crash_keeps(bool all) {
    Fixture after;
    copy_files(*this, after);
    after.open();
    CHECK(after.queue().gap_unknown == !all);
    CHECK(after.words.says("held in memory were lost") == !all);
    if (all) CHECK(after.everything() == everything());
  }

  std::vector<std::string> before;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a commit survives the process") {
  durability = GENERATE(Durability::full, Durability::normal);
  open();
  messages(1, 5);
  take({1, 2});
  Fixture after;
  copy_files(*this, after);
  after.open();
  CHECK(after.cursors() == range(3, 5));
  CHECK(after.history() == range(1, 5));
  CHECK(after.words.text().empty());
  CHECK(after.message("next") == 6);
}

TEST_CASE_METHOD(Fixture, "a log in memory keeps everything at a clean exit") {
  durability = Durability::memory;
  open();
  messages(1, 5);
  take({1, 2});
  create("jobs", Start::oldest);
  open();
  CHECK(cursors() == range(3, 5));
  CHECK(cursors("jobs") == range(1, 5));
  CHECK_FALSE(queue().gap_unknown);
  CHECK(message("next") == 6);
  durability = Durability::full;
  open();
  CHECK(cursors() == range(3, 6));
  CHECK_FALSE(queue().gap_unknown);
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Fixture,
                 "after a crash a log in memory has a gap in every queue and new cursors") {
  open();
  messages(1, 5);
  create("jobs", Start::now);
  durability = Durability::memory;
  open();
  messages(6, 9);
  take({1});
  Fixture after;
  after.durability = GENERATE(Durability::full, Durability::memory);
  copy_files(*this, after);
  after.open();
  CHECK(after.cursors() == range(1, 5));
  CHECK(after.queue().gap_unknown);
  CHECK(after.queue("jobs").gap_unknown);
  CHECK(after.words.says("events held in memory were lost in a crash"));
  REQUIRE(after.log->missing_after(3));
  CHECK(after.log->missing_after(3)->unknown);
  const std::uint64_t next = after.message("next");
  CHECK(next > 1'000'000'000'000'000u);
  CHECK_FALSE(after.log->missing_after(next));
  after.take_all("-", true);
  after.words.clear();
  after.open();
  CHECK(after.words.text().empty());
  CHECK_FALSE(after.queue().gap_unknown);
  CHECK(after.queue("jobs").gap_unknown);
  CHECK(after.cursors("jobs") == Cursors{next});
}

TEST_CASE_METHOD(Fixture, "a log in memory writes nothing before the exit") {
  durability = Durability::memory;
  open();
  const auto before = slurp(path());
  messages(1, 1000);
  CHECK(slurp(path()) == before);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE_METHOD(Changing,
                 "an open log can change between all durabilities without losing events") {
  const auto from = GENERATE(from_range(std::begin(all_durabilities), std::end(all_durabilities)));
  const auto to = GENERATE(from_range(std::begin(all_durabilities), std::end(all_durabilities)));
  begin(from);
  REQUIRE(log->change(to, retention));
  CHECK(everything() == before);
  CHECK(message("next") == 21);
  take({6});
  crash_keeps(to != Durability::memory);
  durability = to;
  open();
  CHECK(cursors() == range(7, 21));
  CHECK(cursors("jobs") == range(1, 21));
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Changing, "a change of durability fails on a full disk without effect") {
  const auto from = GENERATE(from_range(std::begin(all_durabilities), std::end(all_durabilities)));
  const auto to = GENERATE(from_range(std::begin(all_durabilities), std::end(all_durabilities)));
  // A change between full and normal writes nothing.
  if ((from == Durability::memory) == (to == Durability::memory)) return;
  // No space; little space; space for the file but not for SQLite's other files.
  const rlim_t room = GENERATE(as<rlim_t>{}, 1, 5'000, 20'000, 50'000);
  CAPTURE(room);
  begin(from);
  bool changed = false;
  {
    const NoRoom full(room);
    const auto done = log->change(to, retention);
    changed = done.has_value();
    if (room == 1) CHECK_FALSE(changed);
    if (!done) CHECK(done.error().message.find(path()) != std::string::npos);
    CHECK(everything() == before);
    if (!changed && from == Durability::memory) {
      CHECK(message("kept in memory all the same") == 21);
      before = everything();
    }
  }
  if (!changed) {
    // The old durability still applies.
    crash_keeps(from != Durability::memory);
    const auto next = message("there is room again");
    CHECK(next == log->last_cursor());
    before = everything();
    crash_keeps(from != Durability::memory);
    REQUIRE(log->change(to, retention));
  }
  CHECK(everything() == before);
  crash_keeps(to != Durability::memory);
  durability = to;
  open();
  CHECK(everything() == before);
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Changing, "a change of durability fails while another program uses the file") {
  const auto from = GENERATE(Durability::full, Durability::memory);
  const auto to = from == Durability::memory ? Durability::full : Durability::memory;
  begin(from);
  {
    OtherHandle other(path());
    SECTION("writing") {
      other.run("BEGIN IMMEDIATE");
    }
    SECTION("reading") {
      other.run("BEGIN");
      other.number("SELECT count(*) FROM event");
    }
    const auto failed = log->change(to, retention);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().message.find("in use by another process") != std::string::npos);
    CHECK(everything() == before);
  }
  crash_keeps(from != Durability::memory);
  REQUIRE(log->change(to, retention));
  CHECK(everything() == before);
  crash_keeps(to != Durability::memory);
  durability = to;
  open();
  CHECK(everything() == before);
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Changing, "events in memory that cannot be saved are logged as lost") {
  begin(Durability::memory);
  SECTION("no space") {
    const NoRoom full;
    close();
  }
  SECTION("the file is in use") {
    OtherHandle other(path());
    other.run("BEGIN IMMEDIATE");
    close();
  }
  CHECK(words.says("the events in memory are lost"));
  durability = Durability::full;
  open();
  CHECK(queue().gap_unknown);
}

TEST_CASE_METHOD(Changing, "a log that another program uses cannot be opened in memory") {
  begin(Durability::full);
  close();
  durability = Durability::memory;
  {
    OtherHandle other(path());
    other.run("BEGIN EXCLUSIVE");
    CHECK_FALSE(EventLog::open(path(), durability, retention, clock, words));
  }
  open();
  CHECK(everything() == before);
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Fixture, "the size of the write-ahead file is limited") {
  open();
  for (int round = 0; round < 60; ++round) {
    messages(1, 500);
    take_all();
  }
  CHECK(std::filesystem::file_size(path() + "-wal") < (8u << 20));
}

// SPDX-License-Identifier: MIT
// A commit is atomic, also while another program uses the file.
#include "tests/store/support.hpp"

using namespace msn::store;
using namespace msn::store::test;

namespace {

struct Committing : Fixture {
  Committing() {
    open();
    messages(1, 20);
    create("jobs", Start::oldest);
    take(range(1, 5));
    set_mark("before");
    Changes changes;
    changes.tokens = {{"t1", "bob@example.org", clock.now()}};
    commit(changes);
  }

  // One change of each kind.
  Changes all() const {
    Changes changes;
    changes.takes = {{"-", range(4, 10)}, {"jobs", {1}, true}};
    changes.dropped = {"jobs"};
    changes.created = {{"new", {"MSG"}, Start::cursor, 18}};
    changes.tokens = {{"t2", "bob@example.org", clock.now()}};
    changes.settled = {{"t1"}};
    changes.records = {text("21"), text("22")};
    changes.lost = 3;
    changes.mark = "after";
    return changes;
  }
  void has_all(const Changes& changes) {
    CHECK(changes.takes[0].taken == 5);
    CHECK(changes.takes[1].taken == 1);
    CHECK(changes.records[0].cursor == 21);
    CHECK(changes.records[1].cursor == 22);
    for (const bool again : {false, true}) {
      if (again) open();
      finish();
      CHECK(cursors() == range(11, 22));
      CHECK(queue().gap == 3);
      CHECK(queue_names() == std::vector<std::string>{"-", "new"});
      CHECK(cursors("new") == range(19, 22));
      CHECK(queue("new").gap == 3);
      CHECK(log->last_cursor() == 25);
      CHECK(missing(22) == 3);
      CHECK(log->mark() == "after");
      CHECK_FALSE((*log->token("t1"))->open);
      CHECK((*log->token("t2"))->open);
    }
    CHECK(message("next") == 26);
    CHECK(words.text().empty());
  }
};

}  // namespace

TEST_CASE_METHOD(Committing, "a commit makes all its changes") {
  Changes changes = all();
  commit(changes);
  has_all(changes);
}

TEST_CASE_METHOD(Committing, "the changes of several owners are made in order by one commit") {
  Changes first;
  first.records = {text("21")};
  Changes second;
  second.records = {text("22")};
  second.takes = {{"-", {21}}};
  Changes* both[] = {&first, &second};
  const auto before = everything();
  {
    const NoRoom full;
    CHECK_FALSE(log->commit(both));
    CHECK(everything() == before);
  }
  REQUIRE(log->commit(both));
  CHECK(first.records[0].cursor == 21);
  CHECK(second.records[0].cursor == 22);
  CHECK(second.takes[0].taken == 1);
  CHECK(cursors().back() == 22);
}

TEST_CASE_METHOD(Committing, "a commit that fails changes nothing and can be repeated") {
  durability = GENERATE(Durability::full, Durability::normal);
  open();
  const auto before = everything();
  Changes changes = all();
  SECTION("the disk is full") {
    const NoRoom full;
    for (int i = 0; i < 3; ++i) {
      const auto failed = log->commit(changes);
      REQUIRE_FALSE(failed);
      CHECK(failed.error().code == msn::ErrorCode::network);
      CHECK(failed.error().message.find(path()) != std::string::npos);
      CHECK(everything() == before);
    }
  }
  SECTION("another program is writing to the file") {
    OtherHandle other(path());
    other.run("BEGIN IMMEDIATE");
    for (int i = 0; i < 3; ++i) {
      const auto failed = log->commit(changes);
      REQUIRE_FALSE(failed);
      CHECK(failed.error().message.find("in use by another process") != std::string::npos);
      CHECK(everything() == before);
    }
    other.run("ROLLBACK");
  }
  SECTION("and a crash in between keeps what was committed before") {
    {
      const NoRoom full;
      CHECK_FALSE(log->commit(changes));
    }
    Fixture after;
    copy_files(*this, after);
    after.open();
    CHECK(after.everything() == before);
    CHECK(after.words.text().empty());
  }
  commit(changes);
  has_all(changes);
}

TEST_CASE_METHOD(Committing, "another program may read the file while the log is open") {
  OtherHandle other(path());
  CHECK(other.number("SELECT count(*) FROM event") == 20);
  other.run("BEGIN");
  CHECK(other.number("SELECT count(*) FROM event") == 20);
  messages(21, 30);
  CHECK(other.number("SELECT count(*) FROM event") == 20);
  other.run("COMMIT");
  CHECK(other.number("SELECT count(*) FROM event") == 30);
  CHECK(cursors() == range(6, 30));
}

// The other program releases its lock while the log waits for it.
TEST_CASE_METHOD(Committing, "a log that another program has locked briefly can be opened") {
  close();
  static std::optional<OtherHandle> other;
  other.emplace(path());
  other->run("PRAGMA locking_mode=EXCLUSIVE");
  other->run("BEGIN IMMEDIATE; COMMIT");
  sqlite3_vfs* const system = sqlite3_vfs_find(nullptr);
  const auto sleep = std::exchange(system->xSleep, [](sqlite3_vfs*, int) {
    other.reset();
    return 0;
  });
  auto opened = EventLog::open(path(), durability, retention, clock, words);
  system->xSleep = sleep;
  CHECK_FALSE(other);
  other.reset();
  if (!opened) FAIL(opened.error().message);
  log = std::move(*opened);
  CHECK(cursors() == range(6, 20));
}

TEST_CASE_METHOD(Committing, "a commit without changes writes nothing") {
  const auto before = slurp(path() + "-wal");
  commit();
  Changes empty;
  CHECK(empty.empty());
  commit(empty);
  CHECK(slurp(path() + "-wal") == before);
}

TEST_CASE_METHOD(Fixture, "a queue deleted and created in one commit is a new one") {
  open();
  messages(1, 10);
  create("jobs", Start::oldest);
  Changes changes;
  changes.dropped = {"jobs"};
  changes.created = {{"jobs", {"MSG"}, Start::now}};
  commit(changes);
  CHECK(queue("jobs").only == std::vector<std::string>{"MSG"});
  CHECK(cursors("jobs").empty());
  messages(11, 12);
  finish();
  for (const bool again : {false, true}) {
    if (again) open();
    CHECK(cursors("jobs") == range(11, 12));
    CHECK(queue_names() == std::vector<std::string>{"-", "jobs"});
    CHECK(words.text().empty());
  }
}

TEST_CASE_METHOD(Fixture, "events that could not be stored are a gap of every queue") {
  open();
  create("jobs", Start::now, 0, {"MSG"});
  messages(1, 3);
  lose(5);
  CHECK(message("next") == 9);
  for (const bool again : {false, true}) {
    if (again) open();
    CHECK(queue().gap == 5);
    CHECK(queue("jobs").gap == 5);
    CHECK(missing(0) == 5);
    CHECK(missing(4) == 4);
    CHECK(missing(8) == 0);
    CHECK(count() == 4);
    CHECK(count({{}, 2}) == 2);
  }
  SECTION("which is reported once") {
    CHECK(take({1}, "-", true) == 1);
    lose(2);
    open();
    CHECK(queue().gap == 2);
    CHECK(queue("jobs").gap == 7);
  }
  SECTION("which can be reported without an event") {
    take({}, "-", true);
    open();
    CHECK(queue().gap == 0);
    CHECK(cursors() == Cursors{1, 2, 3, 9});
  }
}

TEST_CASE_METHOD(Fixture, "the mark is stored in the same commit as its events") {
  open();
  CHECK(log->mark().empty());
  Changes changes;
  changes.records = {text("1"), text("2")};
  changes.mark = "one";
  commit(changes);
  CHECK(log->mark() == "one");
  Fixture after;
  copy_files(*this, after);
  after.open();
  CHECK(after.log->mark() == "one");
  CHECK(after.cursors() == range(1, 2));
  messages(3, 4);
  CHECK(log->mark() == "one");
  open();
  CHECK(log->mark() == "one");
}

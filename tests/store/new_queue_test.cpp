// SPDX-License-Identifier: MIT
// Filling and deleting queues in several commits, and what happens in between.
#include "tests/store/support.hpp"

using namespace msn::store;
using namespace msn::store::test;

namespace {

struct Filling : Fixture {
  // 5000 events in the log, of which the first 1000 are taken; "late" is being filled.
  Filling() {
    open();
    messages(1, 5000);
    take(range(1, 1000));
    begin_queue("late", Start::oldest);
    REQUIRE(log->unfinished());
  }
  void is_not_visible() {
    CHECK(log->queue("late") == nullptr);
    CHECK(log->has_queue("late"));
    CHECK(log->named_queues() == 1);
    CHECK(queue_names() == std::vector<std::string>{"-"});
    CHECK(cursors("late").empty());
    CHECK(log->pending_cursors("late", {}, 10)->empty());
    CHECK(take(range(1, 10), "late") == 0);
  }
};

}  // namespace

TEST_CASE_METHOD(Filling, "a queue is filled in several commits and invisible until ready") {
  int commits = 1;
  for (; log->unfinished(); ++commits) is_not_visible();  // with a commit
  CHECK(commits >= 5);
  CHECK(cursors("late") == range(1, 5000));
  CHECK(queue("late").pending == 5000);
  CHECK(queue("late").cursor == 0);
  open();
  CHECK(cursors("late") == range(1, 5000));
}

TEST_CASE_METHOD(Filling,
                 "events that arrive or are taken while a queue is being filled are handled") {
  messages(5001, 5010);
  CHECK(take(range(1001, 5005)) == 4005);
  finish();
  messages(5011, 5012);
  for (const bool again : {false, true}) {
    if (again) open();
    CHECK(cursors() == range(5006, 5012));
    CHECK(cursors("late") == range(1, 5012));
    CHECK(queue("late").pending == 5012);
  }
  take_all("late");
  take_all();
  CHECK(history() == range(1, 5012));
  retention.events = 12;
  REQUIRE(log->change(durability, retention));
  finish();
  CHECK(history() == range(5001, 5012));
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Filling, "history is not deleted while a new queue is being filled from it") {
  retention.events = 0;
  REQUIRE(log->change(durability, retention));
  take_all();
  finish();
  CHECK(cursors("late") == range(1, 5000));
  CHECK(queue("late").gap == 0);
  CHECK_FALSE(log->missing_after(0));
}

TEST_CASE_METHOD(Filling, "events dropped while a queue is being filled are its gap") {
  begin_queue("later", Start::oldest);
  begin_queue("texts", Start::oldest, 0, {"MSG"});
  begin_queue("status", Start::oldest, 0, {"STCH"});
  retention.pending_events = 10;
  REQUIRE(log->change(durability, retention));
  finish();
  CHECK(cursors() == range(4991, 5000));
  CHECK(queue().gap == 3990);
  for (const char* name : {"late", "later", "texts"}) {
    CHECK(cursors(name) == range(4991, 5000));
    CHECK(queue(name).gap == 4990);
  }
  CHECK(queue("status").gap == 0);
  CHECK(queue("status").pending == 0);
}

TEST_CASE_METHOD(Filling, "a crash while a queue is being filled deletes the queue") {
  commit();
  Fixture after;
  copy_files(*this, after);
  after.open();
  CHECK(after.log->queue("late") == nullptr);
  CHECK_FALSE(after.log->has_queue("late"));
  CHECK(after.log->named_queues() == 0);
  CHECK(after.log->unfinished());
  SECTION("and its events become history") {
    after.finish();
    CHECK(after.history() == range(1, 5000));
    CHECK(after.cursors() == range(1001, 5000));
    after.retention.events = 0;
    REQUIRE(after.log->change(after.durability, after.retention));
    after.finish();
    CHECK(after.history() == range(1001, 5000));
  }
  SECTION("and the name can be used at once") {
    after.create("late", Start::cursor, 4000);
    CHECK(after.cursors("late") == range(4001, 5000));
    after.open();
    CHECK(after.cursors("late") == range(4001, 5000));
  }
  SECTION("and a second crash makes no difference") {
    after.commit();
    Fixture twice;
    copy_files(after, twice);
    twice.open();
    twice.finish();
    CHECK(twice.queue_names() == std::vector<std::string>{"-"});
    CHECK(twice.history() == range(1, 5000));
    CHECK(twice.words.text().empty());
  }
  CHECK(after.words.text().empty());
}

TEST_CASE_METHOD(Filling, "a queue can be deleted while it is being filled") {
  drop("late");
  CHECK_FALSE(log->has_queue("late"));
  finish();
  CHECK(history() == range(1, 5000));
  CHECK(cursors() == range(1001, 5000));
  CHECK(queue_names() == std::vector<std::string>{"-"});
}

TEST_CASE_METHOD(Filling, "a deleted queue disappears at once and its events later") {
  finish();
  drop("late");
  CHECK(log->queue("late") == nullptr);
  CHECK_FALSE(log->has_queue("late"));
  CHECK(log->named_queues() == 0);
  CHECK(log->unfinished());
  begin_queue("late", Start::now, 0, {"MSG"});
  CHECK(cursors("late").empty());
  message("new");
  SECTION("without a crash") {
    finish();
  }
  SECTION("with a crash in between") {
    Fixture after;
    copy_files(*this, after);
    after.open();
    CHECK(after.cursors("late") == Cursors{5001});
    after.finish();
    CHECK(after.cursors("late") == Cursors{5001});
    CHECK(after.queue_names() == std::vector<std::string>{"-", "late"});
    CHECK(after.words.text().empty());
    finish();
  }
  CHECK(cursors("late") == Cursors{5001});
  CHECK(cursors() == range(1001, 5001));
  CHECK(history() == range(1, 5001));
  retention.events = 0;
  REQUIRE(log->change(durability, retention));
  finish();
  CHECK(history() == range(1001, 5001));
}

TEST_CASE_METHOD(Filling, "filling stops on a full disk and continues later") {
  {
    const NoRoom full;
    Changes none;
    CHECK_FALSE(log->commit(none));
    CHECK(log->unfinished());
    CHECK(log->queue("late") == nullptr);
  }
  finish();
  CHECK(cursors("late") == range(1, 5000));
}

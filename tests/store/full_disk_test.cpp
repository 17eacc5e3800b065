// SPDX-License-Identifier: MIT
// A full disk at opening and during many commits. See commit_test.cpp for single commits.
#include "tests/store/support.hpp"

using namespace msn::store;
using namespace msn::store::test;

TEST_CASE_METHOD(Fixture, "a disk that becomes full during many commits breaks nothing") {
  open();
  std::uint64_t committed = 0;
  for (rlim_t room = 40'000; room < 1'000'000; room += 120'000) {
    const NoRoom little(room);
    for (int i = 0; i < 20; ++i) {
      Changes changes;
      for (int k = 0; k < 40; ++k) changes.records.push_back(text(std::to_string(k)));
      if (log->commit(changes)) committed += 40;
      CHECK(log->last_cursor() == committed);
    }
  }
  for (const bool again : {false, true}) {
    if (again) open();
    CHECK(cursors() == range(1, committed));
    CHECK(words.text().empty());
  }
}

TEST_CASE_METHOD(Fixture, "reading works on a full disk") {
  open();
  messages(1, 2000);
  const NoRoom full;
  CHECK(cursors() == range(1, 2000));
  CHECK(history({{"MSG"}, 1990}) == range(1991, 2000));
  CHECK(count() == 2000);
  CHECK_FALSE(log->missing_after(0));
}

TEST_CASE_METHOD(Fixture, "a log that could not be created for lack of space is created later") {
  {
    const NoRoom full;
    auto opened = EventLog::open(path(), durability, retention, clock, words);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == msn::ErrorCode::network);
    CHECK(opened.error().message.find(path()) != std::string::npos);
  }
  open();
  CHECK(message("1") == 1);
  CHECK_FALSE(queue().gap_unknown);
}

TEST_CASE_METHOD(Fixture, "an existing log that cannot be opened for lack of space loses nothing") {
  open();
  messages(1, 3);
  close();
  {
    const NoRoom full;
    CHECK_FALSE(EventLog::open(path(), durability, retention, clock, words));
  }
  open();
  CHECK(cursors() == range(1, 3));
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Fixture, "a damaged log that cannot be replaced for lack of space is unchanged") {
  open();
  messages(1, 3);
  close();
  spill(path(), "damage");
  {
    const NoRoom full;
    CHECK_FALSE(EventLog::open(path(), durability, retention, clock, words));
    CHECK(slurp(path()) == "damage");
  }
  open();
  CHECK(queue().gap_unknown);
  CHECK(message("next") > 3);
}

// SPDX-License-Identifier: MIT
// The limits of the log and the gaps that they cause (msncd-protocol(7) 11, 13.4, 13.5).
#include "tests/store/support.hpp"

#include <iterator>
#include <set>

using namespace msn::store;
using namespace msn::store::test;
using std::chrono::hours;

// Frequent keywords are read in order, rare ones with the index.
TEST_CASE_METHOD(Fixture, "events of a keyword are found whether rare or frequent") {
  open();
  const std::string bob = "bob@example.org";
  for (int i = 0; i < 3; ++i) {
    message("hi");  // 1, 5, 9
    put(record("SAID", bob, "SAID 1 0 bob@example.org\nhi\n"));
    put(record("SENT", bob, "SENT a bob@example.org\n"));
    message("hi again");
  }
  CHECK(history({{"SENT"}}) == Cursors{3, 7, 11});
  CHECK(history({{"MSG"}}) == Cursors{1, 4, 5, 8, 9, 12});
  CHECK(history({{"SAID", "SENT"}, 3, 11}) == Cursors{6, 7, 10, 11});
  CHECK(history({{"MSG", "SAID", "SENT", "MSG"}, 1, 10}) == range(2, 10));
  CHECK(history({{"MSG", "SENT"}}) == history());
}

TEST_CASE_METHOD(Fixture,
                 "history over the limit of events is deleted from the oldest on without a gap") {
  retention.events = 40;
  open();
  messages(1, 90);
  take_all();
  messages(91, 150);
  CHECK(history() == range(51, 150));
  CHECK(cursors() == range(91, 150));
  for (const bool again : {false, true}) {
    if (again) open();
    CHECK(queue().gap == 0);
    CHECK(missing(0) == 50);
    CHECK(missing(49) == 1);
    CHECK(missing(50) == 0);
    CHECK(count() == 100);
    CHECK(count({{"MSG"}, 49, 51}) == 1);
  }
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Fixture, "pending events survive any limit of the history") {
  retention.events = GENERATE(as<std::uint64_t>{}, 0, 5);
  retention.bytes = GENERATE(as<std::uint64_t>{}, 1, 256u << 20);
  retention.age = hours{1};
  open();
  create("slow", Start::now, 0, {"MSG"});
  messages(1, 500);
  take_all();
  clock.advance(hours{100});
  messages(501, 501);
  finish();
  CHECK(cursors("slow") == range(1, 501));
  CHECK(cursors() == Cursors{501});
  CHECK(queue("slow").gap == 0);
  CHECK_FALSE(log->missing_after(0));
  take_all("slow");
  finish();
  CHECK(cursors() == Cursors{501});
  CHECK(history() == Cursors{501});
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Fixture, "history over the age limit is deleted and pending events are kept") {
  retention.age = hours{24};
  open();
  messages(1, 10);
  take({1, 2, 3, 5});
  clock.advance(hours{25});
  messages(11, 11);
  take({11});
  CHECK(cursors() == Cursors{4, 6, 7, 8, 9, 10});
  CHECK(history() == Cursors{4, 6, 7, 8, 9, 10, 11});
  take_all();
  CHECK(history() == Cursors{11});
  CHECK_FALSE(log->unfinished());
  clock.advance(hours{25});
  SECTION("also without new events") {
    CHECK(log->unfinished());
    commit();
    CHECK(history().empty());
    CHECK(missing(0) == 11);
    CHECK_FALSE(log->unfinished());
  }
  SECTION("also when the log is opened again") {
    open();
    CHECK(log->unfinished());
    commit();
    CHECK(history().empty());
    CHECK(log->last_cursor() == 11);
    CHECK(message("next") == 12);
  }
}

TEST_CASE_METHOD(Fixture, "history over the limit of bytes is deleted") {
  retention.bytes = 10'000;
  open();
  for (int i = 0; i < 30; ++i) {
    message(std::string(1000 - 31, 'x'));
    take_all();
  }
  CHECK(history() == range(21, 30));
  message(std::string(20'000, 'x'));
  CHECK(history() == range(21, 31));
  take_all();
  CHECK(history().empty());
}

TEST_CASE_METHOD(Fixture, "many events over the limit are deleted in several commits") {
  open();
  messages(1, 5000);
  take_all();
  Retention less = retention;
  less.events = 10;
  REQUIRE(log->change(durability, less));
  CHECK(history().size() == 5000);
  int commits = 0;
  for (; log->unfinished(); ++commits) {
    const auto before = history().size();
    commit();
    REQUIRE(history().size() < before);
    REQUIRE(before - history().size() <= 2000);
  }
  CHECK(commits > 1);
  CHECK(history() == range(4991, 5000));
}

TEST_CASE_METHOD(Fixture, "history between pending events is deleted") {
  retention.events = 1;
  open();
  messages(1, 20);
  take({5, 6, 15});
  Cursors left = range(1, 22);
  left.erase(left.begin() + 4, left.begin() + 6);
  messages(21, 22);
  CHECK(history() == left);
  CHECK(queue().gap == 0);
  CHECK(missing(0) == 2);
  CHECK(missing(4) == 2);
  CHECK(missing(5) == 1);
  CHECK(missing(6) == 0);
}

TEST_CASE_METHOD(
    Fixture,
    "over the pending limit typing and then superseded status and then the oldest are dropped") {
  retention.pending_events = 10;
  open();
  message("1");
  status("bob@example.org", "away");    // 2, superseded by 4
  typing("bob@example.org");            // 3
  status("bob@example.org", "busy");    // 4, superseded by 6
  status("carol@example.org", "away");  // 5, the last of carol
  status("bob@example.org", "online");  // 6
  typing("carol@example.org");          // 7
  messages(8, 10);
  CHECK(cursors() == range(1, 10));
  const auto expect_dropped = [this](std::uint64_t expected) {
    const auto before = cursors();
    message("more");
    auto after = cursors();
    REQUIRE(after.size() == 10);
    after.pop_back();
    Cursors gone;
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(gone));
    CHECK(gone == Cursors{expected});
  };
  for (const std::uint64_t next : {3u, 7u, 2u, 4u, 1u, 5u, 6u, 8u}) expect_dropped(next);
  CHECK(queue().gap == 8);
  CHECK(history() == cursors());
  CHECK(missing(0) == 8);
  open();
  CHECK(queue().gap == 8);
  CHECK(cursors() == range(9, 18));
}

TEST_CASE_METHOD(Fixture, "the number of dropped unread events is logged once a minute") {
  retention.pending_events = 10;
  open();
  messages(1, 13);
  CHECK(words.says("3 unread events were dropped"));
  CHECK(words.says(path()));
  words.clear();
  messages(14, 15);
  CHECK(words.text().empty());
  clock.advance(std::chrono::minutes{1});
  message("16");
  CHECK(words.says("3 unread events were dropped"));
  CHECK(queue().gap == 6);
}

TEST_CASE_METHOD(Fixture, "only the queues that lose an event have a gap") {
  retention.pending_events = 10;
  open();
  create("fast", Start::now);
  create("status", Start::now, 0, {"STCH"});
  create("slow", Start::now, 0, {"MSG"});
  messages(1, 10);
  take_all();
  take_all("fast");
  messages(11, 15);
  CHECK(queue().gap == 0);
  CHECK(queue("fast").gap == 0);
  CHECK(queue("status").gap == 0);
  CHECK(queue("slow").gap == 5);
  CHECK(cursors("slow") == range(6, 15));
  CHECK(cursors() == range(11, 15));
  messages(16, 25);
  CHECK(queue().gap == 5);
  CHECK(queue("fast").gap == 5);
  CHECK(queue("slow").gap == 15);
}

TEST_CASE_METHOD(Fixture, "unread bytes are limited but the newest event is always kept") {
  retention.pending_bytes = 5000;
  open();
  for (int i = 0; i < 10; ++i) message(std::string(969, 'x'));
  CHECK(cursors() == range(6, 10));
  CHECK(queue().gap == 5);
  message(std::string(9000, 'x'));
  CHECK(cursors() == Cursors{11});
  CHECK(queue().gap == 10);
  CHECK_FALSE(log->unfinished());
}

TEST_CASE_METHOD(Fixture, "a queue created at a cursor after which events are missing has a gap") {
  retention.events = 10;
  open();
  messages(1, 30);
  take_all();
  create("late", Start::cursor, 5);
  CHECK(queue("late").gap == 15);
  CHECK(cursors("late") == range(21, 30));
  create("all", Start::oldest);
  CHECK(queue("all").gap == 0);
  CHECK(queue("all").cursor == 20);
}

TEST_CASE_METHOD(Fixture, "counts and limits are right after many random steps") {
  retention.events = 60;
  retention.bytes = 8'000;
  retention.pending_events = 100;
  retention.pending_bytes = 12'000;
  open();
  create("one", Start::now);
  create("two", Start::now, 0, {"MSG", "STCH"});
  std::uint64_t random = 12345;
  const auto dice = [&](std::uint64_t sides) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return (random >> 33) % sides;
  };
  for (int step = 0; step < 4000; ++step) {
    const std::string who = std::string(1, static_cast<char>('a' + dice(5))) + "@example.org";
    switch (dice(8)) {
      case 0:
        typing(who);
        break;
      case 1:
      case 2:
        status(who, "away");
        break;
      case 3:
      case 4:
      case 5:
        message(std::string(dice(300), 'x'));
        break;
      case 6: {
        const std::string name = dice(3) == 0 ? "-" : dice(2) ? "one" : "two";
        Cursors some;
        for (const auto cursor : cursors(name))
          if (some.size() < 12 && dice(4) != 0) some.push_back(cursor);
        CHECK(take(some, name) == some.size());
        break;
      }
      case 7:
        if (dice(20) == 0) {
          drop("two");
          begin_queue("two", Start::oldest, 0, {"MSG", "STCH"});
        }
        break;
    }
    if (step % 100 == 50) {
      finish();
      if (step % 500 == 250) {
        const auto before = everything();
        open();
        CHECK(everything() == before);
      }
      std::set<std::uint64_t> unread;
      for (const QueueState& state : log->queues()) {
        const auto pending = cursors(state.name);
        CHECK(pending.size() == state.pending);
        unread.insert(pending.begin(), pending.end());
      }
      CHECK(unread.size() <= 100);
      CHECK(history().size() - unread.size() <= 60);
      CHECK(count() == history().size());
    }
  }
  CHECK_FALSE(words.says("damaged"));
}

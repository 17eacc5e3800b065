// SPDX-License-Identifier: MIT
// Coalescing, retention and gaps (protocol 11, 13.4, 13.5).
#include "tests/store/support.hpp"

#include <algorithm>
#include <iterator>

using namespace msn::store;
using namespace msn::store::test;
using Start = EventLog::Start;

namespace {

using Cursors = std::vector<std::uint64_t>;

struct Bounded : Fixture {
  Bounded() { retention.coalesce_over = 10; }
};

}  // namespace

TEST_CASE_METHOD(Bounded, "a short queue keeps every typing and status event") {
  open();
  for (int i = 0; i < 5; ++i) {
    status("bob@example.org", i % 2 ? "away" : "online");
    typing("bob@example.org");
  }
  CHECK(cursors() == range(1, 10));
}

TEST_CASE_METHOD(Bounded, "in a long queue only the last status and typing of a person stay") {
  open();
  status("bob@example.org", "away");    // 1
  status("carol@example.org", "away");  // 2
  typing("bob@example.org");            // 3
  messages(4, 6);                       // 4 to 6
  status("bob@example.org", "busy");    // 7
  typing("carol@example.org");          // 8
  typing("bob@example.org");            // 9
  status("bob@example.org", "online");  // 10
  CHECK(cursors() == range(1, 10));
  message("over");  // 11
  const Cursors left{2, 4, 5, 6, 8, 9, 10, 11};
  CHECK(cursors() == left);
  CHECK(queue().pending == left.size());
  CHECK(log->count("-", {{"STCH"}}) == 2u);
  SECTION("and it is not told as a gap") {
    CHECK(queue().gap == 0);
    CHECK_FALSE(log->missing_after(0));
  }
  SECTION("and they are still in the history") {
    CHECK(history() == range(1, 11));
  }
  SECTION("and it goes on while it is long") {
    messages(12, 20);                     // 12 to 20
    status("carol@example.org", "busy");  // 21
    typing("bob@example.org");            // 22
    status("carol@example.org", "idle");  // 23
    Cursors rest{4, 5, 6, 8, 10, 11};
    for (auto cursor : range(12, 20)) rest.push_back(cursor);
    rest.push_back(22);
    rest.push_back(23);
    CHECK(cursors() == rest);
    commit();
    open();
    CHECK(cursors() == rest);
  }
  SECTION("and again when it gets long once more") {
    take_all();
    status("bob@example.org", "away");  // 12
    messages(13, 21);
    CHECK(cursors() == range(12, 21));
    status("bob@example.org", "busy");  // 22
    CHECK(cursors() == range(13, 22));
  }
}

TEST_CASE_METHOD(Bounded, "messages never coalesce, nor anything that is not presence") {
  open();
  messages(1, 20);
  for (int i = 0; i < 20; ++i) put("ADDFL", "bob@example.org", "ADDFL bob@example.org\n");
  CHECK(cursors() == range(1, 40));
}

TEST_CASE_METHOD(Bounded, "each queue coalesces by its own length") {
  open();
  REQUIRE(log->create_queue("status", Start::now, 0, {"STCH"}));
  messages(1, 9);
  status("bob@example.org", "away");    // 10
  status("bob@example.org", "busy");    // 11
  status("bob@example.org", "online");  // 12
  CHECK(cursors("status") == range(10, 12));
  Cursors left = range(1, 9);
  left.push_back(12);
  CHECK(cursors() == left);
  REQUIRE(log->create_queue("all", Start::oldest, 0, {}));
  CHECK(cursors("all") == range(1, 12));
  message("next");  // 13
  left.push_back(13);
  CHECK(cursors("all") == left);
}

TEST_CASE_METHOD(Fixture, "history beyond the count goes, oldest first, and nobody misses it") {
  retention.events = 100;
  open();
  messages(1, 90);
  take_all();
  messages(91, 150);
  commit();
  CHECK(history() == range(51, 150));
  CHECK(cursors() == range(91, 150));
  CHECK(queue().gap == 0);
  CHECK(log->oldest_cursor() == 51);
  REQUIRE(log->missing_after(0));
  CHECK(log->missing_after(0)->count == 50);
  CHECK_FALSE(log->missing_after(0)->unknown);
  CHECK(log->missing_after(49)->count == 1);
  CHECK_FALSE(log->missing_after(50));
  open();
  CHECK(log->missing_after(0)->count == 50);
  CHECK(history() == range(51, 150));
}

TEST_CASE_METHOD(Fixture, "history beyond the age goes, what is pending stays") {
  retention.age = std::chrono::hours{24};
  open();
  messages(1, 10);
  take({1, 2, 3, 5});
  commit();
  clock.pass(std::chrono::hours{25});
  messages(11, 11);
  take({11});
  commit();
  CHECK(cursors() == Cursors{4, 6, 7, 8, 9, 10});
  CHECK(history() == Cursors{4, 6, 7, 8, 9, 10, 11});
  take_all();
  commit();
  CHECK(history() == Cursors{11});
  clock.pass(std::chrono::hours{25});
  SECTION("also when nothing happens") {
    commit();
    CHECK(history().empty());
    CHECK(log->oldest_cursor() == 0);
    CHECK(log->missing_after(0)->count == 11);
  }
  SECTION("also when it is opened again") {
    open();
    CHECK(history().empty());
    CHECK(log->last_cursor() == 11);
    CHECK(message("next") == 12);
  }
}

TEST_CASE_METHOD(Fixture, "history beyond the octets goes") {
  retention.octets = 10'000;
  open();
  for (int i = 0; i < 30; ++i) {
    message(std::string(1000 - 31, 'x'));
    take_all();
    commit();
  }
  CHECK(history().size() == 10);
  message(std::string(20'000, 'x'));
  commit();
  CHECK(history() == Cursors{31});
  CHECK(cursors() == Cursors{31});
}

TEST_CASE_METHOD(Fixture, "much that is over goes in small steps") {
  open();
  messages(1, 1000);
  take_all();
  commit();
  Retention less = retention;
  less.events = 10;
  REQUIRE(log->change(durability, less));
  CHECK(history().size() == 1000 - 64);
  while (history().size() > 10) {
    const auto before = history().size();
    commit();
    REQUIRE(history().size() < before);
  }
  CHECK(history() == range(991, 1000));
}

TEST_CASE_METHOD(Fixture, "history goes before anything that a queue still has to get") {
  retention.events = 20;
  open();
  messages(1, 20);
  take({5, 6, 15});
  messages(21, 22);
  commit();
  Cursors left = range(1, 22);
  left.erase(left.begin() + 4, left.begin() + 6);
  CHECK(history() == left);
  CHECK(queue().gap == 0);
  CHECK(log->missing_after(0)->count == 2);
  CHECK(log->missing_after(4)->count == 2);
  CHECK(log->missing_after(5)->count == 1);
  CHECK_FALSE(log->missing_after(6));
}

TEST_CASE_METHOD(Fixture, "a full log drops typing, then superseded status, then the oldest") {
  retention.events = 10;
  open();
  message("1");
  status("bob@example.org", "away");    // 2, superseded by 4
  typing("bob@example.org");            // 3
  status("bob@example.org", "busy");    // 4, superseded by 6
  status("carol@example.org", "away");  // 5, the last of carol
  status("bob@example.org", "online");  // 6
  typing("carol@example.org");          // 7
  messages(8, 10);
  const auto dropped_next = [this](std::uint64_t expected) {
    const auto before = cursors();
    message("more");
    commit();
    auto after = cursors();
    REQUIRE(after.size() == 10);
    after.pop_back();
    Cursors gone;
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(gone));
    CHECK(gone == Cursors{expected});
  };
  commit();
  CHECK(cursors() == range(1, 10));
  dropped_next(3);
  CHECK(queue().gap == 1);
  dropped_next(7);
  dropped_next(2);
  dropped_next(4);
  dropped_next(1);
  dropped_next(5);
  dropped_next(6);
  dropped_next(8);
  CHECK(queue().gap == 8);
  CHECK(history() == cursors());
  CHECK(log->missing_after(0)->count == 8);

  SECTION("and each gap is told once") {
    open();
    CHECK(queue().gap == 8);
    take({9}, "-", false);
    CHECK(queue().gap == 8);
    take({10}, "-", true);
    CHECK(queue().gap == 0);
    commit();
    open();
    CHECK(queue().gap == 0);
  }
  SECTION("and a gap can be told without an event") {
    take({}, "-", true);
    commit();
    open();
    CHECK(queue().gap == 0);
  }
}

TEST_CASE_METHOD(Fixture, "only the queues that lose an event have a gap") {
  retention.events = 10;
  open();
  REQUIRE(log->create_queue("fast", Start::now, 0, {}));
  REQUIRE(log->create_queue("status", Start::now, 0, {"STCH"}));
  REQUIRE(log->create_queue("slow", Start::now, 0, {"MSG"}));
  messages(1, 10);
  take_all();
  take_all("fast");
  messages(11, 15);
  commit();
  CHECK(queue().gap == 0);
  CHECK(queue("fast").gap == 0);
  CHECK(queue("status").gap == 0);
  CHECK(queue("slow").gap == 5);
  CHECK(cursors("slow") == range(6, 15));
  CHECK(cursors() == range(11, 15));
  messages(16, 25);
  commit();
  CHECK(queue().gap == 5);
  CHECK(queue("fast").gap == 5);
  CHECK(queue("slow").gap == 15);
}

TEST_CASE_METHOD(Fixture, "a full log holds a bound in octets, but always the newest event") {
  retention.octets = 5000;
  open();
  for (int i = 0; i < 10; ++i) message(std::string(969, 'x'));
  commit();
  CHECK(cursors() == range(6, 10));
  CHECK(queue().gap == 5);
  message(std::string(9000, 'x'));
  commit();
  CHECK(cursors() == Cursors{11});
  CHECK(queue().gap == 10);
  commit();
  CHECK(cursors() == Cursors{11});
}

TEST_CASE_METHOD(Fixture, "a queue made at a cursor that is not kept any more has a gap") {
  retention.events = 10;
  open();
  messages(1, 30);
  take_all();
  commit();
  REQUIRE(log->create_queue("late", Start::cursor, 5, {}));
  CHECK(queue("late").gap == 15);
  CHECK(cursors("late") == range(21, 30));
  REQUIRE(log->create_queue("all", Start::oldest, 0, {}));
  CHECK(queue("all").gap == 0);
  CHECK(queue("all").cursor == 20);
}

TEST_CASE_METHOD(Fixture, "bounds and coalescing hold together over many random steps") {
  retention.events = 200;
  retention.octets = 20'000;
  retention.coalesce_over = 50;
  open();
  REQUIRE(log->create_queue("one", Start::now, 0, {}));
  REQUIRE(log->create_queue("two", Start::now, 0, {"MSG", "STCH"}));
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
        const auto all = cursors(name);
        Cursors some;
        for (const auto cursor : all) {
          if (some.size() < 12 && dice(4) != 0) some.push_back(cursor);
        }
        CHECK(take(some, name) == some.size());
        break;
      }
      case 7:
        commit();
        CHECK(history().size() <= 200);
        break;
    }
    if (step % 500 == 250) {
      commit();
      const auto before = log->queues();
      open();
      const auto after = log->queues();
      REQUIRE(before.size() == after.size());
      for (std::size_t i = 0; i < after.size(); ++i) {
        CHECK(after[i].pending == before[i].pending);
        CHECK(after[i].gap == before[i].gap);
        CHECK(cursors(after[i].name).size() == after[i].pending);
      }
    }
  }
  CHECK_FALSE(words.says("damaged"));
}

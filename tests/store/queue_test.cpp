// SPDX-License-Identifier: MIT
#include "tests/store/support.hpp"

#include <sys/stat.h>

using namespace msn::store;
using namespace msn::store::test;
using msn::ErrorCode;

namespace {

unsigned permissions(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a new log is empty, private, and has the default queue") {
  open();
  CHECK(log->last_cursor() == 0);
  CHECK_FALSE(log->missing_after(0));
  CHECK(queue_names() == std::vector<std::string>{"-"});
  CHECK(queue().pending == 0);
  CHECK(queue().cursor == 0);
  CHECK(queue().gap == 0);
  CHECK_FALSE(queue().gap_unknown);
  CHECK(log->queue("jobs") == nullptr);
  CHECK_FALSE(log->unfinished());
  message("hi");
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    CHECK(permissions(entry.path()) == 0600);
}

TEST_CASE_METHOD(Fixture, "a log that others can read is made private when it is opened") {
  open();
  close();
  REQUIRE(::chmod(path().c_str(), 0644) == 0);
  open();
  CHECK(permissions(path()) == 0600);
}

TEST_CASE_METHOD(Fixture, "events are read as they were stored in order with increasing cursors") {
  open();
  CHECK(message("one") == 1);
  clock.advance(msn::Milliseconds{5});
  CHECK(status("carol@example.org", "away") == 2);
  const std::string bytes = "MSG 1 1 x@y\n" + std::string("\xff\x00\x01 '\"", 6);
  CHECK(put("MSG", "", bytes) == 3);
  for (const bool again : {false, true}) {
    if (again) open();
    const auto seen = records();
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].cursor == 1);
    CHECK(seen[0].keyword == "MSG");
    CHECK(seen[0].email == "bob@example.org");
    CHECK(seen[0].wire == "MSG 3 2 bob@example.org\nA: b\n\none\n");
    CHECK(seen[1].keyword == "STCH");
    CHECK(seen[1].email == "carol@example.org");
    CHECK(seen[1].time - seen[0].time == msn::Milliseconds{5});
    CHECK(seen[2].email.empty());
    CHECK(seen[2].wire == bytes);
    CHECK(queue().pending == 3);
    CHECK(log->last_cursor() == 3);
  }
  CHECK(message("four") == 4);
}

TEST_CASE_METHOD(Fixture, "taken events are not handed out again and the others keep their order") {
  open();
  messages(1, 10);
  SECTION("in order") {
    CHECK(take({1, 2, 3}) == 3);
  }
  SECTION("out of order") {
    CHECK(take({2, 5, 7}) == 3);
  }
  SECTION("some of them missing") {
    CHECK(take({3}) == 1);
    CHECK(take({1, 2, 3, 4, 5, 99}) == 4);
  }
  const auto left = cursors();
  const auto state = queue();
  CHECK(state.pending == left.size());
  CHECK(history() == range(1, 10));
  open();
  CHECK(cursors() == left);
  CHECK(queue().pending == left.size());
  CHECK(queue().cursor == state.cursor);
  CHECK(history() == range(1, 10));
  CHECK(take_all() == left.size());
  CHECK(cursors().empty());
  CHECK(take({1, 2, 3}) == 0);
}

TEST_CASE_METHOD(Fixture, "the queue's cursor is that of the last event taken") {
  open();
  messages(1, 10);
  take({4, 6});
  CHECK(queue().cursor == 6);
  take({2});
  CHECK(queue().cursor == 6);
  take_all();
  CHECK(queue().cursor == 10);
}

TEST_CASE_METHOD(Fixture, "a reader can stop and continue after a cursor or up to one") {
  open();
  messages(1, 1000);
  Cursors seen;
  REQUIRE(log->read_queue("-", {}, [&](const Record& record) {
    seen.push_back(record.cursor);
    return seen.size() < 700;
  }));
  CHECK(seen == range(1, 700));
  CHECK(cursors("-", {{}, 700}) == range(701, 1000));
  CHECK(cursors("-", {{}, 700, 705}) == range(701, 705));
  CHECK(cursors("-", {{}, UINT64_MAX}).empty());
  CHECK(cursors("-", {{}, 0, 0}).empty());
  CHECK(history({{}, 990, 992}) == range(991, 992));
}

TEST_CASE_METHOD(Fixture, "the cursors of a queue are read without texts in parts") {
  open();
  messages(1, 100);
  take(range(1, 20));
  CHECK(*log->pending_cursors("-", {}, 5) == range(21, 25));
  CHECK(*log->pending_cursors("-", {{}, 25}, 5) == range(26, 30));
  CHECK(*log->pending_cursors("-", {{}, 25, 27}, 5) == range(26, 27));
  CHECK(log->pending_cursors("-", {{}, 100}, 5)->empty());
  CHECK(log->pending_cursors("none", {}, 5)->empty());
}

TEST_CASE_METHOD(Fixture, "ONLY selects some keywords and leaves the other events pending") {
  open();
  message("one");                      // 1
  typing("bob@example.org");           // 2
  status("bob@example.org", "away");   // 3
  message("two");                      // 4
  put("ADDFL", "x@y", "ADDFL x@y\n");  // 5
  CHECK(cursors("-", {{"MSG"}}) == Cursors{1, 4});
  CHECK(cursors("-", {{"STCH", "ADDFL"}}) == Cursors{3, 5});
  CHECK(cursors("-", {{"ADDFL", "MSG", "MSG"}}) == Cursors{1, 4, 5});
  CHECK(cursors("-", {{"SCLOSE"}}).empty());
  CHECK(cursors("-", {{"MS"}}).empty());
  CHECK(cursors("-", {{"MSG"}, 1}) == Cursors{4});
  CHECK(cursors("-", {{"MSG", "TYPING"}, 0, 2}) == Cursors{1, 2});
  CHECK(take(cursors("-", {{"MSG"}})) == 2);
  CHECK(cursors() == Cursors{2, 3, 5});
  CHECK(history({{"MSG"}}) == Cursors{1, 4});
  open();
  CHECK(cursors() == Cursors{2, 3, 5});
}

TEST_CASE_METHOD(Fixture, "SAID is selected only if named") {
  const auto said = [&] {
    return put("SAID", "bob@example.org", "SAID 1 2 bob@example.org\nA: b\n");
  };
  open();
  message("one");  // 1
  said();          // 2
  create("all", Start::oldest);
  create("both", Start::oldest, 0, {"MSG", "SAID"});
  said();          // 3
  message("two");  // 4
  for (const bool again : {false, true}) {
    if (again) open();
    CHECK(cursors() == Cursors{1, 4});
    CHECK(queue().pending == 2);
    CHECK(cursors("-", {{"SAID"}}).empty());
    CHECK(cursors("all") == Cursors{1, 4});
    CHECK(queue("all").pending == 2);
    CHECK(cursors("both") == range(1, 4));
    CHECK(cursors("both", {{"SAID"}}) == Cursors{2, 3});
    CHECK(history() == Cursors{1, 4});
    CHECK(history({{"SAID", "MSG"}}) == range(1, 4));
    CHECK(count() == 2);
    CHECK(count({{}, 2}) == 1);
    CHECK(count({{}, 1, 3}) == 0);
    CHECK(count({{"SAID"}}) == 2);
    CHECK(missing(0) == 0);
  }
  // It becomes history like other events, and is deleted with it.
  take_all("both");
  drop("both");
  finish();
  take_all();
  take_all("all");
  CHECK(count() == 2);
  retention.events = 1;
  open();
  commit();
  CHECK(history({{"SAID", "MSG"}}) == Cursors{4});
  CHECK(count() == 1);
  // Also with a missing event.
  retention.events = 100;
  open();
  said();          // 5
  message("six");  // 6
  CHECK(count() == 2);
  CHECK(count({{}, 4}) == 1);
}

TEST_CASE_METHOD(Fixture,
                 "events that concern one contact are read from a queue and from the history") {
  const std::string bob = "bob@example.org", eve = "eve@example.org";
  const auto said = [&] { return put("SAID", bob, "SAID 1 2 bob@example.org\nA: b\n"); };
  open();
  create("said", Start::now, 0, {"MSG", "SAID"});
  message("one");                      // 1
  status(eve, "online");               // 2
  typing(bob);                         // 3
  said();                              // 4
  put("SCLOSE", "", "SCLOSE MAIN\n");  // 5
  message("two");                      // 6
  status(bob, "away");                 // 7
  for (const bool again : {false, true}) {
    if (again) open();
    CHECK(cursors("-", {{}, 0, UINT64_MAX, bob}) == Cursors{1, 3, 6, 7});
    CHECK(cursors("-", {{}, 1, 6, bob}) == Cursors{3, 6});
    CHECK(cursors("-", {{"MSG", "STCH"}, 0, UINT64_MAX, bob}) == Cursors{1, 6, 7});
    CHECK(cursors("-", {{"SAID"}, 0, UINT64_MAX, bob}).empty());
    CHECK(cursors("-", {{}, 0, UINT64_MAX, eve}) == Cursors{2});
    CHECK(cursors("-", {{}, 0, UINT64_MAX, "no@example.org"}).empty());
    CHECK(cursors("said", {{}, 0, UINT64_MAX, bob}) == Cursors{1, 4, 6});
    CHECK(history({{}, 0, UINT64_MAX, bob}) == Cursors{1, 3, 6, 7});
    CHECK(history({{"SAID", "MSG"}, 1, UINT64_MAX, bob}) == Cursors{4, 6});
    CHECK(count({{}, 0, UINT64_MAX, bob}) == 4);
    CHECK(count({{}, 3, UINT64_MAX, bob}) == 2);
    CHECK(count({{"SAID", "MSG"}, 0, 5, bob}) == 2);
    CHECK(count({{}, 0, UINT64_MAX, "no@example.org"}) == 0);
  }
  // The other events stay pending.
  take(cursors("-", {{}, 0, UINT64_MAX, bob}));
  CHECK(cursors() == Cursors{2, 5});
  CHECK(history({{}, 0, UINT64_MAX, bob}) == Cursors{1, 3, 6, 7});
}

TEST_CASE_METHOD(Fixture,
                 "the beginning of the last events of the history and of those since a time") {
  using std::chrono::seconds;
  const std::string bob = "bob@example.org", eve = "eve@example.org";
  open();
  CHECK(begin({}, {}, 5) == 0);
  const msn::Time start = clock.now();
  message("one");  // 1, at 0 s
  clock.advance(seconds(10));
  put("SAID", bob, "SAID 1 2 bob@example.org\nA: b\n");  // 2, at 10 s
  status(eve, "online");                                 // 3
  clock.advance(seconds(10));
  message("two");  // 4, at 20 s
  typing(eve);     // 5
  // The events read and counted from there.
  const auto shown = [&](Selection selection, std::optional<msn::Time> since,
                         std::optional<std::uint64_t> last) {
    selection.after = begin(selection, since, last);
    const Cursors all = history(selection);
    CHECK(count(selection) == all.size());
    return all;
  };
  for (const bool again : {false, true}) {
    if (again) open();
    CHECK(shown({}, {}, 1) == Cursors{5});
    CHECK(shown({}, {}, 3) == Cursors{3, 4, 5});
    CHECK(shown({}, {}, 4) == Cursors{1, 3, 4, 5});
    CHECK(begin({}, {}, 100) == 0);
    CHECK(begin({{}, 3}, {}, 100) == 3);
    CHECK(shown({{}, 3}, {}, 1) == Cursors{5});
    CHECK(shown({{}, 0, 4}, {}, 2) == Cursors{3, 4});
    CHECK(shown({{"MSG", "SAID"}}, {}, 2) == Cursors{2, 4});
    CHECK(shown({{"MSG"}, 0, UINT64_MAX, eve}, {}, 2).empty());
    CHECK(shown({{}, 0, UINT64_MAX, eve}, {}, 1) == Cursors{5});
    CHECK(shown({{}, 0, UINT64_MAX, eve}, {}, 9) == Cursors{3, 5});
    CHECK(shown({}, start, {}) == Cursors{1, 3, 4, 5});
    CHECK(shown({}, start + msn::Milliseconds(1), {}) == Cursors{3, 4, 5});
    CHECK(shown({}, start + seconds(20), {}) == Cursors{4, 5});
    CHECK(shown({}, start + seconds(21), {}).empty());
    CHECK(shown({{}, 4}, start, {}) == Cursors{5});
    CHECK(shown({{}, 99}, start, {}).empty());
    CHECK(shown({}, start + seconds(10), 2) == Cursors{4, 5});
    CHECK(shown({}, start + seconds(10), 9) == Cursors{3, 4, 5});
    CHECK(shown({}, start + seconds(21), 9).empty());
  }
  // Later events are included even if the clock was set back.
  clock.set(start);
  message("six");  // 6
  CHECK(shown({}, start + seconds(20), {}) == Cursors{4, 5, 6});
  CHECK(shown({}, start, {}) == Cursors{1, 3, 4, 5, 6});
}

TEST_CASE_METHOD(Fixture, "the history begins after the cursor if no stored event is left out") {
  retention.pending_events = 6;
  open();
  for (int i = 1; i <= 12; ++i) {
    clock.advance(std::chrono::seconds(1));
    if (i % 2 == 0)
      typing("eve@example.org");
    else
      message(std::to_string(i));
  }
  finish();
  REQUIRE(history() == Cursors{1, 3, 5, 7, 9, 11});  // typing is dropped first
  message("13");
  REQUIRE(history() == Cursors{3, 5, 7, 9, 11, 13});
  const std::string bob = "bob@example.org";
  const msn::Time third = clock.now() - std::chrono::seconds(9);
  for (const auto& selection :
       {Selection{{}, 1}, Selection{{"MSG"}, 1}, Selection{{}, 1, UINT64_MAX, bob}}) {
    CHECK(begin(selection, third - std::chrono::hours(24), {}) == 1);
    CHECK(begin(selection, third, {}) == 1);
    CHECK(begin(selection, third + msn::Milliseconds(1), {}) == 4);
    CHECK(begin(selection, third + std::chrono::hours(1), {}) == 13);
    CHECK(begin(selection, {}, 5) == 4);
    CHECK(begin(selection, {}, 6) == 1);
    CHECK(begin(selection, {}, 7) == 1);
    CHECK(begin(selection, third, 6) == 1);
  }
  CHECK(begin({{"TYPING", "MSG", "MSG"}, 1}, {}, 6) == 1);
  CHECK(begin({{"TYPING", "MSG", "MSG"}, 1}, {}, 2) == 10);
  CHECK(begin({{}, 13}, third, {}) == 13);
}

TEST_CASE_METHOD(Fixture, "an event that is in no queue is history at once") {
  open();
  put("SAID", "bob@example.org", "SAID 1 2 bob@example.org\nA: b\n");
  retention.pending_events = 1;
  retention.events = 3;
  open();
  for (int i = 0; i < 5; ++i) put("SAID", "bob@example.org", "SAID 1 2 bob@example.org\nA: b\n");
  finish();
  CHECK(queue().gap == 0);
  CHECK(history({{"SAID"}}) == Cursors{4, 5, 6});
}

TEST_CASE_METHOD(Fixture, "the pending cursors of some keywords are read") {
  open();
  for (int i = 0; i < 5; ++i) {
    message("x");
    typing("bob@example.org");
  }
  CHECK(*log->pending_cursors("-", {{"TYPING"}}, 3) == Cursors{2, 4, 6});
  CHECK(*log->pending_cursors("-", {{"TYPING"}, 4}, 100) == Cursors{6, 8, 10});
}

TEST_CASE_METHOD(Fixture, "events of the history are counted without reading them") {
  open();
  CHECK(count() == 0);
  messages(1, 6000);
  typing("bob@example.org");
  take(range(1, 10));
  for (const bool again : {false, true}) {
    if (again) open();
    CHECK(count() == 6001);
    CHECK(count({{"MSG"}}) == 6000);
    CHECK(count({{"MSG", "MSG"}}) == 6000);
    CHECK(count({{"TYPING", "STCH"}}) == 1);
    CHECK(count({{}, 1}) == 6000);
    CHECK(count({{}, 5500}) == 501);
    CHECK(count({{}, 5500, 5600}) == 100);
    CHECK(count({{"MSG"}, 5500}) == 500);
    CHECK(count({{"MSG"}, 5, 10}) == 5);
    CHECK(count({{}, UINT64_MAX}) == 0);
  }
}

TEST_CASE_METHOD(Fixture, "every queue gets every event independently of the others") {
  open();
  messages(1, 3);
  create("jobs", Start::now);
  create("all", Start::oldest);
  create("some", Start::cursor, 2);
  create("texts", Start::oldest, 0, {"MSG"});
  messages(4, 5);
  typing("bob@example.org");
  for (const bool again : {false, true}) {
    if (again) open();
    CHECK(cursors() == range(1, 6));
    CHECK(cursors("jobs") == range(4, 6));
    CHECK(cursors("all") == range(1, 6));
    CHECK(cursors("some") == range(3, 6));
    CHECK(cursors("texts") == range(1, 5));
    CHECK(queue("jobs").cursor == 3);
    CHECK(queue("all").cursor == 0);
    CHECK(queue("some").cursor == 2);
    CHECK(queue("texts").only == std::vector<std::string>{"MSG"});
  }
  take_all();
  CHECK(take({4, 5, 6}, "jobs") == 3);
  CHECK(cursors("all") == range(1, 6));
  CHECK(take_all("all") == 6);
  CHECK(take({1}, "texts") == 1);
  CHECK(cursors("texts") == range(2, 5));
  CHECK(queue_names() == std::vector<std::string>{"-", "all", "jobs", "some", "texts"});
  CHECK(history() == range(1, 6));
}

TEST_CASE_METHOD(Fixture,
                 "a new queue that starts in the past gets events that others have taken") {
  open();
  messages(1, 2000);
  take_all();
  create("late", Start::cursor, 500, {"MSG"});
  CHECK(cursors("late") == range(501, 2000));
  CHECK(cursors().empty());
  open();
  CHECK(cursors("late") == range(501, 2000));
  drop("late");
  CHECK(log->queue("late") == nullptr);
  open();
  CHECK(log->queue("late") == nullptr);
  CHECK(history() == range(1, 2000));
}

TEST_CASE_METHOD(Fixture, "a queue that starts in the future starts at the present") {
  open();
  messages(1, 2);
  create("later", Start::cursor, UINT64_MAX);
  CHECK(queue("later").cursor == 2);
  messages(3, 3);
  CHECK(cursors("later") == range(3, 3));
}

TEST_CASE_METHOD(Fixture, "changes of missing queues are ignored") {
  open();
  messages(1, 3);
  create("jobs", Start::now, 0, {"MSG"});
  SECTION("an existing queue is not created again") {
    create("jobs", Start::oldest);
    CHECK(queue("jobs").only == std::vector<std::string>{"MSG"});
    CHECK(cursors("jobs").empty());
  }
  SECTION("the default queue is neither created nor deleted") {
    create("-", Start::now, 0, {"MSG"});
    drop("-");
    CHECK(cursors() == range(1, 3));
    CHECK(queue().only.empty());
  }
  SECTION("nothing is deleted or taken or read of a missing queue") {
    drop("none");
    CHECK(take({1}, "none") == 0);
    CHECK(cursors("none").empty());
    CHECK_FALSE(log->has_queue("none"));
  }
  finish();
  CHECK(queue_names() == std::vector<std::string>{"-", "jobs"});
  CHECK(log->named_queues() == 1);
}

TEST_CASE_METHOD(Fixture, "the largest number of queues each get every event") {
  open();
  constexpr std::size_t count = 64;
  for (std::size_t i = 1; i <= count; ++i) create("q" + std::to_string(i), Start::now);
  CHECK(log->named_queues() == count);
  messages(1, 1);
  drop("q7");
  CHECK(log->named_queues() == count - 1);
  open();
  finish();
  CHECK(log->queues().size() == count);
  for (const QueueState& state : log->queues()) CHECK(state.pending == 1);
}

TEST_CASE_METHOD(Fixture, "an event taken from one queue stays in another") {
  open();
  messages(1, 20);
  create("late", Start::now);
  messages(21, 40);
  CHECK(take(range(1, 30)) == 30);
  CHECK(cursors("late") == range(21, 40));
  open();
  CHECK(cursors() == range(31, 40));
  CHECK(cursors("late") == range(21, 40));
  CHECK(take(range(21, 40), "late") == 20);
  CHECK(cursors() == range(31, 40));
  open();
  CHECK(cursors("late").empty());
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Fixture, "a path where no log can be created gives the reason") {
  std::filesystem::create_directory(path());
  auto opened = EventLog::open(path(), durability, retention, clock, words);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().message.find("is not a regular file") != std::string::npos);
  CHECK(std::filesystem::is_directory(path()));
  auto nowhere = EventLog::open(folder / "none/bob.db", durability, retention, clock, words);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message.find(folder / "none/bob.db") != std::string::npos);
}

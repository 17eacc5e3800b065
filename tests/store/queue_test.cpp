// SPDX-License-Identifier: MIT
#include "tests/store/support.hpp"

#include <sys/stat.h>

using namespace msn::store;
using namespace msn::store::test;
using msn::ErrorCode;
using Start = EventLog::Start;

TEST_CASE_METHOD(Fixture, "a new log is empty, private, and has the default queue") {
  open();
  CHECK(log->last_cursor() == 0);
  CHECK(log->oldest_cursor() == 0);
  CHECK_FALSE(log->missing_after(0));
  REQUIRE(log->queues().size() == 1);
  CHECK(queue().name == "-");
  CHECK(queue().pending == 0);
  CHECK(queue().cursor == 0);
  CHECK(queue().gap == 0);
  CHECK_FALSE(queue().gap_unknown);
  CHECK(log->queue("jobs") == nullptr);
  message("hi");
  commit();
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    struct stat status {};
    REQUIRE(::stat(entry.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE_METHOD(Fixture, "a log that is open to others is closed to them") {
  open();
  log.reset();
  REQUIRE(::chmod(path().c_str(), 0644) == 0);
  open();
  struct stat status {};
  REQUIRE(::stat(path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE_METHOD(Fixture, "events come back as they went in, in order, with rising cursors") {
  open();
  CHECK(message("one") == 1);
  clock.pass(msn::Milliseconds{5});
  CHECK(status("carol@example.org", "away") == 2);
  std::string octets = "MSG 1 1 x@y\n";
  octets += std::string("\xff\x01 '\"", 5);
  CHECK(put("MSG", "", octets) == 3);
  commit();
  const auto check = [&, this] {
    std::vector<Record> seen;
    REQUIRE(log->read_queue("-", {}, [&](const Record& record) {
      seen.push_back(record);
      return true;
    }));
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].cursor == 1);
    CHECK(seen[0].keyword == "MSG");
    CHECK(seen[0].email == "bob@example.org");
    CHECK(seen[0].wire == "MSG 3 2 bob@example.org\nA: b\n\none\n");
    CHECK(seen[1].keyword == "STCH");
    CHECK(seen[1].email == "carol@example.org");
    CHECK(seen[1].time - seen[0].time == msn::Milliseconds{5});
    CHECK(seen[2].email.empty());
    CHECK(seen[2].wire == octets);
    CHECK(queue().pending == 3);
    CHECK(log->last_cursor() == 3);
    CHECK(log->oldest_cursor() == 1);
  };
  check();
  open();
  check();
  CHECK(message("four") == 4);
}

TEST_CASE_METHOD(Fixture, "what was taken does not come again, what was not taken stays in place") {
  open();
  messages(1, 10);
  SECTION("in order") {
    CHECK(take({1, 2, 3}) == 3);
  }
  SECTION("in a run") {
    CHECK(take({1, 2, 3, 4, 5, 6}) == 6);
  }
  SECTION("out of order") {
    CHECK(take({2, 5, 7}) == 3);
  }
  SECTION("partly not there") {
    CHECK(take({3}) == 1);
    CHECK(take({1, 2, 3, 4, 5, 99}) == 4);
  }
  const auto left = cursors();
  const auto state = queue();
  CHECK(state.pending == left.size());
  CHECK(history() == range(1, 10));
  commit();
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

TEST_CASE_METHOD(Fixture, "a reader may take while it reads, and may stop") {
  open();
  messages(1, 1000);
  std::uint64_t seen = 0;
  REQUIRE(log->read_queue("-", {}, [&](const Record& record) {
    CHECK(record.cursor == ++seen);
    CHECK(log->take("-", {record.cursor}, false) == 1u);
    return seen < 700;
  }));
  CHECK(seen == 700);
  CHECK(cursors() == range(701, 1000));
  commit();
  CHECK(cursors("-", {{}, 0, 5}) == range(701, 705));
  CHECK(cursors("-", {{}, 990, UINT64_MAX}) == range(991, 1000));
  CHECK(cursors("-", {{}, 990, 2}) == range(991, 992));
  CHECK(cursors("-", {{}, UINT64_MAX, 2}).empty());
  CHECK(cursors("-", {{}, 0, 0}).empty());
}

TEST_CASE_METHOD(Fixture, "large events are read in small pieces and all come") {
  open();
  for (int i = 0; i < 40; ++i) message(std::string(60'000, static_cast<char>('a' + i % 26)));
  commit();
  const auto all = wires();
  REQUIRE(all.size() == 40);
  for (const std::string& one : all) CHECK(one.size() > 60'000);
}

TEST_CASE_METHOD(Fixture, "ONLY shows some keywords and leaves the others where they are") {
  open();
  message("one");                      // 1
  typing("bob@example.org");           // 2
  status("bob@example.org", "away");   // 3
  message("two");                      // 4
  put("ADDFL", "x@y", "ADDFL x@y\n");  // 5
  CHECK(cursors("-", {{"MSG"}}) == std::vector<std::uint64_t>{1, 4});
  CHECK(cursors("-", {{"STCH", "ADDFL"}}) == std::vector<std::uint64_t>{3, 5});
  CHECK(cursors("-", {{"SCLOSE"}}).empty());
  CHECK(cursors("-", {{"MS"}}).empty());
  CHECK(cursors("-", {{"MSG"}, 1}) == std::vector<std::uint64_t>{4});
  CHECK(take(cursors("-", {{"MSG"}})) == 2);
  CHECK(cursors() == std::vector<std::uint64_t>{2, 3, 5});
  CHECK(history({{"MSG"}}) == std::vector<std::uint64_t>{1, 4});
  commit();
  open();
  CHECK(cursors() == std::vector<std::uint64_t>{2, 3, 5});
}

TEST_CASE_METHOD(Fixture, "the count of what a selection matches is known without reading it") {
  open();
  CHECK(log->count("-", {}) == 0u);
  messages(1, 6000);
  typing("bob@example.org");
  for (const bool again : {false, true}) {
    if (again) {
      commit();
      open();
    }
    CHECK(log->count("-", {}) == 6001u);
    CHECK(log->count("-", {{"MSG"}}) == 6000u);
    CHECK(log->count("-", {{"MSG", "MSG"}}) == 6000u);
    CHECK(log->count("-", {{"TYPING", "STCH"}}) == 1u);
    CHECK(log->count("-", {{}, 1}) == 6000u);
    CHECK(log->count("-", {{}, 5500}) == 501u);
    CHECK(log->count("-", {{"MSG"}, 5500}) == 500u);
    CHECK(log->count("-", {{"MSG"}, 5}) == 5995u);
    CHECK(log->count("-", {{}, UINT64_MAX}) == 0u);
  }
  CHECK(log->count("none", {}).error().code == ErrorCode::unknown_queue);
}

TEST_CASE_METHOD(Fixture, "every queue gets every event, each at its own pace") {
  open();
  messages(1, 3);
  REQUIRE(log->create_queue("jobs", Start::now, 0, {}));
  REQUIRE(log->create_queue("all", Start::oldest, 0, {}));
  REQUIRE(log->create_queue("some", Start::cursor, 2, {}));
  REQUIRE(log->create_queue("texts", Start::oldest, 0, {"MSG"}));
  messages(4, 5);
  typing("bob@example.org");
  commit();
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
  }
  take_all();
  CHECK(take({4, 5, 6}, "jobs") == 3);
  CHECK(cursors("all") == range(1, 6));
  CHECK(take_all("all") == 6);
  CHECK(take({1}, "texts") == 1);
  CHECK(cursors("texts") == range(2, 5));
  std::vector<std::string> names;
  for (const QueueState& state : log->queues()) names.push_back(state.name);
  CHECK(names == std::vector<std::string>{"-", "all", "jobs", "some", "texts"});
  CHECK(history() == range(1, 6));
}

TEST_CASE_METHOD(Fixture, "a new queue from the past also gets what others have taken") {
  open();
  messages(1, 2000);
  take_all();
  REQUIRE(log->create_queue("late", Start::cursor, 500, {"MSG"}));
  CHECK(cursors("late") == range(501, 2000));
  CHECK(cursors().empty());
  commit();
  open();
  CHECK(cursors("late") == range(501, 2000));
  REQUIRE(log->drop_queue("late"));
  CHECK(log->queue("late") == nullptr);
  commit();
  open();
  CHECK(log->queue("late") == nullptr);
  CHECK(history() == range(1, 2000));
}

TEST_CASE_METHOD(Fixture, "a queue from the future begins at the present") {
  open();
  messages(1, 2);
  REQUIRE(log->create_queue("later", Start::cursor, UINT64_MAX, {}));
  CHECK(queue("later").cursor == 2);
  messages(3, 3);
  CHECK(cursors("later") == range(3, 3));
}

TEST_CASE_METHOD(Fixture, "queues are refused that cannot be made or are not there") {
  open();
  REQUIRE(log->create_queue("jobs", Start::now, 0, {}));
  CHECK(log->create_queue("jobs", Start::now, 0, {}).error().code == ErrorCode::invalid);
  CHECK(log->create_queue("-", Start::now, 0, {}).error().code == ErrorCode::invalid);
  CHECK(log->create_queue("odd", Start::now, 0, {"MSG,STCH"}).error().code == ErrorCode::invalid);
  CHECK(log->create_queue("odd", Start::now, 0, {""}).error().code == ErrorCode::invalid);
  CHECK(log->drop_queue("-").error().code == ErrorCode::invalid);
  CHECK(log->drop_queue("none").error().code == ErrorCode::unknown_queue);
  CHECK(log->take("none", {1}, false).error().code == ErrorCode::unknown_queue);
  const auto visitor = [](const Record&) { return true; };
  CHECK(log->read_queue("none", {}, visitor).error().code == ErrorCode::unknown_queue);
  for (int i = 1; i < 64; ++i) {
    REQUIRE(log->create_queue("q" + std::to_string(i), Start::now, 0, {}));
  }
  CHECK(log->create_queue("one-more", Start::now, 0, {}).error().code == ErrorCode::invalid);
  REQUIRE(log->drop_queue("jobs"));
  CHECK(log->create_queue("one-more", Start::now, 0, {}));
  messages(1, 1);
  commit();
  open();
  CHECK(log->queues().size() == 65);
  for (const QueueState& state : log->queues()) CHECK(state.pending == 1);
}

TEST_CASE_METHOD(Fixture, "a queue can be made, filled and dropped in one commit") {
  open();
  messages(1, 10);
  REQUIRE(log->create_queue("jobs", Start::oldest, 0, {}));
  messages(11, 20);
  take(range(1, 15), "jobs");
  take(range(1, 20));
  CHECK(cursors("jobs") == range(16, 20));
  REQUIRE(log->drop_queue("jobs"));
  commit();
  open();
  CHECK(log->queues().size() == 1);
  CHECK(history() == range(1, 20));
}

TEST_CASE_METHOD(Fixture, "a second opening of the same file is refused and harms nothing") {
  open();
  messages(1, 3);
  commit();
  auto second = EventLog::open(path(), durability, retention, clock, words);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::network);
  CHECK(second.error().message.find("in use") != std::string::npos);
  CHECK(cursors() == range(1, 3));
  messages(4, 4);
  commit();
  open();
  CHECK(cursors() == range(1, 4));
}

TEST_CASE_METHOD(Fixture, "a place where no log can be is told, and nothing is moved") {
  std::filesystem::create_directory(path());
  auto opened = EventLog::open(path(), durability, retention, clock, words);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().message.find("is not a file") != std::string::npos);
  CHECK(std::filesystem::is_directory(path()));
  auto nowhere = EventLog::open(folder / "none/bob.db", durability, retention, clock, words);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message.find(folder / "none/bob.db") != std::string::npos);
}

TEST_CASE_METHOD(Fixture,
                 "what one queue gives away in one go stays in another that has some of it") {
  open();
  messages(1, 20);
  REQUIRE(log->create_queue("late", Start::now, 0, {}));
  messages(21, 40);
  SECTION("the run ends before it") {
    CHECK(take(range(1, 20)) == 20);
    CHECK(cursors("late") == range(21, 40));
    CHECK(take(range(21, 40)) == 20);
  }
  SECTION("the run reaches into it") {
    CHECK(take(range(1, 40)) == 40);
  }
  CHECK(cursors("late") == range(21, 40));
  commit();
  log.reset();
  open();  // which checks that everything adds up
  CHECK(cursors().empty());
  CHECK(cursors("late") == range(21, 40));
  CHECK(*log->take("late", range(21, 40), false) == 20);
  commit();
  log.reset();
  open();
  CHECK(words.text().empty());
  CHECK(cursors("late").empty());
}

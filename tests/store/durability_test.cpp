// SPDX-License-Identifier: MIT
#include "tests/store/support.hpp"

using namespace msn::store;
using namespace msn::store::test;
using Start = EventLog::Start;

namespace {

// What kill -9 leaves of the files at this moment.
void copy_files(const Fixture& from, const Fixture& to) {
  for (const auto& entry : std::filesystem::directory_iterator(from.folder.path())) {
    std::filesystem::copy_file(entry.path(), to.folder / entry.path().filename().string());
  }
}

}  // namespace

TEST_CASE_METHOD(Fixture, "what was committed survives the process, what was not does not exist") {
  durability = GENERATE(Durability::full, Durability::normal);
  open();
  messages(1, 5);
  take({1, 2});
  commit();
  messages(6, 9);
  take({3});
  Fixture after;
  copy_files(*this, after);
  after.open();
  CHECK(after.cursors() == range(3, 5));
  CHECK(after.history() == range(1, 5));
  CHECK(after.words.text().empty());
  CHECK(after.message("next") == 6);
}

TEST_CASE_METHOD(Fixture, "in memory, an orderly end keeps everything") {
  durability = Durability::memory;
  open();
  messages(1, 5);
  take({1, 2});
  REQUIRE(log->create_queue("jobs", Start::oldest, 0, {}));
  commit();
  open();
  CHECK(cursors() == range(3, 5));
  CHECK(cursors("jobs") == range(1, 5));
  CHECK_FALSE(queue().gap_unknown);
  CHECK(message("next") == 6);
  commit();
  durability = Durability::full;
  open();
  CHECK(cursors() == range(3, 6));
  CHECK_FALSE(queue().gap_unknown);
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Fixture, "in memory, a crash is told to every queue and numbers are not reused") {
  open();
  messages(1, 5);
  REQUIRE(log->create_queue("jobs", Start::now, 0, {}));
  commit();
  durability = Durability::memory;
  open();
  messages(6, 9);
  take({1});
  commit();
  Fixture after;
  after.durability = GENERATE(Durability::full, Durability::memory);
  copy_files(*this, after);
  after.open();
  CHECK(after.cursors() == range(1, 5));
  CHECK(after.queue().gap_unknown);
  CHECK(after.queue("jobs").gap_unknown);
  CHECK(after.words.says("what was written last is lost"));
  REQUIRE(after.log->missing_after(3));
  CHECK(after.log->missing_after(3)->unknown);
  const std::uint64_t next = after.message("next");
  CHECK(next > 1'763'942'400'000'000u);
  CHECK_FALSE(after.log->missing_after(next));
  after.take_all("-", true);
  after.commit();
  after.open();
  CHECK_FALSE(after.queue().gap_unknown);
  CHECK(after.queue("jobs").gap_unknown);
  CHECK(after.cursors("jobs") == std::vector<std::uint64_t>{next});
}

TEST_CASE_METHOD(Fixture, "in memory, nothing is written meanwhile") {
  durability = Durability::memory;
  open();
  commit();
  const auto size = std::filesystem::file_size(path());
  const auto time = std::filesystem::last_write_time(path());
  messages(1, 1000);
  commit();
  CHECK(std::filesystem::file_size(path()) == size);
  CHECK(std::filesystem::last_write_time(path()) == time);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE_METHOD(Fixture, "the durability can be changed while the log is open") {
  open();
  messages(1, 3);
  REQUIRE(log->change(Durability::full, retention));
  messages(4, 4);
  REQUIRE(log->change(Durability::memory, retention));
  messages(5, 6);
  take({1});
  commit();
  REQUIRE(log->change(Durability::normal, retention));
  Fixture after;
  copy_files(*this, after);
  after.open();
  CHECK(after.cursors() == range(2, 6));
  CHECK_FALSE(after.queue().gap_unknown);
  CHECK(cursors() == range(2, 6));
  CHECK(message("next") == 7);
}

TEST_CASE_METHOD(Fixture, "a commit without changes writes nothing") {
  open();
  messages(1, 3);
  take_all();
  commit();
  const auto time = std::filesystem::last_write_time(path() + "-wal");
  const auto size = std::filesystem::file_size(path() + "-wal");
  CHECK(take({1, 2, 3}, "-", true) == 0);
  CHECK(log->count("-", {}) == 0u);
  commit();
  commit();
  CHECK(std::filesystem::last_write_time(path() + "-wal") == time);
  CHECK(std::filesystem::file_size(path() + "-wal") == size);
}

TEST_CASE_METHOD(Fixture, "the write-ahead file does not grow without bound") {
  open();
  for (int round = 0; round < 60; ++round) {
    messages(1, 500);
    take_all();
    commit();
  }
  CHECK(std::filesystem::file_size(path() + "-wal") < (8u << 20));
}

TEST_CASE_METHOD(Fixture, "the owner's mark is kept in the same step as the events around it") {
  open();
  CHECK(log->mark().empty());
  messages(1, 2);
  log->set_mark("one");
  CHECK(log->mark() == "one");
  commit();
  messages(3, 4);
  log->set_mark("two");
  Fixture after;
  copy_files(*this, after);
  after.open();
  CHECK(after.log->mark() == "one");
  CHECK(after.cursors() == range(1, 2));
  commit();
  open();
  CHECK(log->mark() == "two");
  CHECK(cursors() == range(1, 4));
}

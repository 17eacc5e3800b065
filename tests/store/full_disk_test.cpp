// SPDX-License-Identifier: MIT
// A full disk: nothing is lost, nothing is told, and it goes on when there is room again.
#include "tests/store/support.hpp"

#include <signal.h>
#include <sys/resource.h>

using namespace msn::store;
using namespace msn::store::test;
using Start = EventLog::Start;

namespace {

// No file of this process can grow beyond so many octets while this lives.
class NoRoom {
 public:
  explicit NoRoom(rlim_t octets) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{octets, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~NoRoom() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  rlimit before_{};
  sighandler_t handler_ = SIG_DFL;
};

std::uintmax_t size_of(const std::string& path) {
  return std::filesystem::exists(path) ? std::filesystem::file_size(path) : 0;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "on a full disk commit fails, and what was accepted waits in order") {
  durability = GENERATE(Durability::full, Durability::normal);
  open();
  messages(1, 20);
  take(range(1, 5));
  commit();
  {
    NoRoom none(std::max(size_of(path()), size_of(path() + "-wal")));
    messages(21, 30);
    for (int i = 0; i < 3; ++i) {
      const auto failed = log->commit();
      REQUIRE_FALSE(failed);
      CHECK(failed.error().code == msn::ErrorCode::network);
      CHECK(failed.error().message.find(path()) != std::string::npos);
    }
    // Accepted and taken: seen so, though not durable yet.
    CHECK(take(range(6, 10)) == 5);
    CHECK(message("31") == 31);
    REQUIRE(log->create_queue("jobs", Start::cursor, 28, {"MSG"}));
    CHECK_FALSE(log->commit());
    CHECK(cursors() == range(11, 31));
    CHECK(cursors("jobs") == range(29, 31));
    CHECK(log->last_cursor() == 31);
    CHECK(take({29}, "jobs") == 1);
    CHECK_FALSE(log->commit());
  }
  messages(32, 32);
  commit();
  CHECK(cursors() == range(11, 32));
  open();
  CHECK(words.text().empty());
  CHECK(cursors() == range(11, 32));
  CHECK(cursors("jobs") == range(30, 32));
  CHECK(history() == range(1, 32));
}

TEST_CASE_METHOD(Fixture, "a crash while the disk is full leaves what was committed before") {
  open();
  messages(1, 20);
  commit();
  Fixture after;
  {
    NoRoom none(size_of(path() + "-wal") + 1000);
    messages(21, 30);
    CHECK_FALSE(log->commit());
  }
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::copy_file(path() + suffix, after.path() + suffix);
  }
  after.open();
  CHECK(after.words.text().empty());
  CHECK(after.cursors() == range(1, 20));
  CHECK(after.message("next") == 21);
}

TEST_CASE_METHOD(Fixture, "a disk that is full in the middle of much writing breaks nothing") {
  open();
  std::uint64_t accepted = 0;
  for (rlim_t room = 40'000; room < 1'000'000; room += 120'000) {
    NoRoom little(room);
    for (int i = 0; i < 20; ++i) {
      messages(1, 40);
      accepted += 40;
      (void)log->commit();
    }
  }
  commit();
  CHECK(cursors() == range(1, accepted));
  open();
  CHECK(words.text().empty());
  CHECK(cursors() == range(1, accepted));
}

TEST_CASE_METHOD(Fixture, "no room for a new log is told, and it works when there is room") {
  {
    NoRoom none(1000);
    auto opened = EventLog::open(path(), durability, retention, clock, words);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == msn::ErrorCode::network);
  }
  open();
  CHECK(message("1") == 1);
  CHECK_FALSE(queue().gap_unknown);
}

TEST_CASE_METHOD(Fixture, "no room to replace a damaged log: it is said once there is room") {
  open();
  messages(1, 3);
  commit();
  log.reset();
  std::ofstream(path(), std::ios::trunc) << "damage";
  {
    NoRoom none(1000);
    CHECK_FALSE(EventLog::open(path(), durability, retention, clock, words));
  }
  open();
  CHECK(queue().gap_unknown);
  CHECK(message("next") > 3);
}

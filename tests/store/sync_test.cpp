// SPDX-License-Identifier: MIT
// When each durability syncs, measured by a file system (SQLite VFS) that counts.
#include "core/store/event_log.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <atomic>
#include <cstring>
#include <string>

using namespace msn;
using namespace msn::store;

namespace {

std::atomic<int> syncs = 0;

// A file of the real file system, and the methods with which it is used.
struct CountedFile {
  sqlite3_io_methods methods;
  const sqlite3_io_methods* real;
};

sqlite3_vfs counting;

// The real file is at the beginning of the memory, because its methods expect it there.
CountedFile& behind(sqlite3_file* file) {
  const auto* real = static_cast<sqlite3_vfs*>(counting.pAppData);
  return *reinterpret_cast<CountedFile*>(reinterpret_cast<char*>(file) +
                                         ((real->szOsFile + 15) & ~15));
}

int counted_sync(sqlite3_file* file, int flags) {
  ++syncs;
  return behind(file).real->xSync(file, flags);
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  auto* real = static_cast<sqlite3_vfs*>(counting.pAppData);
  const int result = real->xOpen(real, name, file, flags, out);
  if (file->pMethods == nullptr) return result;
  CountedFile& ours = behind(file);
  ours.real = file->pMethods;
  ours.methods = *file->pMethods;
  ours.methods.xSync = counted_sync;
  file->pMethods = &ours.methods;
  return result;
}

// The default file system during its lifetime.
struct Counting {
  Counting() : real(sqlite3_vfs_find(nullptr)) {
    counting = *real;
    counting.zName = "counting";
    counting.pAppData = real;
    counting.szOsFile = ((real->szOsFile + 15) & ~15) + static_cast<int>(sizeof(CountedFile));
    counting.xOpen = open;
    sqlite3_vfs_register(&counting, 1);
  }
  ~Counting() {
    sqlite3_vfs_unregister(&counting);
    sqlite3_vfs_register(real, 1);
  }
  sqlite3_vfs* real;
};

Record message(int number) {
  Record record;
  record.keyword = "MSG";
  record.email = "bob@example.org";
  record.wire = "MSG 1 1 bob@example.org\n" + std::to_string(number) + "\n";
  return record;
}

int syncs_of(EventLog& log, int events) {
  Changes changes;
  for (int i = 0; i < events; ++i) changes.records.push_back(message(i));
  const int before = syncs;
  REQUIRE(log.commit(changes));
  return syncs - before;
}

}  // namespace

TEST_CASE("durability full syncs each commit once and normal none") {
  const Counting file_system;
  const test::TempDir place;
  test::FakeClock clock;
  NullLog quiet;
  SECTION("full") {
    auto log = EventLog::open(place / "full.db", Durability::full, {}, clock, quiet);
    REQUIRE(log);
    syncs_of(**log, 1);  // the first commit also creates the write-ahead file
    CHECK(syncs_of(**log, 1) == 1);
    CHECK(syncs_of(**log, 100) == 1);
    const int before = syncs;
    Changes changes;
    changes.takes = {{"-", {(*log)->last_cursor()}}};
    REQUIRE((*log)->commit(changes));
    CHECK(syncs == before + 1);  // an acknowledgement is synced, too
  }
  SECTION("normal") {
    auto log = EventLog::open(place / "normal.db", Durability::normal, {}, clock, quiet);
    REQUIRE(log);
    syncs_of(**log, 1);
    CHECK(syncs_of(**log, 1) == 0);
    CHECK(syncs_of(**log, 100) == 0);
  }
}

// SPDX-License-Identifier: MIT
// Damaged and newer files: the log always opens, and has everything or says that it has not.
#include "tests/store/support.hpp"

#include <sqlite3.h>

#include <algorithm>

using namespace msn::store;
using namespace msn::store::test;
using Start = EventLog::Start;

namespace {

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void spill(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

std::uint64_t microseconds(const msn::Clock& clock) {
  return static_cast<std::uint64_t>(clock.now().time_since_epoch().count()) * 1000;
}

struct Damaged : Fixture {
  // A log with something of everything, closed; `whole` is its file.
  Damaged() {
    open();
    messages(1, 60);
    REQUIRE(log->create_queue("jobs", Start::oldest, 0, {"MSG"}));
    for (int i = 0; i < 20; ++i) {
      status(std::to_string(i % 7) + "@example.org", "away");
      typing(std::to_string(i % 7) + "@example.org");
    }
    message(std::string(20'000, 'x'));
    take(range(1, 30));
    take({40, 42});
    commit();
    expected = everything();
    REQUIRE_FALSE(expected.empty());
    log.reset();
    whole = slurp(path());
  }

  std::string whole;
  std::vector<std::string> expected;

  // All that can be read, or nothing when the log has said meanwhile that it lost something.
  std::vector<std::string> everything() {
    std::vector<std::string> result;
    const auto visitor = [&](const Record& record) {
      result.push_back(std::to_string(record.cursor) + record.keyword + record.email + record.wire);
      return true;
    };
    bool fine = true;
    for (const QueueState& state : log->queues()) {
      result.push_back(state.name + std::to_string(state.pending) + "," +
                       std::to_string(state.cursor));
      fine = fine && log->read_queue(state.name, {}, visitor);
    }
    fine = fine && log->read_history({}, visitor);
    if (!fine) {
      CHECK(log->queue("-")->gap_unknown);
      return {};
    }
    return result;
  }

  std::vector<std::string> names_aside() {
    std::vector<std::string> result;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      const std::string name = entry.path().filename().string();
      if (name.find(".damaged-") != std::string::npos ||
          name.find(".newer-") != std::string::npos) {
        result.push_back(name);
      }
    }
    std::sort(result.begin(), result.end());
    return result;
  }

  // Opens what is there. True if it is all there; else it must have said so.
  bool opens_whole() {
    words = KeptLog();
    open();
    const bool said = queue().gap_unknown;
    const auto found = everything();
    const bool whole_now = !queue().gap_unknown && found == expected;
    if (!whole_now) {
      CHECK(queue().gap_unknown);
      CHECK(words.text().size() > 0);
    }
    if (said) CHECK(queue().pending == 0);
    // Either way it works from now on, above all numbers of before.
    const std::uint64_t next = message("next");
    CHECK(next > 101);
    commit();
    CHECK(cursors().back() == next);
    log.reset();
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      std::filesystem::remove(entry.path());
    }
    return whole_now;
  }
};

}  // namespace

TEST_CASE_METHOD(Damaged, "an undamaged file has everything and says nothing") {
  CHECK(opens_whole());
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Damaged, "a file cut short anywhere opens and says that events are lost") {
  for (std::size_t size = 0; size < whole.size(); size += size < 200 ? 20 : 1499) {
    INFO("cut at " << size << " of " << whole.size());
    spill(path(), whole.substr(0, size));
    CHECK_FALSE(opens_whole());
  }
}

TEST_CASE_METHOD(Damaged, "garbage anywhere in the file is survived, and seen where it matters") {
  std::uint64_t random = 99;
  int harmless = 0;
  int seen = 0;
  for (std::size_t at = 0; at < whole.size(); at += at < 128 ? 4 : 613) {
    std::string garbage = whole;
    for (std::size_t i = at; i < std::min(at + (at < 128 ? 4 : 24), whole.size()); ++i) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      garbage[i] = static_cast<char>(random >> 56);
    }
    INFO("garbage at " << at << " of " << whole.size());
    spill(path(), garbage);
    ++(opens_whole() ? harmless : seen);
  }
  CHECK(seen > harmless);
}

TEST_CASE_METHOD(Damaged, "a whole page of zeros or noise is survived") {
  for (std::size_t page = 0; page < whole.size() / 4096; ++page) {
    for (const char filler : {'\0', '\x5a'}) {
      std::string garbage = whole;
      garbage.replace(page * 4096, 4096, 4096, filler);
      INFO("page " << page);
      spill(path(), garbage);
      opens_whole();
    }
  }
}

TEST_CASE_METHOD(Damaged, "one wrong letter in a message that waits is noticed") {
  const auto at = whole.find("\n\n50\n");
  REQUIRE(at != std::string::npos);
  std::string wrong = whole;
  wrong[at + 3] = '9';
  spill(path(), wrong);
  CHECK_FALSE(opens_whole());
}

TEST_CASE_METHOD(Damaged, "what is not an event log at all is moved aside under a dated name") {
  const std::string content = GENERATE(
      as<std::string>(), "", "x", "hello, this is not a database\n", std::string(100'000, '\xa5'));
  spill(path(), content);
  clock.set(msn::Time{std::chrono::sys_days{std::chrono::year{2031} / 2 / 3}});
  words = KeptLog();
  open();
  CHECK(names_aside() == std::vector<std::string>{"bob@example.org.db.damaged-20310203T000000Z"});
  CHECK(slurp(folder / names_aside()[0]) == content);
  CHECK(words.says("is damaged"));
  CHECK(words.says(names_aside()[0]));
  CHECK(queue().gap_unknown);
  CHECK(queue().pending == 0);
  CHECK(log->queues().size() == 1);
  CHECK(log->last_cursor() == microseconds(clock));
  CHECK(message("first") == microseconds(clock) + 1);
  REQUIRE(log->missing_after(100));
  CHECK(log->missing_after(100)->unknown);
  CHECK_FALSE(log->missing_after(log->last_cursor()));
  commit();
  open();
  CHECK(queue().gap_unknown);
  take_all("-", true);
  commit();
  open();
  CHECK_FALSE(queue().gap_unknown);
  CHECK(names_aside().size() == 1);
}

TEST_CASE_METHOD(Damaged, "another program's database is moved aside") {
  std::filesystem::remove(path());
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path().c_str(), &database) == SQLITE_OK);
  sqlite3_exec(database, "CREATE TABLE event(cursor)", nullptr, nullptr, nullptr);
  sqlite3_close(database);
  open();
  CHECK(queue().gap_unknown);
  CHECK(words.says("not an event log"));
}

TEST_CASE_METHOD(Damaged, "a newer log is moved aside whole and said to be newer") {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path().c_str(), &database) == SQLITE_OK);
  sqlite3_exec(database, "PRAGMA user_version=2; CREATE TABLE later(x)", nullptr, nullptr, nullptr);
  sqlite3_close(database);
  const std::string newer = slurp(path());
  open();
  REQUIRE(names_aside() == std::vector<std::string>{"bob@example.org.db.newer-20251124T000000Z"});
  CHECK(slurp(folder / names_aside()[0]) == newer);
  CHECK(words.says("newer version"));
  CHECK(queue().gap_unknown);
  CHECK(message("next") > microseconds(clock));
}

TEST_CASE_METHOD(Damaged, "of a log that cannot be used the named queues are there again, and told") {
  SECTION("damaged") {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path().c_str(), &database) == SQLITE_OK);
    sqlite3_exec(database, "UPDATE log SET events=4711", nullptr, nullptr, nullptr);
    sqlite3_close(database);
  }
  SECTION("newer") {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path().c_str(), &database) == SQLITE_OK);
    sqlite3_exec(database, "PRAGMA user_version=2", nullptr, nullptr, nullptr);
    sqlite3_close(database);
  }
  SECTION("with names that no queue can have") {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path().c_str(), &database) == SQLITE_OK);
    sqlite3_exec(database,
                 "UPDATE log SET events=4711;"
                 "INSERT INTO queue VALUES(7, 'No Name', '', 0, 0, 0, 0, 0, 0);"
                 "INSERT INTO queue VALUES(8, 'odd', ',a b,', 0, 0, 0, 0, 0, 0)",
                 nullptr, nullptr, nullptr);
    sqlite3_close(database);
  }
  open();
  REQUIRE(names_aside().size() == 1);
  REQUIRE(log->queues().size() == 2);
  const QueueState* jobs = log->queue("jobs");
  REQUIRE(jobs != nullptr);
  CHECK(jobs->gap_unknown);
  CHECK(jobs->pending == 0);
  CHECK(jobs->only == std::vector<std::string>{"MSG"});
  status("bob@example.org", "away");
  message("next");
  commit();
  CHECK(log->queue("jobs")->pending == 1);
  log.reset();
  open();
  CHECK(log->queue("jobs")->pending == 1);
}

TEST_CASE_METHOD(Damaged, "several logs moved aside at one moment keep their own names") {
  for (int i = 0; i < 3; ++i) {
    spill(path(), "damage " + std::to_string(i));
    open();
    log.reset();
  }
  REQUIRE(names_aside().size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(slurp(folder / names_aside()[i]) == "damage " + std::to_string(i));
  }
}

TEST_CASE_METHOD(Damaged, "numbers rise even when the clock was set back before the damage") {
  spill(path(), "damage");
  clock.set(msn::Time{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}});
  open();
  const std::uint64_t first = message("first");
  CHECK(first > 1'700'000'000'000'000u);  // the time of the file
  commit();
  log.reset();
  spill(path(), "damage");
  open();
  CHECK(message("second") > first);
}

TEST_CASE_METHOD(Damaged, "a log whose main file has gone is not mixed with what it left behind") {
  open();
  messages(1, 3);
  commit();
  Fixture after;
  std::filesystem::copy_file(path() + "-wal", after.path() + "-wal");
  after.open();
  CHECK(after.queue().gap_unknown);
  CHECK(after.cursors().empty());
  CHECK(after.words.says("main file is missing"));
}

TEST_CASE_METHOD(Damaged, "a damaged write-ahead file is told, whatever of it could be read") {
  open();
  for (int i = 0; i < 20; ++i) {
    message("later " + std::to_string(i));
    commit();
  }
  const std::string wal = slurp(path() + "-wal");
  const std::string file = slurp(path());
  REQUIRE(wal.size() > 20'000);
  const auto last = log->last_cursor();
  const std::size_t frames = (wal.size() - 32) / (24 + 4096);
  for (std::size_t frame = 0; frame < frames; frame += 3) {
    for (const std::size_t at : {std::size_t{0}, 32 + frame * (24 + 4096) + 100}) {
      std::string garbage = wal;
      garbage[at] = static_cast<char>(garbage[at] ^ 0x55);
      Fixture after;
      spill(after.path(), file);
      spill(after.path() + "-wal", garbage);
      after.open();
      INFO("frame " << frame << " of " << frames);
      CHECK((after.queue().gap_unknown || after.log->last_cursor() == last));
      if (at == 0 || frame + 6 < frames) CHECK(after.queue().gap_unknown);
      CHECK(after.message("next") > last);
    }
  }
}

TEST_CASE_METHOD(Fixture, "a write that was cut off is not damage") {
  open();
  messages(1, 3);
  commit();
  const std::string before = slurp(path() + "-wal");
  messages(4, 6);
  commit();
  const std::string wal = slurp(path() + "-wal");
  const std::string file = slurp(path());
  for (std::size_t size = before.size(); size <= wal.size(); size += 37) {
    Fixture after;
    spill(after.path(), file);
    spill(after.path() + "-wal", wal.substr(0, size));
    after.open();
    INFO("cut at " << size);
    CHECK_FALSE(after.queue().gap_unknown);
    CHECK(after.cursors() == (size == wal.size() ? range(1, 6) : range(1, 3)));
  }
}

namespace {

struct Running : Fixture {
  // A log too large for its cache, open, whose file is then overwritten.
  Running() {
    open();
    REQUIRE(log->create_queue("jobs", Start::oldest, 0, {"MSG"}));
    for (int i = 0; i < 40; ++i) messages(500 * i, 500 * i + 499);
    commit();
    open();
    std::fstream file(path(), std::ios::binary | std::ios::in | std::ios::out);
    const auto size = std::filesystem::file_size(path());
    file.seekp(8192);
    file << std::string(size - 8192, '\x5a');
  }
};

}  // namespace

TEST_CASE_METHOD(Running, "damage found while running begins a fresh log and loses nothing new") {
  const auto before = log->last_cursor();
  log->set_mark("heard");
  SECTION("by a reader") {
    std::size_t seen = 0;
    const auto read = log->read_history({}, [&](const Record&) { return ++seen < 10'000; });
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find("damaged") != std::string::npos);
  }
  SECTION("by a writer") {
    for (std::uint64_t i = 1; i <= before && !words.says("damaged"); i += 100) {
      (void)log->take("jobs", range(i, i + 99), false);
    }
  }
  SECTION("by events that arrive") {
    retention.events = 100;
    REQUIRE(log->change(durability, retention));
    for (int i = 0; i < 500 && !words.says("damaged"); ++i) commit();
    CHECK(cursors().empty());
  }
  REQUIRE(words.says("is damaged"));
  CHECK(queue().gap_unknown);
  CHECK(queue("jobs").gap_unknown);
  CHECK(message("after") > before);
  commit();
  CHECK(wires().size() == 1);
  CHECK(wires("jobs").size() == 1);
  open();
  CHECK(queue().gap_unknown);
  CHECK(queue("jobs").gap_unknown);
  CHECK(wires().size() == 1);
  CHECK(log->mark() == "heard");
}

// SPDX-License-Identifier: MIT
// Damaged files: the log always opens. Damage that SQLite detects is logged and starts a new log;
// damage that SQLite cannot detect is not noticed.
#include "tests/store/support.hpp"

using namespace msn::store;
using namespace msn::store::test;

namespace {

struct Damaged : Fixture {
  // A closed log with events of each kind; `whole` is the content of its file.
  Damaged() {
    open();
    messages(1, 60);
    create("jobs", Start::oldest, 0, {"MSG"});
    for (int i = 0; i < 20; ++i) {
      status(std::to_string(i % 7) + "@example.org", "away");
      typing(std::to_string(i % 7) + "@example.org");
    }
    message(std::string(20'000, 'x'));
    take(range(1, 30));
    take({40, 42});
    expected = everything();
    close();
    whole = slurp(path());
  }

  Cursors pages() const { return range(0, whole.size() / 4096 - 1); }

  std::vector<std::string> names_aside() {
    std::vector<std::string> result;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      const std::string name = entry.path().filename().string();
      // Without SQLite's other files.
      if (name.find(".damaged-") != std::string::npos && !name.ends_with("-wal") &&
          !name.ends_with("-shm"))
        result.push_back(name);
    }
    std::sort(result.begin(), result.end());
    return result;
  }

  // Opens a log with `content` and uses it. If damage is found, at the opening or later, the log
  // has a gap of unknown size and a message is logged. New cursors are greater than all earlier
  // ones.
  bool survives(const std::string& content) {
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      std::filesystem::remove(entry.path());
    spill(path(), content);
    words.clear();
    open();
    const auto seen = everything();
    const std::uint64_t next = message("next");
    CHECK(next > 101);
    CHECK(cursors().back() == next);
    (void)everything();
    const bool damaged = words.says("is damaged");
    CHECK(names_aside().size() == (damaged ? 1 : 0));
    if (damaged) CHECK(queue().gap_unknown);
    close();
    return !damaged && seen == expected;
  }

  std::string whole;
  std::vector<std::string> expected;
};

}  // namespace

TEST_CASE_METHOD(Damaged, "an undamaged file has all events and logs nothing") {
  CHECK(survives(whole));
  CHECK(words.text().empty());
}

TEST_CASE_METHOD(Damaged, "a file truncated anywhere can be opened") {
  for (std::size_t size = 0; size < whole.size(); size += size < 200 ? 33 : 2999) {
    INFO("cut at " << size << " of " << whole.size());
    CHECK_FALSE(survives(whole.substr(0, size)));
  }
}

TEST_CASE_METHOD(Damaged, "the log survives a page of zeros or noise") {
  for (const std::uint64_t page : pages()) {
    for (const char filler : {'\0', '\x5a'}) {
      std::string damaged = whole;
      damaged.replace(page * 4096, 4096, 4096, filler);
      INFO("page " << page);
      survives(damaged);
    }
  }
}

TEST_CASE_METHOD(Damaged, "the log survives garbage in the header") {
  std::uint64_t random = 99;
  for (std::size_t at = 0; at < 128; at += 4) {
    std::string damaged = whole;
    for (std::size_t i = at; i < at + 4; ++i) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      damaged[i] = static_cast<char>(random >> 56);
    }
    INFO("garbage at " << at);
    survives(damaged);
  }
}

TEST_CASE_METHOD(Damaged, "a flipped letter in a text is not detected") {
  const auto at = whole.find("\n\n50\n");
  REQUIRE(at != std::string::npos);
  std::string damaged = whole;
  damaged[at + 2] = '9';
  CHECK_FALSE(survives(damaged));
  CHECK(words.text().empty());
  open();
  CHECK_FALSE(queue().gap_unknown);
  const auto shown = records("-", {{}, 49, 50});
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].wire == "MSG 3 2 bob@example.org\nA: b\n\n90\n");
}

TEST_CASE_METHOD(Damaged, "a file that is not an event log is renamed with a date") {
  const std::string content = GENERATE(
      as<std::string>(), "", "x", "hello, this is not a database\n", std::string(100'000, '\xa5'));
  spill(path(), content);
  words.clear();
  open();
  REQUIRE(names_aside() == std::vector<std::string>{"bob@example.org.db.damaged-20240517T120000Z"});
  CHECK(slurp(folder / names_aside()[0]) == content);
  CHECK(words.says("is damaged"));
  CHECK(words.says(names_aside()[0]));
  CHECK(queue_names() == std::vector<std::string>{"-"});
  CHECK(queue().gap_unknown);
  CHECK(queue().pending == 0);
  // Cursors continue at the clock in microseconds.
  const auto started = static_cast<std::uint64_t>(clock.now().time_since_epoch().count()) * 1000;
  CHECK(log->last_cursor() == started - 1);
  CHECK(message("first") == started);
  REQUIRE(log->missing_after(100));
  CHECK(log->missing_after(100)->unknown);
  CHECK_FALSE(log->missing_after(log->last_cursor()));
  open();
  CHECK(queue().gap_unknown);
  take_all("-", true);
  open();
  CHECK_FALSE(queue().gap_unknown);
  CHECK(names_aside().size() == 1);
}

TEST_CASE_METHOD(Damaged, "the database of another program is renamed") {
  std::filesystem::remove(path());
  OtherHandle(path()).run("CREATE TABLE event(cursor)");
  open();
  CHECK(queue().gap_unknown);
  CHECK(words.says("not an event log"));
}

TEST_CASE_METHOD(Damaged, "several logs renamed at the same time get different names") {
  for (int i = 0; i < 3; ++i) {
    spill(path(), "damage " + std::to_string(i));
    open();
    close();
  }
  REQUIRE(names_aside().size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(slurp(folder / names_aside()[i]) == "damage " + std::to_string(i));
}

TEST_CASE_METHOD(Damaged, "the remaining files of a log without its main file are not used") {
  open();
  messages(1, 3);
  Fixture after;
  std::filesystem::copy_file(path() + "-wal", after.path() + "-wal");
  after.open();
  CHECK(after.queue().gap_unknown);
  CHECK(after.cursors().empty());
  CHECK(after.words.says("main file is missing"));
}

TEST_CASE_METHOD(Fixture, "an interrupted commit has no effect") {
  open();
  messages(1, 3);
  const std::string before = slurp(path() + "-wal");
  messages(4, 6);
  const std::string wal = slurp(path() + "-wal");
  const std::string file = slurp(path());
  for (std::size_t size = before.size(); size <= wal.size(); size += 499) {
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
  // An open log, larger than its cache, whose file is then overwritten.
  Running() {
    open();
    create("jobs", Start::oldest, 0, {"MSG"});
    for (int i = 0; i < 40; ++i) messages(500 * i, 500 * i + 499);
    set_mark("heard");
    close();
    open();
    begin_queue("late", Start::oldest);
    std::fstream file(path(), std::ios::binary | std::ios::in | std::ios::out);
    const auto size = std::filesystem::file_size(path());
    file.seekp(8192);
    file << std::string(size - 8192, '\x5a');
  }
  void has_begun_again(std::uint64_t before) {
    CHECK(words.says("is damaged"));
    CHECK(queue_names() == std::vector<std::string>{"-", "jobs", "late"});
    for (const QueueState& state : log->queues()) CHECK(state.gap_unknown);
    CHECK(queue("jobs").only == std::vector<std::string>{"MSG"});
    CHECK(log->mark() == "heard");
    typing("bob@example.org");
    const auto next = message("after");
    CHECK(next > before);
    for (const bool again : {false, true}) {
      if (again) open();
      CHECK(cursors().back() == next);
      CHECK(cursors("jobs").back() == next);
      CHECK(queue("jobs").gap_unknown);
      CHECK(log->mark() == "heard");
    }
  }
};

}  // namespace

TEST_CASE_METHOD(Running, "damage found by a read starts a new log with the same queues") {
  const auto before = log->last_cursor();
  const auto read = log->read_history({}, [](const Record&) { return true; });
  REQUIRE_FALSE(read);
  CHECK(read.error().message.find("damaged") != std::string::npos);
  has_begun_again(before);
}

TEST_CASE_METHOD(Fixture, "an event without its text is damage also when reading for one contact") {
  const Selection selection{{}, 0, UINT64_MAX, GENERATE("", "bob@example.org")};
  const bool in_queue = GENERATE(false, true);
  open();
  messages(1, 3);
  OtherHandle(path()).run("DELETE FROM body WHERE cursor=2");
  const auto all = [](const Record&) { return true; };
  const auto read =
      in_queue ? log->read_queue("-", selection, all) : log->read_history(selection, all);
  CHECK_FALSE(read);
  CHECK(words.says("is damaged"));
}

TEST_CASE_METHOD(Running, "damage found by a commit starts a new log with the commit") {
  const auto before = log->last_cursor();
  Changes changes;
  changes.takes = {{"-", range(1, 20'000)}};
  changes.records = {text("new")};
  commit(changes);
  CHECK(changes.takes[0].taken == 0);
  CHECK(changes.records[0].cursor > before);
  CHECK(cursors() == Cursors{changes.records[0].cursor});
  CHECK(cursors("jobs") == Cursors{changes.records[0].cursor});
  has_begun_again(before);
}

TEST_CASE_METHOD(Running,
                 "a damaged log that cannot be replaced for lack of space is replaced later") {
  const auto before = log->last_cursor();
  Changes changes;
  changes.takes = {{"-", range(1, 20'000)}};
  changes.records = {text("new")};
  {
    const NoRoom full(GENERATE(as<rlim_t>{}, 1, 10'000, 34'000));
    for (int i = 0; i < 2; ++i) CHECK_FALSE(log->commit(changes));
    CHECK(log->last_cursor() == before);
  }
  commit(changes);
  CHECK(cursors() == Cursors{changes.records[0].cursor});
  has_begun_again(before);
}

TEST_CASE_METHOD(Running, "a successful read does not invalidate queues") {
  {
    const NoRoom full(GENERATE(as<rlim_t>{}, 1, 10'000, 34'000));
    CHECK_FALSE(log->read_history({}, [](const Record&) { return true; }));
  }
  const QueueState& before = queue();
  const auto read = log->read_queue("-", {}, [](const Record&) { return true; });
  CHECK((!read || &queue() == &before));
  CHECK(log->read_queue("-", {}, [](const Record&) { return true; }));
}

TEST_CASE_METHOD(Running,
                 "a gap reported before damage is found does not clear the gap of the new log") {
  Changes changes;
  changes.takes = {{"-", range(1, 20'000), true, 5}};
  commit(changes);
  CHECK(queue().gap_unknown);
}

TEST_CASE_METHOD(Fixture, "impossible cursors are damage") {
  open();
  message("one");
  close();
  OtherHandle(path()).run(GENERATE("UPDATE log SET last=9223372036854775807",
                                   "UPDATE log SET last=-1", "UPDATE log SET started=0",
                                   "UPDATE log SET floor=last+1"));
  for (int i = 0; i < 2; ++i) {
    open();
    message("two");
  }
  CHECK(records().size() == 2);
  CHECK(queue().gap_unknown);
}

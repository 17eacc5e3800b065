// SPDX-License-Identifier: MIT
#include "core/network/local/worker.hpp"

#include "tests/network/local/fixture.hpp"
#include "tests/support/remembering_log.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <asio/post.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <future>
#include <thread>

using namespace msn;
using namespace msn::test;
using namespace msn::network::local;
using Access = Worker::Access;

namespace {

struct WorkerFixture {
  TempDir directory;
  asio::io_context loop;
  NullLog log;
  std::string path = directory / "local.db";
  std::unique_ptr<Worker> worker = std::make_unique<Worker>(path, loop, log);
  Time now{};
  std::vector<std::string> finished;

  WorkerFixture() { make_database(path); }
  static void make_database(const std::string& path) {
    TimeLimit time_limit;
    REQUIRE(Store::open(path, time_limit));
  }

  std::function<void(Result<void>)> note(const std::string& what) {
    return [this, what](const Result<void>& result) {
      finished.push_back(what + (result ? " ok" : " failed"));
    };
  }
  std::function<Result<void>(Store&)> make(const std::string& name) {
    return [this, name](Store& store) -> Result<void> {
      auto made = store.create_account(name, "hash", now);
      if (!made) return fail(made.error());
      return {};
    };
  }
  // Adds a job, alone in its transaction, that blocks the thread until the returned function is
  // called.
  std::function<void()> hold() {
    auto begun = std::make_shared<std::promise<void>>();
    auto go = std::make_shared<std::promise<void>>();
    worker->add({Access::write,
                 [begun, go](Store&) -> Result<void> {
                   begun->set_value();
                   go->get_future().wait();
                   return {};
                 },
                 note("first")});
    begun->get_future().wait();
    return [go] { go->set_value(); };
  }
  std::vector<std::string> accounts() {
    std::vector<std::string> found;
    SQLite::Database db(path, SQLite::OPEN_READONLY);
    SQLite::Statement query(db, "SELECT email FROM account ORDER BY id");
    while (query.executeStep()) found.push_back(query.getColumn(0).getString());
    return found;
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a job that fails because of the database is logged and a refusal is not") {
  TempDir directory;
  asio::io_context loop;
  RememberingLog log;
  {
    Worker worker(directory / "local.db", loop, log);
    worker.add({.access = Access::alone,  // creates the database
                .run = [](Store&) { return Result<void>(); },
                .at_the_end = true});
    const auto job = [&](Error error) {
      worker.add(
          {.run = [error](Store&) -> Result<void> { return fail(error); }, .at_the_end = true});
    };
    job({ErrorCode::network, "the disk is on fire"});
    job({ErrorCode::unknown_contact, "not known here"});
  }
  CHECK(log.has("network.local: the disk is on fire\n"));
  CHECK_FALSE(log.has("not known"));
}

TEST_CASE_METHOD(WorkerFixture, "jobs run and report in order and one fails alone") {
  worker->add({Access::write, make("a"), note("a")});
  worker->add({Access::write,
               [&](Store& store) -> Result<void> {
                 CHECK(make("half")(store));
                 return fail(ErrorCode::invalid, "no");
               },
               note("b")});
  worker->add({Access::write, make("a"), note("c")});  // exists already
  worker->add({Access::read,
               [](Store& store) -> Result<void> {
                 const auto found = store.find_account("a");
                 return found && *found ? Result<void>() : fail(ErrorCode::internal);
               },
               note("d")});
  worker->add({Access::write, make("e"), note("e")});
  REQUIRE(pump(loop, [&] { return finished.size() == 5; }));
  CHECK(finished == Names{"a ok", "b failed", "c failed", "d ok", "e ok"});
  CHECK(accounts() == Names{"a", "e"});
}

TEST_CASE_METHOD(WorkerFixture, "waiting jobs share one transaction") {
  // The other jobs queue up while the first one blocks the thread.
  const auto go = hold();
  constexpr int count = 100;
  std::vector<std::int64_t> changes;
  for (int i = 0; i < count; ++i)
    worker->add({Access::write,
                 [&, i](Store& store) {
                   // Other connections see no change before the commit.
                   SQLite::Database db(path, SQLite::OPEN_READONLY);
                   changes.push_back(db.execAndGet("SELECT count(*) FROM account").getInt64());
                   return make(std::to_string(i))(store);
                 },
                 note("job")});
  go();
  REQUIRE(pump(loop, [&] { return finished.size() == count + 1; }));
  CHECK(changes == std::vector<std::int64_t>(count, 0));
  CHECK(accounts().size() == count);
}

TEST_CASE_METHOD(WorkerFixture, "a failed commit undoes and fails every job") {
  worker->add({Access::write, make("a"), note("a")});
  REQUIRE(pump(loop, [&] { return finished.size() == 1; }));
  const auto go = hold();
  worker->add({Access::write, make("b"), note("b")});
  worker->add({Access::write,
               [](Store& store) -> Result<void> {
                 store.rollback();  // as SQLite does on a full disk
                 return {};
               },
               note("c")});
  go();
  REQUIRE(pump(loop, [&] { return finished.size() == 4; }));
  // The job that was alone in its transaction is not affected.
  CHECK(finished == Names{"a ok", "first ok", "b failed", "c failed"});
  CHECK(accounts() == Names{"a"});
  worker->add({Access::write, make("d"), note("d")});
  REQUIRE(pump(loop, [&] { return finished.size() == 5; }));
  CHECK(finished.back() == "d ok");
}

TEST_CASE_METHOD(WorkerFixture, "at destruction only at_the_end jobs run and nothing is reported") {
  const auto go = hold();
  worker->add({Access::write, make("dropped"), note("dropped")});
  worker->add({Access::write, make("kept"), note("kept"), true});
  std::thread ender([&] { go(); });
  worker.reset();
  ender.join();
  loop.restart();
  loop.poll();
  CHECK(finished.empty());
  const auto left = accounts();
  CHECK(std::find(left.begin(), left.end(), "kept") != left.end());
}

TEST_CASE_METHOD(WorkerFixture, "a lock of another program blocks the worker and not the loop") {
  worker->add({Access::write, make("a"), note("a")});
  REQUIRE(pump(loop, [&] { return finished.size() == 1; }));
  SQLite::Database other(path, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  worker->add({Access::write, make("b"), note("b")});
  bool free = false;
  asio::post(loop, [&] { free = true; });
  REQUIRE(pump(loop, [&] { return free; }));
  CHECK(finished.size() == 1);
  other.exec("COMMIT");
  REQUIRE(pump(loop, [&] { return finished.size() == 2; }));
  CHECK(finished.back() == "b ok");
}

TEST_CASE_METHOD(WorkerFixture, "destroying the worker does not wait long for a lock") {
  worker->add({Access::write, make("a"), note("a")});
  REQUIRE(pump(loop, [&] { return finished.size() == 1; }));
  SQLite::Database other(path, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  worker->add({Access::write, make("b"), note("b"), true});
  worker.reset();  // would take 4 s, and never end if it waited for the lock
  CHECK(accounts() == Names{"a"});
}

TEST_CASE_METHOD(WorkerFixture, "every job fails until the database can be opened") {
  worker = std::make_unique<Worker>(directory / "later/local.db", loop, log);
  worker->add({Access::write, make("a"), note("a")});
  worker->add({Access::alone, make("b"), note("b")});
  REQUIRE(pump(loop, [&] { return finished.size() == 2; }));
  CHECK(finished == Names{"a failed", "b failed"});
  std::filesystem::create_directory(directory / "later");
  worker->add({Access::alone, make("c"), note("c")});
  REQUIRE(pump(loop, [&] { return finished.size() == 3; }));
  CHECK(finished.back() == "c ok");
}

TEST_CASE_METHOD(WorkerFixture, "only a login creates a missing database") {
  const std::string later = directory / "later.db";
  worker = std::make_unique<Worker>(later, loop, log);
  worker->add({Access::write, make("a"), note("a")});
  REQUIRE(pump(loop, [&] { return finished.size() == 1; }));
  CHECK(finished.back() == "a failed");
  CHECK_FALSE(std::filesystem::exists(later));
  worker->add({Access::alone, make("b"), note("b")});
  REQUIRE(pump(loop, [&] { return finished.size() == 2; }));
  CHECK(finished.back() == "b ok");
}

TEST_CASE_METHOD(WorkerFixture, "a database that is replaced is opened again") {
  worker->add({Access::write, make("a"), note("a")});
  REQUIRE(pump(loop, [&] { return finished.size() == 1; }));
  const std::string other = directory / "other.db";
  make_database(other);
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path + suffix);
  std::filesystem::rename(other, path);
  worker->add({Access::write, make("b"), note("b")});
  REQUIRE(pump(loop, [&] { return finished.size() == 2; }));
  CHECK(finished.back() == "b ok");
  worker.reset();
  CHECK(accounts() == Names{"b"});
}

TEST_CASE_METHOD(WorkerFixture, "a read before the first write needs no lock") {
  auto begun = std::make_shared<std::promise<void>>(), go = std::make_shared<std::promise<void>>();
  worker->add({Access::read,
               [begun, go](Store&) -> Result<void> {
                 begun->set_value();
                 go->get_future().wait();
                 return {};
               },
               note("first")});
  begun->get_future().wait();
  worker->add({Access::read, [](Store&) { return Result<void>(); }, note("read")});
  worker->add({Access::write, make("a"), note("write")});
  SQLite::Database other(path, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  go->set_value();
  REQUIRE(pump(loop, [&] { return finished.size() == 2; }));
  CHECK(finished == Names{"first ok", "read ok"});
  other.exec("COMMIT");
  REQUIRE(pump(loop, [&] { return finished.size() == 3; }));
  CHECK(finished.back() == "write ok");
}

TEST_CASE_METHOD(WorkerFixture, "a daemon with many writes lets other daemons write in between") {
  Worker other(path, loop, log);
  bool ready = false;
  other.add({Access::write, make("ready"), [&](const Result<void>&) { ready = true; }});
  REQUIRE(pump(loop, [&] { return ready; }));
  constexpr std::size_t many = 2500;  // several groups of jobs
  std::size_t done = 0, done_before = many;
  const auto go = hold();
  for (std::size_t i = 0; i < many; ++i)
    worker->add({Access::write, make(std::to_string(i)),
                 [&](const Result<void>& result) { done += result.has_value(); }});
  other.add({Access::write, make("other"), [&](const Result<void>& result) {
               CHECK(result);
               done_before = done;
             }});
  go();
  REQUIRE(pump(loop, [&] { return done == many; }));
  CHECK(done_before < many);
}

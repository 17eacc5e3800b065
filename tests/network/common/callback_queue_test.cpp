// SPDX-License-Identifier: MIT
// The callback queue, the worker and the memory file.
#include "core/network/common/callback_queue.hpp"

#include "core/base/small_file.hpp"
#include "core/network/common/memory.hpp"
#include "tests/support/network_peer.hpp"
#include "tests/support/remembering_log.hpp"
#include "tests/support/temp_dir.hpp"

#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <future>
#include <thread>

using namespace msn;
using namespace msn::test;
using namespace msn::network;
using Calls = std::vector<std::string>;

namespace {

struct Fixture : Listener {
  void on_batch(Batch batch) override {
    calls.push_back("batch " + std::to_string(batch.events.size()));
    batch.stored();
  }
  std::string mark(std::string_view) override { return {}; }
  void on_state(State) override { calls.push_back("state"); }
  Network::Done done(const std::string& name) {
    return [this, name](const Result<void>& result) {
      calls.push_back(name + (result ? " ok" : " failed"));
    };
  }
  void run() {
    loop.restart();
    loop.run();
  }

  asio::io_context loop;
  SystemClock clock;
  RememberingLog log;
  TempDir directory;
  Calls calls;
  std::unique_ptr<CallbackQueue> callbacks =
      std::make_unique<CallbackQueue>(Dependencies{loop, *this, clock, log, directory.path()});
};

}  // namespace

TEST_CASE("results and events are delivered later in order") {
  Fixture f;
  const auto first = f.callbacks->token(f.done("first"));
  const auto second = f.callbacks->token(f.done("second"));
  CHECK(first < second);
  f.callbacks->finish(second, {});
  f.callbacks->emit({{model::Opened{}, model::Opened{}}});
  f.callbacks->finish(first, fail(ErrorCode::network));
  f.callbacks->report(State::online);
  CHECK(f.calls.empty());
  f.run();
  CHECK(f.calls == Calls{"second ok", "batch 2", "first failed", "state"});
  f.callbacks->finish(first, {});
  f.callbacks->finish(0, {});
  f.run();
  CHECK(f.calls.size() == 4);
}

TEST_CASE("nothing is called after destruction even by a callback") {
  Fixture f;
  f.callbacks->finish(f.callbacks->token([&](const Result<void>&) { f.callbacks.reset(); }), {});
  f.callbacks->report(State::offline);
  f.callbacks->set_timer(f.callbacks->now(), [&] { f.calls.push_back("time"); });
  SECTION("by a call") {
    f.run();
    CHECK_FALSE(f.callbacks);
  }
  SECTION("before any call") {
    f.callbacks.reset();
    f.run();
  }
  CHECK(f.calls.empty());
}

TEST_CASE("only the last timer is active") {
  Fixture f;
  const auto tell = [&](const std::string& name) { return [&, name] { f.calls.push_back(name); }; };
  f.callbacks->set_timer(f.callbacks->now() + std::chrono::hours(1), tell("late"));
  f.callbacks->set_timer(f.callbacks->now(), tell("now"));
  f.run();
  CHECK(f.calls == Calls{"now"});
  f.callbacks->set_timer(f.callbacks->now(), tell("never"));
  f.callbacks->set_timer(std::nullopt, tell("nothing"));
  f.run();
  CHECK(f.calls == Calls{"now"});
}

TEST_CASE("a worker runs jobs in order on its thread and then calls the loop") {
  Fixture f;
  std::thread::id worked;
  std::optional<Worker> worker(f.loop);
  worker->add([&] { worked = std::this_thread::get_id(); }, [&] { f.calls.push_back("then 1"); });
  worker->add([] {}, [&] { f.calls.push_back("then 2"); });
  REQUIRE(pump(f.loop, [&] { return f.calls.size() == 2; }));
  CHECK(f.calls == Calls{"then 1", "then 2"});
  CHECK(worked != std::this_thread::get_id());

  // Added jobs are done, but not reported.
  std::promise<void> go;
  bool done = false;
  worker->add([&] { go.get_future().wait(); }, [] { FAIL(); });
  worker->add([&] { done = true; }, [] { FAIL(); });
  go.set_value();
  worker.reset();
  CHECK(done);
  f.run();
}

TEST_CASE("a text that depends on events is written after they are stored") {
  Fixture f;
  const auto path = f.directory / "folder/file";
  std::optional<Worker> worker(f.loop);
  auto memory = Memory::make(path, *worker, f.log, "test");
  const auto written = [&] {  // reading waits for all earlier writes
    std::optional<std::optional<std::string>> text;
    memory->read([&](std::optional<std::string> read) { text = std::move(read); });
    REQUIRE(pump(f.loop, [&] { return text.has_value(); }));
    return text->value_or("nothing");
  };
  CHECK(written() == "nothing");
  memory->keep("one");
  CHECK(written() == "one");

  const auto second = memory->keep_when_stored("two");
  SECTION("stored") {
    memory->keep("three");
    CHECK(written() == "one");
    second();
    CHECK(written() == "three");
    memory->keep("four");
    CHECK(written() == "four");
  }
  SECTION("a later text replaces the earlier ones") {
    memory->keep("three");
    const auto fourth = memory->keep_when_stored("four");
    second();
    CHECK(written() == "two");
    fourth();
    CHECK(written() == "four");
  }
  SECTION("never stored: another session neither waits nor is overwritten") {
    memory = Memory::make(path, *worker, f.log, "test");
    memory->keep("other");
    CHECK(written() == "other");
    second();
    CHECK(written() == "other");
  }
  CHECK(f.log.text.empty());
}

TEST_CASE("a file that cannot be written is logged") {
  Fixture f;
  REQUIRE(replace_small_file(f.directory / "folder", "in the way"));
  {
    Worker worker(f.loop);
    Memory::make(f.directory / "folder/file", worker, f.log, "test")->keep("text");
  }
  CHECK(f.log.text.find("folder") != std::string::npos);
}

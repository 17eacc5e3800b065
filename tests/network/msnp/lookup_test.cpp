// SPDX-License-Identifier: MIT
// Name lookups that hang: nobody waits for them, and what they find too late goes nowhere.
#include "core/network/msnp/lookup.hpp"

#include "tests/network/msnp/msn_bench.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using network::State;

namespace {

const HostPort somewhere{"ms.example.org", 1863};

// A name service that finds this machine when it is told to.
class Gate {
 public:
  ~Gate() { open(); }  // nothing of a test is left for the next one

  Lookups::Ask ask() const {
    return [inside = inside_](const HostPort& host) -> Result<Endpoints> {
      // Goes when the thread has let go of everything else.
      thread_local std::optional<Visit> visit;
      visit.emplace(inside);
      std::unique_lock lock(inside->mutex);
      inside->changed.wait(lock, [&] { return inside->open; });
      return Endpoints{{asio::ip::address_v4::loopback(), host.port}};
    };
  }
  void until_asked(int times = 1) {
    std::unique_lock lock(inside_->mutex);
    inside_->changed.wait(lock, [&] { return inside_->asked >= times; });
  }
  // Returns when every thread that asked has told what it found, and ended.
  void open() {
    std::unique_lock lock(inside_->mutex);
    inside_->open = true;
    inside_->changed.notify_all();
    inside_->changed.wait(lock, [&] { return inside_->left == inside_->asked; });
  }

 private:
  struct Inside {
    std::mutex mutex;
    std::condition_variable changed;
    int asked = 0, left = 0;
    bool open = false;
  };
  class Visit {
   public:
    explicit Visit(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {
      count(inside_->asked);
    }
    ~Visit() { count(inside_->left); }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    void count(int& number) {
      const std::lock_guard lock(inside_->mutex);
      ++number;
      inside_->changed.notify_all();
    }
    std::shared_ptr<Inside> inside_;
  };
  std::shared_ptr<Inside> inside_ = std::make_shared<Inside>();
};

}  // namespace

TEST_CASE("a lookup is answered on the loop, once") {
  asio::io_context loop;
  std::optional<std::thread::id> asked_on, told_on;
  const Lookups lookups(loop, [&](const HostPort& host) -> Result<Endpoints> {
    asked_on = std::this_thread::get_id();
    CHECK(host == somewhere);
    return Endpoints{{asio::ip::address_v4::loopback(), 1863}};
  });
  int calls = 0;
  const auto lookup = lookups.start(somewhere, [&](const Result<Endpoints>& found) {
    ++calls;
    told_on = std::this_thread::get_id();
    REQUIRE(found);
    CHECK(found->size() == 1);
  });
  loop.run();  // which the lookup keeps from ending
  CHECK(calls == 1);
  CHECK(told_on == std::this_thread::get_id());
  CHECK(asked_on != told_on);
}

TEST_CASE("a lookup may be destroyed by its own answer") {
  asio::io_context loop;
  const Lookups lookups(loop);
  std::unique_ptr<Lookup> lookup;
  lookup = lookups.start({"127.0.0.1", 1}, [&](const Result<Endpoints>&) { lookup.reset(); });
  loop.run();
  CHECK_FALSE(lookup);
}

TEST_CASE("a lookup that nobody wants any more is not waited for, and tells nobody") {
  Gate gate;
  int calls = 0;
  {
    auto loop = std::make_unique<asio::io_context>();
    const Lookups lookups(*loop, gate.ask());
    auto lookup = lookups.start(somewhere, [&](const Result<Endpoints>&) { ++calls; });
    gate.until_asked();
    lookup.reset();
    loop->run();  // there is nothing to wait for
  }
  // The loop is gone: to touch it now is what the sanitizers would tell.
  gate.open();
  CHECK(calls == 0);
}

TEST_CASE("an answer that is on its way when the interest ends is not told") {
  Gate gate;
  asio::io_context loop;
  const Lookups lookups(loop, gate.ask());
  int calls = 0;
  auto lookup = lookups.start(somewhere, [&](const Result<Endpoints>&) { ++calls; });
  gate.until_asked();
  gate.open();
  lookup.reset();
  CHECK(loop.run() == 1);
  CHECK(calls == 0);
}

TEST_CASE("an address in numbers is not looked up") {
  asio::io_context loop;
  const Lookups lookups(loop, [](const HostPort&) -> Result<Endpoints> {
    return fail(ErrorCode::internal, "asked");
  });
  for (const std::string host : {"127.0.0.1", "::1"}) {
    std::optional<Result<Endpoints>> result;
    const auto lookup =
        lookups.start({host, 80}, [&](Result<Endpoints> found) { result = std::move(found); });
    CHECK_FALSE(result);
    loop.restart();
    loop.run();
    REQUIRE(result);
    REQUIRE(*result);
    REQUIRE((*result)->size() == 1);
    CHECK((*result)->front() == asio::ip::tcp::endpoint(asio::ip::make_address(host), 80));
  }
}

TEST_CASE("lookups that hang are bounded, wanted or not") {
  Gate gate;
  asio::io_context loop;
  const Lookups lookups(loop, gate.ask(), 2);
  const auto nobody = [](const Result<Endpoints>&) {};
  lookups.start(somewhere, nobody);
  lookups.start(somewhere, nobody);
  gate.until_asked(2);
  std::optional<Result<Endpoints>> result;
  const auto third =
      lookups.start(somewhere, [&](Result<Endpoints> found) { result = std::move(found); });
  loop.restart();
  loop.run();
  REQUIRE(result);
  REQUIRE_FALSE(*result);
  CHECK((*result).error().code == ErrorCode::network);
}

TEST_CASE("the system finds this machine, and says why it does not find another") {
  const auto found = Lookups::ask_system({"localhost", 1863});
  REQUIRE(found);
  REQUIRE_FALSE(found->empty());
  for (const auto& each : *found) {
    CHECK(each.address().is_loopback());
    CHECK(each.port() == 1863);
  }
  const auto missed = Lookups::ask_system({"no-such-host.invalid", 1863});
  REQUIRE_FALSE(missed);
  CHECK(missed.error().code == ErrorCode::network);
  CHECK_FALSE(missed.error().message.empty());
}

TEST_CASE("a network whose name lookup hangs logs off and goes at once") {
  Gate gate;
  MsnBench bench;
  auto options = bench.options();
  options.server.host = "localhost";
  options.look_up = gate.ask();
  RecordingListener said;
  auto network = std::make_unique<MsnpNetwork>(
      options,
      network::Surroundings{bench.loop, said, bench.clock, bench.log, bench.directory.path()});
  std::optional<Result<void>> login, logoff;
  network->login({"alice@example.com", network::Secret("secret")},
                 [&](Result<void> result) { login = std::move(result); });
  gate.until_asked();
  SECTION("by a log-off") {
    network->logoff([&](Result<void> result) { logoff = std::move(result); });
    REQUIRE(pump(bench.loop, [&] { return logoff.has_value(); }));
    CHECK(*logoff);
    REQUIRE(login);
    CHECK_FALSE(*login);
    gate.open();
    CHECK(network->state() == State::offline);
    SECTION("and logs in when names are found again") {
      bench.server.account("alice@example.com");
      login.reset();
      network->login({"alice@example.com", network::Secret("secret")},
                     [&](Result<void> result) { login = std::move(result); });
      REQUIRE(pump(bench.loop, [&] { return login.has_value(); }));
      CHECK(*login);
    }
  }
  SECTION("by its end") {
    network.reset();
    gate.open();
    bench.loop.restart();
    bench.loop.poll();
    CHECK_FALSE(login);
  }
}

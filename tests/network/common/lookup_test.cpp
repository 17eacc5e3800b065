// SPDX-License-Identifier: MIT
// Name lookups that hang: nobody waits for them, and what they find too late goes nowhere.
#include "core/network/common/lookup.hpp"

#include "tests/support/lookup_gate.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <thread>

using namespace msn;
using namespace msn::test;
using namespace msn::network;

namespace {

const HostPort somewhere{"ms.example.org", 1863};

}  // namespace

TEST_CASE("a lookup is answered on the loop, once") {
  asio::io_context loop;
  std::optional<std::thread::id> asked_on, told_on;
  const Lookups lookups(loop, {[&](const HostPort& host) -> Result<Endpoints> {
                          asked_on = std::this_thread::get_id();
                          CHECK(host == somewhere);
                          return Endpoints{{asio::ip::address_v4::loopback(), 1863}};
                        }});
  int calls = 0;
  const auto lookup = lookups.addresses(somewhere, [&](const Result<Endpoints>& found) {
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
  lookup = lookups.addresses({"127.0.0.1", 1}, [&](const Result<Endpoints>&) { lookup.reset(); });
  loop.run();
  CHECK_FALSE(lookup);
}

TEST_CASE("a lookup that nobody wants any more is not waited for, and tells nobody") {
  Gate gate;
  int calls = 0;
  {
    auto loop = std::make_unique<asio::io_context>();
    const Lookups lookups(*loop, {gate.ask()});
    auto lookup = lookups.addresses(somewhere, [&](const Result<Endpoints>&) { ++calls; });
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
  const Lookups lookups(loop, {gate.ask()});
  int calls = 0;
  auto lookup = lookups.addresses(somewhere, [&](const Result<Endpoints>&) { ++calls; });
  gate.until_asked();
  gate.open();
  lookup.reset();
  CHECK(loop.run() == 1);
  CHECK(calls == 0);
}

TEST_CASE("an address in numbers is not looked up") {
  asio::io_context loop;
  const Lookups lookups(loop, {[](const HostPort&) -> Result<Endpoints> {
                          return fail(ErrorCode::internal, "asked");
                        }});
  for (const std::string host : {"127.0.0.1", "::1"}) {
    std::optional<Result<Endpoints>> result;
    const auto lookup =
        lookups.addresses({host, 80}, [&](Result<Endpoints> found) { result = std::move(found); });
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
  const Lookups lookups(loop, {gate.ask()}, 2);
  const auto nobody = [](const Result<Endpoints>&) {};
  lookups.addresses(somewhere, nobody);
  lookups.addresses(somewhere, nobody);
  gate.until_asked(2);
  std::optional<Result<Endpoints>> result;
  const auto third =
      lookups.addresses(somewhere, [&](Result<Endpoints> found) { result = std::move(found); });
  loop.restart();
  loop.run();
  REQUIRE(result);
  REQUIRE_FALSE(*result);
  CHECK((*result).error().code == ErrorCode::network);
}

TEST_CASE("the system finds this machine, and says why it does not find another") {
  const auto found = Lookups::ask_addresses({"localhost", 1863});
  REQUIRE(found);
  REQUIRE_FALSE(found->empty());
  for (const auto& each : *found) {
    CHECK(each.address().is_loopback());
    CHECK(each.port() == 1863);
  }
  const auto missed = Lookups::ask_addresses({"no-such-host.invalid", 1863});
  REQUIRE_FALSE(missed);
  CHECK(missed.error().code == ErrorCode::network);
  CHECK_FALSE(missed.error().message.empty());
}

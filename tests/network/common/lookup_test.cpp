// SPDX-License-Identifier: MIT
// Name lookups, also ones that hang and ones that end after they were cancelled.
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

TEST_CASE("a lookup calls its Done once on the loop") {
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
  loop.run();  // a pending lookup keeps it running
  CHECK(calls == 1);
  CHECK(told_on == std::this_thread::get_id());
  CHECK(asked_on != told_on);
}

TEST_CASE("a lookup can be destroyed by its Done") {
  asio::io_context loop;
  const Lookups lookups(loop);
  std::unique_ptr<Lookup> lookup;
  lookup = lookups.addresses({"127.0.0.1", 1}, [&](const Result<Endpoints>&) { lookup.reset(); });
  loop.run();
  CHECK_FALSE(lookup);
}

TEST_CASE("a cancelled lookup calls no Done and is not waited for") {
  Gate gate;
  int calls = 0;
  {
    auto loop = std::make_unique<asio::io_context>();
    const Lookups lookups(*loop, {gate.ask()});
    auto lookup = lookups.addresses(somewhere, [&](const Result<Endpoints>&) { ++calls; });
    gate.until_asked();
    lookup.reset();
    loop->run();  // returns at once: nothing keeps it running
  }
  // The loop is destroyed: the sanitizers would report a use of it.
  gate.open();
  CHECK(calls == 0);
}

TEST_CASE("a lookup cancelled after its answer was posted calls no Done") {
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

TEST_CASE("a numeric address is not looked up") {
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

TEST_CASE("the number of lookups that hang is limited") {
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

TEST_CASE("the system resolves this machine and explains why it cannot resolve another") {
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

namespace {

// A DNS response with answers of a name, a type and data.
struct Record {
  std::string name;
  int type = 33;  // SRV
  std::string data;
};

std::string dns_name(const std::string& name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const auto end = std::min(name.find('.', at), name.size());
    out += static_cast<char>(end - at);
    out += name.substr(at, end - at);
    at = end + 1;
  }
  return out + '\0';
}

std::string number(int value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
}

std::string srv(int priority, int weight, int port, const std::string& target) {
  return number(priority) + number(weight) + number(port) + dns_name(target);
}

Result<Services> read(const std::vector<Record>& records) {
  std::string message = number(7) + number(0x8180) + number(0) +
                        number(static_cast<int>(records.size())) + number(0) + number(0);
  for (const auto& record : records)
    message += dns_name(record.name) + number(record.type) + number(1) + number(0) + number(60) +
               number(static_cast<int>(record.data.size())) + record.data;
  return read_services({reinterpret_cast<const unsigned char*>(message.data()), message.size()});
}

std::vector<std::string> hosts(const Services& services, double chance) {
  std::vector<std::string> names;
  for (const auto& each : in_order(services, [chance] { return chance; }))
    names.push_back(to_text(each));
  return names;
}

}  // namespace

TEST_CASE("SRV records are parsed and other records ignored") {
  const auto found = read({{"_x._tcp.example.org", 5, dns_name("y.example.org")},
                           {"y.example.org", 33, srv(10, 20, 5222, "a.example.org")},
                           {"y.example.org", 33, srv(5, 0, 5223, "b.example.org")}});
  REQUIRE(found);
  CHECK(*found == Services{{{"a.example.org", 5222}, 10, 20}, {{"b.example.org", 5223}, 5, 0}});
  CHECK(read({})->empty());
}

TEST_CASE("a service that is not offered has one record without a host") {
  const auto found = read({{"_x._tcp.example.org", 33, srv(0, 0, 0, "")}});
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().at.host.empty());
}

TEST_CASE("a truncated DNS response is an error and invalid names are ignored") {
  CHECK_FALSE(read({{"a", 33, "12345"}}));
  CHECK_FALSE(read_services({}));
  CHECK(read({{"a", 33, srv(0, 0, 1, "o dd.example")}})->empty());
}

TEST_CASE("services are ordered by priority and then at random by weight") {
  const Services services{
      {{"c", 1}, 20, 0}, {{"a", 1}, 10, 30}, {{"b", 1}, 10, 10}, {{"z", 1}, 10, 0}};
  CHECK(hosts(services, 0) == std::vector<std::string>{"z:1", "a:1", "b:1", "c:1"});
  CHECK(hosts(services, 0.5) == std::vector<std::string>{"a:1", "b:1", "z:1", "c:1"});
  CHECK(hosts(services, 1) == std::vector<std::string>{"b:1", "a:1", "z:1", "c:1"});
  CHECK(hosts({}, 1).empty());
}

TEST_CASE("services are looked up on another thread") {
  asio::io_context loop;
  Lookups::System system;
  std::optional<std::thread::id> asked_on;
  system.services = [&](const std::string& name) -> Result<Services> {
    asked_on = std::this_thread::get_id();
    CHECK(name == "_xmpp-client._tcp.example.org");
    return Services{{somewhere, 0, 0}};
  };
  const Lookups lookups(loop, system);
  std::optional<Result<Services>> result;
  const auto lookup = lookups.services("_xmpp-client._tcp.example.org",
                                       [&](Result<Services> found) { result = std::move(found); });
  loop.run();
  REQUIRE(result);
  CHECK((*result)->front().at == somewhere);
  CHECK(asked_on != std::this_thread::get_id());
}

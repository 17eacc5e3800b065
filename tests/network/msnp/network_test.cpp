// SPDX-License-Identifier: MIT
// Whole networks on the test server: what wire scripts cannot show, because two clients answer each
// other.
#include "core/network/msnp/driver.hpp"
#include "tests/network/msnp/msn_bench.hpp"
#include "tests/support/lookup_gate.hpp"

#include <asio/buffer.hpp>
#include <asio/write.hpp>
#include <catch2/catch.hpp>

#include <cstring>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <optional>

using namespace msn;
using namespace msn::test;
using model::Status;
using network::State;
using Texts = std::vector<std::string>;
using Ms = std::chrono::milliseconds;

namespace {

const std::string alice_email = "alice@example.com";
const std::string bob_email = "bob@example.com";

// An address of this machine that is neither loopback nor link-local; nothing: it has none.
std::optional<asio::ip::address> outer_address() {
  std::optional<asio::ip::address> found;
  ifaddrs* all = nullptr;
  REQUIRE(::getifaddrs(&all) == 0);
  for (const auto* each = all; each && !found; each = each->ifa_next) {
    if (!each->ifa_addr || each->ifa_addr->sa_family != AF_INET) continue;
    sockaddr_in inside{};
    std::memcpy(&inside, each->ifa_addr, sizeof inside);
    const asio::ip::address_v4 address(ntohl(inside.sin_addr.s_addr));
    if (!is_on_this_link(address.to_string())) found = address;
  }
  ::freeifaddrs(all);
  return found;
}

}  // namespace

TEST_CASE("a conversation continues after a restart of the server and lost texts are reported") {
  MsnBench bench;
  bench.timing.backoff_first = Ms(30);
  bench.server.befriend(alice_email, bob_email);
  Peer& alice = bench.online("alice");
  Peer& bob = bench.online("bob", Status::busy);
  REQUIRE(alice.hears(status_event(bob.email, "busy")));
  REQUIRE(bob.hears(status_event(alice.email, "online")));
  REQUIRE(alice.send(bob.email, "before", "1"));
  REQUIRE(alice.hears(model::Sent{"1", bob.email}));

  bench.server.manners.acknowledges = false;
  REQUIRE(alice.send(bob.email, "in between", "2"));
  REQUIRE(bob.until([&] { return bob.texts(alice.email).size() == 2; }));
  bench.server.stop();
  REQUIRE(alice.hears(model::Closed{}));
  REQUIRE(bob.hears(model::Closed{}));
  // Sent and not acknowledged: reported as lost.
  REQUIRE(alice.hears(
      model::Failed{"2", bob.email, "not acknowledged: the server closed the connection"}));
  CHECK(alice.said.count(model::Closed{bob.email, 0}) == 0);  // reported once
  CHECK(alice.network->state() == State::reconnecting);
  CHECK(alice.contact(bob.email)->status == Status::offline);
  REQUIRE(alice.send(bob.email, "meanwhile", "3"));
  CHECK(alice.network->self().queued == 1);

  bench.server.manners.acknowledges = true;
  bench.server.start();
  REQUIRE(alice.hears(model::Opened{}));
  REQUIRE(bob.hears(model::Opened{}));
  CHECK(alice.until([&] { return alice.network->self().status == Status::online; }));
  // Whichever of the two reconnected first.
  REQUIRE(alice.hears(model::Sent{"3", bob.email}));
  REQUIRE(alice.until([&] { return alice.contact(bob.email)->status == Status::busy; }));
  REQUIRE(alice.send(bob.email, "after", "4"));
  REQUIRE(alice.hears(model::Sent{"4", bob.email}));
  CHECK(bob.texts(alice.email).back() == "after");
  // The last reported status is the present one.
  CHECK(alice.said.all<model::StatusChange>().back() == model::StatusChange{bob.email, "busy", {}});
  CHECK(alice.said.states.back() == State::online);
}

TEST_CASE("LOGIN while reconnecting keeps queued texts") {
  MsnBench bench;
  bench.timing.backoff_first = std::chrono::hours(1);
  bench.server.befriend(alice_email, bob_email);
  Peer& alice = bench.online("alice");
  bench.server.stop();
  REQUIRE(alice.hears(model::Closed{}));
  REQUIRE(alice.send(bob_email, "meanwhile", "1"));
  bench.server.start();
  Peer& bob = bench.online("bob");
  REQUIRE(alice.login());
  REQUIRE(alice.hears(model::Sent{"1", bob_email}));
  CHECK(bob.texts(alice_email) == Texts{"meanwhile"});
  CHECK(alice.said.count(model::Opened{}) == 1);
  CHECK(alice.network->self().status == Status::online);
}

TEST_CASE("a wrong password at LOGIN while reconnecting does not replace the right one") {
  MsnBench bench;
  bench.timing.backoff_first = Ms(300);
  bench.server.befriend(alice_email, bob_email);
  Peer& alice = bench.online("alice");
  bench.online("bob");
  bench.server.stop();
  REQUIRE(alice.hears(model::Closed{}));
  REQUIRE(alice.send(bob_email, "meanwhile", "1"));
  const auto result = alice.login("sceret");
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(alice.network->state() == State::reconnecting);
  bench.server.start();
  REQUIRE(alice.until([&] { return alice.network->state() != State::reconnecting; }));
  REQUIRE(alice.network->state() == State::online);
  REQUIRE(alice.hears(model::Sent{"1", bob_email}));
}

TEST_CASE("a lost switchboard is logged and the next text opens a new one") {
  MsnBench bench;
  bench.server.befriend(alice_email, bob_email);
  Peer& alice = bench.online("alice");
  Peer& bob = bench.online("bob");
  REQUIRE(alice.hears(status_event(bob.email, "online")));
  REQUIRE(alice.send(bob.email, "one", "1"));
  REQUIRE(alice.hears(model::Sent{"1", bob.email}));
  bench.server.drop_switchboards();
  for (const auto* each : {"alice@example.com: the conversation with bob@example.com was lost",
                           "bob@example.com: the conversation with alice@example.com was lost"})
    REQUIRE(alice.until([&] { return bench.log.has(each); }));
  CHECK(alice.said.count(model::Closed{bob.email, 0}) == 0);  // nothing is lost
  REQUIRE(alice.send(bob.email, "two", "2"));
  REQUIRE(alice.hears(model::Sent{"2", bob.email}));
  CHECK(bob.texts(alice.email) == Texts{"one", "two"});
}

TEST_CASE("names given by the account and the reverse list are saved between sessions") {
  MsnBench bench;
  bench.server.befriend(alice_email, bob_email);
  Peer& alice = bench.online("alice");
  REQUIRE(alice.rename(bob_email, "Bobby B"));
  REQUIRE(alice.logoff());
  alice.network.reset();  // writes the file
  SECTION("with this state directory") {
    Peer& again = bench.device(alice_email, "alice");
    REQUIRE(again.login());
    CHECK(again.contact(bob_email)->nick == "Bobby B");
  }
  SECTION("but not with another one") {
    Peer& other = bench.device(alice_email, "elsewhere");
    REQUIRE(other.login());
    CHECK(other.contact(bob_email)->nick.empty());
    CHECK(other.said.events.empty());  // old contacts are not reported as new
  }
}

TEST_CASE("the saved lists are written only after the events are stored") {
  MsnBench bench;
  bench.server.account(alice_email);
  Peer& bob = bench.peer("bob");
  bob.said.stores = false;
  REQUIRE(bob.login());
  Peer& alice = bench.online("alice");
  REQUIRE(alice.add(bob.email));
  REQUIRE(bob.hears(model::AddedYou{alice.email}));
  // The daemon died before it stored the event.
  Peer& again = bench.device(bob.email, "bob");
  REQUIRE(again.login());
  REQUIRE(again.hears(model::AddedYou{alice.email}));
  again.network.reset();
  Peer& third = bench.device(bob.email, "bob");
  REQUIRE(third.login());
  CHECK(third.network->roster().size() == 1);
  CHECK(third.said.events.empty());
}

TEST_CASE("an untrusted certificate is an error that says what to do") {
  MsnBench bench;
  bench.server.account(alice_email);
  auto options = bench.options();
  options.ca_file.clear();
  RecordingListener said;
  network::msnp::MsnpNetwork network(
      options, {bench.loop, said, bench.clock, bench.log, bench.directory.path()});
  std::optional<Result<void>> result;
  network.login({alice_email, network::Secret("secret")},
                [&](Result<void> r) { result = std::move(r); });
  REQUIRE(pump(bench.loop, [&] { return result.has_value(); }));
  REQUIRE_FALSE(*result);
  CHECK(result->error().code == ErrorCode::network);
  CHECK(result->error().message.find("is not trusted") != std::string::npos);
  CHECK(result->error().message.find("--ca-file") != std::string::npos);
  CHECK(network.state() == State::offline);
}

TEST_CASE("a certificate for another name is refused") {
  MsnBench bench;
  bench.server.account(alice_email);
  auto options = bench.options();
  // The certificate is for localhost and 127.0.0.1.
  options.nexus = "https://127.0.0.2:" + options.nexus.substr(options.nexus.rfind(':') + 1);
  RecordingListener said;
  network::msnp::MsnpNetwork network(
      options, {bench.loop, said, bench.clock, bench.log, bench.directory.path()});
  std::optional<Result<void>> result;
  network.login({alice_email, network::Secret("secret")},
                [&](Result<void> r) { result = std::move(r); });
  REQUIRE(pump(bench.loop, [&] { return result.has_value(); }));
  CHECK(result->error().code == ErrorCode::network);
}

TEST_CASE("errors name a host that is unknown or refuses connections") {
  MsnBench bench;
  auto options = bench.options();
  std::string wanted;
  SECTION("unknown") {
    options.server.host = "no-such-host.invalid";
    wanted = "cannot find the host no-such-host.invalid";
  }
  SECTION("connection refused") {
    bench.server.stop();
    wanted = "cannot connect to 127.0.0.1 port ";
  }
  RecordingListener said;
  network::msnp::MsnpNetwork network(
      options, {bench.loop, said, bench.clock, bench.log, bench.directory.path()});
  std::optional<Result<void>> result;
  network.login({alice_email, network::Secret("secret")},
                [&](Result<void> r) { result = std::move(r); });
  REQUIRE(pump(bench.loop, [&] { return result.has_value(); }));
  CHECK(result->error().code == ErrorCode::network);
  CHECK(result->error().message.starts_with(wanted));
}

TEST_CASE("a login with an unreachable nexus or a hanging server fails in time") {
  MsnBench bench;
  bench.timing.step = Ms(500);
  bench.timing.http = Ms(500);
  Peer* alice = nullptr;
  SECTION("no answer to VER") {
    bench.server.manners.deaf = {"VER"};
  }
  SECTION("no answer to CVR") {
    bench.server.manners.deaf = {"CVR"};
  }
  SECTION("no answer to USR") {
    bench.server.manners.deaf = {"USR"};
  }
  SECTION("no answer to SYN") {
    bench.server.manners.deaf = {"SYN"};
  }
  SECTION("HTTPS hangs") {
    bench.server.manners.https = [](const HttpsRequest&) {
      HttpsReply reply;
      reply.silent = true;
      return reply;
    };
  }
  SECTION("HTTPS sends no HTTP") {
    bench.server.manners.https = [](const HttpsRequest&) {
      HttpsReply reply;
      reply.raw = std::string(300000, 'x');
      return reply;
    };
  }
  alice = &bench.peer("alice");
  const auto result = alice->login();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(alice->network->state() == State::offline);
  bench.server.manners = {};
  REQUIRE(alice->login());
}

TEST_CASE("a newer login and a log-off cancel a login") {
  MsnBench bench;
  Peer& alice = bench.peer("alice");
  std::vector<Result<void>> results;
  const auto keep = [&](Result<void> r) { results.push_back(std::move(r)); };
  alice.network->login({alice.email, network::Secret("secret")}, keep);
  CHECK(alice.network->state() == State::connecting);
  SECTION("a newer one") {
    REQUIRE(alice.login());
    REQUIRE(results.size() == 1);
    CHECK(results[0].error().code == ErrorCode::network);
  }
  SECTION("a log-off") {
    REQUIRE(alice.logoff());
    REQUIRE(results.size() == 1);
    CHECK_FALSE(results[0]);
    CHECK(alice.network->state() == State::offline);
  }
}

TEST_CASE("a network is destroyed at once while an HTTPS request hangs") {
  MsnBench bench;
  bool asked = false;
  bench.server.manners.https = [&](const HttpsRequest&) {
    asked = true;
    HttpsReply reply;
    reply.silent = true;
    return reply;
  };
  Peer& alice = bench.peer("alice");
  alice.network->login({alice.email, network::Secret("secret")},
                       [](const Result<void>&) { FAIL(); });
  REQUIRE(alice.until([&] { return asked; }));
  alice.network.reset();  // otherwise it would take as long as the test's own limit
}

TEST_CASE("many messages at once arrive in order") {
  MsnBench bench;
  bench.server.befriend(alice_email, bob_email);
  Peer& alice = bench.online("alice");
  Peer& bob = bench.online("bob");
  REQUIRE(alice.hears(status_event(bob.email, "online")));
  Texts wanted;
  for (int i = 0; i < 300; ++i) {
    wanted.push_back(std::to_string(i) + (i % 50 == 0 ? std::string(1490, 'x') : ""));
    alice.network->send({bob.email, {wanted.back()}, std::to_string(i)},
                        [](const Result<void>&) {});
  }
  REQUIRE(alice.hears(model::Sent{"299", bob.email}));
  // Both clients support chunks, so a long text is one message.
  REQUIRE(bob.until([&] { return bob.texts(alice.email).size() == wanted.size(); }));
  CHECK(bob.texts(alice.email) == wanted);
  CHECK(alice.said.all<model::Sent>().size() == 300);
  CHECK(alice.said.all<model::Failed>().empty());
}

TEST_CASE("settings are checked when the network is created") {
  MsnBench bench;
  const auto& driver = network::msnp::driver();
  RecordingListener said;
  const network::Dependencies dependencies{bench.loop, said, bench.clock, bench.log,
                                           bench.directory.path()};
  const auto refused = [&](const network::Settings& settings) {
    const auto made = driver.create(settings, dependencies);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == ErrorCode::usage);
    return made.error().message;
  };
  CHECK(refused({}).find("--server") != std::string::npos);
  CHECK(refused({{"server", "a b"}}).starts_with("server: "));
  CHECK(refused({{"server", "a"}, {"nexus", "ftp://x"}}).starts_with("nexus: "));
  CHECK(refused({{"server", "a"}, {"nexus", "http://x/"}}).find("insecure_login = yes") !=
        std::string::npos);
  // A single setting is checked without the others.
  CHECK(refused({{"nexus", "http://x/"}}).starts_with("server: "));
  CHECK(driver.create({{"server", "a"}, {"nexus", "http://x/"}, {"insecure_login", "yes"}},
                      dependencies));
  CHECK(refused({{"server", "a"}, {"ca_file", "/no/such/file"}}).starts_with("ca_file: "));
  CHECK(refused({{"server", "a"}, {"insecure_login", "maybe"}}).starts_with("insecure_login: "));
  CHECK(refused({{"colour", "blue"}}).starts_with("colour: "));
  const auto made = driver.create(
      {{"server", "msn.example:1864"}, {"ca_file", bench.server.ca_file()}}, dependencies);
  REQUIRE(made);
  CHECK((*made)->self().server == "msn.example:1864");
  CHECK((*made)->state() == State::offline);
  CHECK(network::msnp::read_settings({{"server", "msn.example"}})->nexus ==
        "https://msn.example/rdr/pprdr.asp");
  CHECK(network::msnp::read_settings({{"server", "[::1]:1864"}})->nexus ==
        "https://[::1]/rdr/pprdr.asp");
  CHECK((*driver.create({{"server", "[::1]"}}, dependencies))->self().server == "[::1]:1863");
}

TEST_CASE("a burst larger than any buffer loses no accepted text") {
  MsnBench bench;
  bench.server.befriend(alice_email, bob_email);
  Peer& alice = bench.online("alice");
  Peer& bob = bench.online("bob");
  REQUIRE(alice.hears(status_event(bob.email, "online")));
  if (GENERATE(false, true)) {
    REQUIRE(alice.send(bob.email, "the conversation is open already", "0"));
    REQUIRE(alice.hears(model::Sent{"0", bob.email}));
  }
  const std::string filling(1390, 'x');
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 8000; ++i)
    alice.network->send({bob.email, {std::to_string(i) + filling}, "n" + std::to_string(i)},
                        [&](const Result<void>& r) { ++(r ? accepted : refused); });
  REQUIRE(alice.until([&] { return accepted + refused == 8000; }));
  CHECK(refused > 0);
  CHECK(accepted * filling.size() > (6u << 20));
  REQUIRE(alice.until([&] { return alice.network->self().queued == 0; }));
  // Texts arrive in order, so this is the last one.
  REQUIRE(alice.send(bob.email, "and now?", "end"));
  REQUIRE(alice.hears(model::Sent{"end", bob.email}));
  CHECK(alice.said.all<model::Failed>().empty());
  CHECK(alice.said.all<model::Closed>().empty());
  REQUIRE(bob.until([&] { return bob.texts(alice.email).back() == "and now?"; }));
  CHECK(bob.texts(alice.email).size() >= accepted + 1);
}

TEST_CASE("after a log-off the password is not sent any more") {
  MsnBench bench;
  Peer& alice = bench.peer("alice");
  std::vector<std::string> asked;
  bench.server.manners.https = [&](const HttpsRequest& request) {
    asked.push_back(request.target);
    if (asked.size() == 1) alice.network->logoff([](const Result<void>&) {});
    return HttpsReply{0};
  };
  CHECK_FALSE(alice.login());
  REQUIRE(bench.online("bob").network->state() == State::online);
  // Her login stopped at the nexus; his continued.
  CHECK(asked == std::vector<std::string>{"/rdr/pprdr.asp", "/rdr/pprdr.asp", "/login"});
}

TEST_CASE("later saved lists are written after those that wait for their events") {
  MsnBench bench;
  bench.server.befriend(alice_email, bob_email);
  bench.server.account("carol@example.com");
  Peer& bob = bench.peer("bob");
  REQUIRE(bob.login());
  bob.said.stores = false;
  Peer& carol = bench.online("carol");
  REQUIRE(carol.add(bob.email));
  REQUIRE(bob.hears(model::AddedYou{carol.email}));
  REQUIRE(bob.rename(alice_email, "Alicia"));
  SECTION("the daemon dies before it stores the event") {
    Peer& again = bench.device(bob.email, "bob");
    REQUIRE(again.login());
    REQUIRE(again.hears(model::AddedYou{carol.email}));
  }
  SECTION("the event is stored") {
    for (const auto& stored : std::exchange(bob.said.unstored, {})) stored();
    REQUIRE(bob.logoff());
    bob.network.reset();
    Peer& again = bench.device(bob.email, "bob");
    REQUIRE(again.login());
    CHECK(again.contact(alice_email)->nick == "Alicia");
    CHECK(again.said.events.empty());
  }
}

TEST_CASE("events of a previous session do not keep the lists from being saved") {
  MsnBench bench;
  bench.server.befriend(alice_email, bob_email);
  bench.server.account("carol@example.com");
  Peer& bob = bench.peer("bob");
  REQUIRE(bob.login());
  bob.said.stores = false;
  Peer& carol = bench.online("carol");
  REQUIRE(carol.add(bob.email));
  REQUIRE(bob.hears(model::AddedYou{carol.email}));
  bob.said.stores = true;
  REQUIRE(bob.login());
  REQUIRE(bob.rename(alice_email, "Alicia"));
  REQUIRE(bob.logoff());
  bob.network.reset();
  Peer& again = bench.device(bob.email, "bob");
  REQUIRE(again.login());
  CHECK(again.contact(alice_email)->nick == "Alicia");
}

TEST_CASE("log-off and destruction do not wait for a hanging name lookup") {
  Gate gate;
  MsnBench bench;
  auto options = bench.options();
  options.server.host = "localhost";
  options.look_up.addresses = gate.ask();
  RecordingListener said;
  auto network = std::make_unique<network::msnp::MsnpNetwork>(
      options,
      network::Dependencies{bench.loop, said, bench.clock, bench.log, bench.directory.path()});
  std::optional<Result<void>> login, logoff;
  network->login({"alice@example.com", network::Secret("secret")},
                 [&](Result<void> result) { login = std::move(result); });
  gate.until_asked();
  SECTION("log-off") {
    network->logoff([&](Result<void> result) { logoff = std::move(result); });
    REQUIRE(pump(bench.loop, [&] { return logoff.has_value(); }));
    CHECK(*logoff);
    REQUIRE(login);
    CHECK_FALSE(*login);
    gate.open();
    CHECK(network->state() == State::offline);
    SECTION("and a later login succeeds") {
      bench.server.account("alice@example.com");
      login.reset();
      network->login({"alice@example.com", network::Secret("secret")},
                     [&](Result<void> result) { login = std::move(result); });
      REQUIRE(pump(bench.loop, [&] { return login.has_value(); }));
      CHECK(*login);
    }
  }
  SECTION("destruction") {
    network.reset();
    gate.open();
    bench.loop.restart();
    bench.loop.poll();
    CHECK_FALSE(login);
  }
}

TEST_CASE("a local server may redirect to another local server") {
  MsnBench bench;
  auto options = bench.options();
  options.server.host = "msn.example";
  options.look_up.addresses = [](const HostPort& host) -> Result<network::Endpoints> {
    return network::Endpoints{{asio::ip::address_v4::loopback(), host.port}};
  };
  bench.server.manners.redirect = "other.example:" + std::to_string(bench.server.port());
  bench.server.account(alice_email);
  Peer& alice = bench.device(alice_email, "alice", options);
  // It redirects each login, so the other server was reached.
  const auto result = alice.login();
  REQUIRE_FALSE(result);
  CHECK(result.error().message ==
        "more than 5 servers in a row redirected the login; try again later");
}

TEST_CASE("a remote server cannot redirect to this machine by a host name") {
  using asio::ip::tcp;
  const auto outer = outer_address();
  if (!outer) {
    WARN("not tested: this machine has no address but loopback");
    return;
  }
  MsnBench bench;
  tcp::acceptor elsewhere(bench.loop, {*outer, 0});
  tcp::acceptor here(bench.loop, {asio::ip::address_v4::loopback(), 0});
  tcp::socket first(bench.loop), second(bench.loop);
  const auto evil = "evil.example:" + std::to_string(here.local_endpoint().port());
  elsewhere.async_accept(first, [&](const std::error_code&) {
    asio::write(first, asio::buffer("XFR 1 NS " + evil + " 0\r\n"));
  });
  bool reached = false;
  here.async_accept(second, [&](const std::error_code& error) {
    reached = !error;
    std::error_code ignored;
    second.close(ignored);
  });
  auto options = bench.options();
  options.server = {"msn.example", elsewhere.local_endpoint().port()};
  options.look_up.addresses = [outer](const HostPort& host) -> Result<network::Endpoints> {
    if (host.host == "msn.example") return network::Endpoints{{*outer, host.port}};
    return network::Endpoints{{asio::ip::address_v4::loopback(), host.port}};
  };
  Peer& alice = bench.device(alice_email, "alice", options);
  const auto result = alice.login();
  REQUIRE_FALSE(result);
  CHECK(result.error().message ==
        "the server redirected msncd to a loopback or link-local address: " + evil);
  CHECK_FALSE(reached);
}

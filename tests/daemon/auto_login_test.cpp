// SPDX-License-Identifier: MIT
// auto_login: when it retries and what stops it.
#include "tests/support/daemons.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace msn::test {
namespace {

using Asked = std::vector<std::string>;
constexpr auto minute = std::chrono::minutes(1);

struct Fixture {
  Fixture() { daemon.daemon->login({"me@example.org", network::Secret("open sesame")}); }
  // The commands configure the network before the first attempt.
  explicit Fixture(const std::string& first, const std::string& second = {}) {
    daemon.network->command(first);
    if (!second.empty()) daemon.network->command(second);
    daemon.daemon->login({"me@example.org", network::Secret("open sesame")});
    loop.run();
  }
  void wait(Milliseconds time) {
    pass(
        loop, clock, [this] { daemon.daemon->on_time(); }, time);
    loop.run();
  }
  std::size_t logins() const { return daemon.network->passwords.size(); }
  bool logged(const std::string& text) const {
    return daemon.log.text.find(text) != std::string::npos;
  }

  FakeLoop loop;
  FakeClock clock;
  FakeDaemon daemon{loop, clock};
};

}  // namespace

TEST_CASE("auto_login logs in and goes online") {
  Fixture f;
  CHECK(f.daemon.status == "logging in as me@example.org");
  f.loop.run();
  CHECK(f.daemon.status == "online as me@example.org");
  CHECK(f.daemon.network->asked == Asked{"login me@example.org", "status online"});
  CHECK(f.daemon.network->passwords == std::vector<std::string>{"open sesame"});
  f.wait(10 * minute);
  CHECK(f.daemon.network->asked.size() == 2);
}

TEST_CASE("auto_login retries when the network cannot be reached or is too busy") {
  Fixture f("unreachable no route to host");
  CHECK(f.daemon.status == "offline");
  CHECK(f.logged("login as me@example.org failed: no route to host\n"));
  CHECK(f.logged("auto_login of me@example.org: retrying in "));
  f.daemon.network->command("unreachable 600 Server is busy");
  f.wait(Milliseconds(3749));
  CHECK(f.logins() == 1);
  f.wait(Milliseconds(1251));
  CHECK(f.logins() == 2);
  CHECK(f.logged("login as me@example.org failed: 600 Server is busy\n"));
  f.wait(minute);
  CHECK(f.daemon.network->asked == Asked{"login me@example.org", "login me@example.org",
                                         "login me@example.org", "status online"});
  CHECK(f.daemon.network->passwords == std::vector<std::string>(3, "open sesame"));
  CHECK(f.daemon.status == "online as me@example.org");
}

TEST_CASE("auto_login doubles its delay up to 5 minutes with some jitter") {
  Fixture f("unreachable x");
  Milliseconds most = std::chrono::seconds(5);
  for (int i = 0; i < 12; ++i) {
    f.daemon.network->command("unreachable x");
    const auto before = f.logins();
    Milliseconds waited{0};
    while (f.logins() == before && waited < 10 * minute) {
      f.wait(Milliseconds(50));
      waited += Milliseconds(50);
    }
    CAPTURE(i, waited.count());
    CHECK(waited >= most * 3 / 4);
    CHECK(waited <= most + Milliseconds(50));
    most = std::min<Milliseconds>(2 * most, 5 * minute);
  }
}

TEST_CASE("auto_login stops after a permanent refusal") {
  Fixture f("refuse 911 Authentication failed");
  CHECK(f.logged("login as me@example.org refused: 911 Authentication failed\n"));
  CHECK(f.logged("auto_login of me@example.org stopped; log in with: msnc login me@example.org\n"));
  f.wait(60 * minute);
  CHECK(f.logins() == 1);
  CHECK(f.daemon.status == "offline");
}

TEST_CASE("auto_login of an account that does not exist says how to create it") {
  Fixture f("refuse 205 Invalid user");
  CHECK(f.logged(
      "auto_login of me@example.org stopped; log in with: msnc login --register me@example.org\n"));
}

TEST_CASE("auto_login does not recommend --register where the network creates no accounts") {
  Fixture f("refuse 205 Invalid user", "cannot register");
  CHECK(f.logged("auto_login of me@example.org stopped; log in with: msnc login me@example.org\n"));
}

TEST_CASE("auto_login names the account in the command that it recommends") {
  FakeLoop loop;
  FakeClock clock;
  FakeDaemon daemon{loop, clock};
  daemon.settings.account = "work";
  daemon.restart();
  daemon.network->command("refuse 205 Invalid user");
  daemon.daemon->login({"me@example.org", network::Secret("open sesame")});
  loop.run();
  CHECK(daemon.log.text.find("; log in with: msnc -a work login --register me@example.org\n") !=
        std::string::npos);
}

TEST_CASE("auto_login stops when a client logs in or off") {
  Fixture f("unreachable x");
  FakeClient client = f.daemon.client();
  SECTION("a logoff while it waits") {
    CHECK(client.ask("LOGOFF\n") == "ERR ENOTCONN\n");
    f.wait(60 * minute);
    CHECK(f.logins() == 1);
  }
  SECTION("a login while it waits - even one that fails") {
    f.daemon.network->command("unreachable y");
    CHECK(client.ask("LOGIN you@example.org x\n") == "ERR SOCK y\n");
    f.wait(60 * minute);
    CHECK(f.logins() == 2);
  }
  SECTION("a login during an attempt") {
    f.daemon.network->command("silent");
    f.wait(std::chrono::seconds(5));
    REQUIRE(f.logins() == 2);
    CHECK(client.ask("LOGIN you@example.org x\n") == "OK\n");
    f.wait(60 * minute);
    CHECK(f.logins() == 3);
    CHECK(f.daemon.status == "online as you@example.org");
  }
  SECTION("a logoff during an attempt") {
    f.daemon.network->command("silent");
    f.wait(std::chrono::seconds(5));
    REQUIRE(f.logins() == 2);
    CHECK(client.ask("LOGOFF\n") == "OK\n");
    f.wait(60 * minute);
    CHECK(f.logins() == 2);
  }
  CHECK(f.logged("auto_login of me@example.org stopped: a client logs in or off"));
}

TEST_CASE("auto_login does not log in again after a success") {
  Fixture f("unreachable x");
  f.wait(std::chrono::seconds(5));
  REQUIRE(f.daemon.status == "online as me@example.org");
  f.daemon.network->command("thrown out");
  f.wait(60 * minute);
  CHECK(f.logins() == 2);
}

TEST_CASE("stop ends auto_login") {
  Fixture f("unreachable x");
  bool done = false;
  f.daemon.daemon->stop([&] { done = true; });
  f.wait(60 * minute);
  CHECK(done);
  CHECK(f.logins() == 1);
}

}  // namespace msn::test

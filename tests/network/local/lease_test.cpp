// SPDX-License-Identifier: MIT
#include "core/network/local/lease.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace msn;
using namespace msn::network::local;
using Life = Leases::Life;

namespace {

struct LeaseFixture {
  test::TempDir directory;
  Leases leases{directory / "local.db"};
  LeaseFixture() { std::ofstream(directory / "local.db"); }
};

}  // namespace

TEST_CASE("session names are random and are the only names looked at") {
  CHECK(is_session_name(new_session_name()));
  CHECK(new_session_name() != new_session_name());
  CHECK_FALSE(is_session_name(""));
  CHECK_FALSE(is_session_name("../../etc/passwd"));
  CHECK_FALSE(is_session_name(std::string(32, 'g')));
  CHECK_FALSE(is_session_name(std::string(33, 'a')));
}

TEST_CASE_METHOD(LeaseFixture, "a lease is alive while it is held and gone once given up") {
  const std::string session = new_session_name();
  CHECK(leases.look(session) == Life::gone);
  {
    Lease lease(leases, session);
    REQUIRE(lease.take());
    CHECK(leases.look(session) == Life::alive);
    CHECK_FALSE(lease.lost());
    CHECK(leases.all() == std::vector<std::string>{session});
  }
  CHECK(leases.look(session) == Life::gone);
  CHECK(leases.all().empty());
}

TEST_CASE_METHOD(LeaseFixture, "a lease that nobody holds any more is dead") {
  const std::string session = new_session_name();
  REQUIRE(leases.make_folder());
  std::ofstream(leases.file(session)) << "4711\n";
  CHECK(leases.look(session) == Life::dead);
  leases.remove(session);
  CHECK(leases.look(session) == Life::gone);
}

TEST_CASE_METHOD(LeaseFixture, "a name from outside never leads out of the folder") {
  REQUIRE(leases.make_folder());
  std::ofstream(directory / "precious") << "x";
  leases.remove("../precious");
  CHECK(std::filesystem::exists(directory / "precious"));
  CHECK(leases.look("../precious") == Life::gone);
  // Nor does a link that somebody put there.
  const std::string session = new_session_name();
  std::filesystem::create_symlink(directory / "precious", leases.file(session));
  Lease lease(leases, session);
  CHECK_FALSE(lease.take());
}

TEST_CASE_METHOD(LeaseFixture, "waking is heard by the one that was meant, looking by nobody") {
  Lease one(leases, new_session_name());
  const std::string name = new_session_name();
  Lease other(leases, name);
  REQUIRE(one.take());
  REQUIRE(other.take());
  Lease::hear(one.listening());
  Lease::hear(other.listening());

  CHECK(leases.look(name) == Life::alive);
  CHECK_FALSE(Lease::hear(other.listening()).wanted);
  leases.wake(name);
  leases.wake(name);
  CHECK(Lease::hear(other.listening()).wanted);
  CHECK_FALSE(Lease::hear(other.listening()).wanted);
  CHECK_FALSE(Lease::hear(one.listening()).wanted);
  leases.wake(new_session_name());  // nobody there: nothing happens
}

TEST_CASE_METHOD(LeaseFixture,
                 "everybody hears when a lease's file is closed by its owner's death") {
  Lease watcher(leases, new_session_name());
  REQUIRE(watcher.take());
  const std::string session = new_session_name();
  {
    const UniqueFd dying(::open(leases.file(session).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(dying);
    Lease::hear(watcher.listening());
  }
  const auto heard = Lease::hear(watcher.listening());
  CHECK(heard.closed == std::vector<std::string>{session});
  CHECK_FALSE(heard.wanted);
  std::ofstream(leases.path() + "/not a session") << "x";
  CHECK(Lease::hear(watcher.listening()).closed.empty());
}

TEST_CASE_METHOD(LeaseFixture, "a lease whose file was removed is lost and can be taken again") {
  const std::string session = new_session_name();
  Lease lease(leases, session);
  REQUIRE(lease.take());
  Lease::hear(lease.listening());
  SECTION("the file") {
    leases.remove(session);
  }
  SECTION("the whole folder") {
    std::filesystem::remove_all(leases.path());
  }
  SECTION("the folder renamed") {
    std::filesystem::rename(leases.path(), leases.path() + "2");
  }
  CHECK(lease.lost());
  CHECK(Lease::hear(lease.listening()).wanted);
  REQUIRE(lease.take());
  CHECK_FALSE(lease.lost());
  CHECK(leases.look(session) == Life::alive);
  Lease::hear(lease.listening());
  leases.wake(session);
  CHECK(Lease::hear(lease.listening()).wanted);
}

TEST_CASE_METHOD(LeaseFixture, "no lease without a database") {
  const Leases nowhere(directory / "none/local.db");
  Lease lease(nowhere, new_session_name());
  const auto taken = lease.take();
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == ErrorCode::network);
}

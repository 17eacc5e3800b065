// SPDX-License-Identifier: MIT
#include "core/network/local/lease.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
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

TEST_CASE("session names are random and other names are ignored") {
  CHECK(is_session_name(new_session_name()));
  CHECK(new_session_name() != new_session_name());
  CHECK_FALSE(is_session_name(""));
  CHECK_FALSE(is_session_name("../../etc/passwd"));
  CHECK_FALSE(is_session_name(std::string(32, 'g')));
  CHECK_FALSE(is_session_name(std::string(33, 'a')));
}

TEST_CASE_METHOD(LeaseFixture, "a lease is alive while it is held and gone after its release") {
  const std::string session = new_session_name();
  CHECK(leases.state(session) == Life::gone);
  {
    Lease lease(leases, session);
    REQUIRE(lease.acquire());
    CHECK(leases.state(session) == Life::alive);
    CHECK_FALSE(lease.lost());
    CHECK(leases.all() == std::vector<std::string>{session});
  }
  CHECK(leases.state(session) == Life::gone);
  CHECK(leases.all().empty());
}

TEST_CASE_METHOD(LeaseFixture, "a lease without a holder is dead") {
  const std::string session = new_session_name();
  REQUIRE(leases.create_folder());
  std::ofstream(leases.file(session)) << "4711\n";
  CHECK(leases.state(session) == Life::dead);
  leases.remove(session);
  CHECK(leases.state(session) == Life::gone);
}

TEST_CASE_METHOD(LeaseFixture, "a name that is not a session's never leads out of the folder") {
  REQUIRE(leases.create_folder());
  std::ofstream(directory / "precious") << "x";
  leases.remove("../precious");
  CHECK(std::filesystem::exists(directory / "precious"));
  CHECK(leases.state("../precious") == Life::gone);
  // Neither does a symbolic link.
  const std::string session = new_session_name();
  std::filesystem::create_symlink(directory / "precious", leases.file(session));
  Lease lease(leases, session);
  CHECK_FALSE(lease.acquire());
}

TEST_CASE_METHOD(LeaseFixture, "waking signals only its session and checking signals none") {
  Lease one(leases, new_session_name());
  const std::string name = new_session_name();
  Lease other(leases, name);
  REQUIRE(one.acquire());
  REQUIRE(other.acquire());
  const UniqueFd one_hears = one.take_inotify(), other_hears = other.take_inotify();
  Lease::read_signals(one_hears.get());
  Lease::read_signals(other_hears.get());

  CHECK(leases.state(name) == Life::alive);
  CHECK_FALSE(Lease::read_signals(other_hears.get()).woken);
  leases.wake(name);
  leases.wake(name);
  CHECK(Lease::read_signals(other_hears.get()).woken);
  CHECK_FALSE(Lease::read_signals(other_hears.get()).woken);
  CHECK_FALSE(Lease::read_signals(one_hears.get()).woken);
  leases.wake(new_session_name());  // no such session: nothing happens
}

TEST_CASE_METHOD(LeaseFixture,
                 "all daemons get a signal when a lease is closed by its owner's death") {
  Lease watcher(leases, new_session_name());
  REQUIRE(watcher.acquire());
  const UniqueFd hears = watcher.take_inotify();
  const std::string session = new_session_name();
  {
    const UniqueFd dying(::open(leases.file(session).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(dying);
    Lease::read_signals(hears.get());
  }
  const auto heard = Lease::read_signals(hears.get());
  CHECK(heard.closed == std::vector<std::string>{session});
  CHECK_FALSE(heard.woken);
  std::ofstream(leases.path() + "/not a session") << "x";
  CHECK(Lease::read_signals(hears.get()).closed.empty());
}

TEST_CASE_METHOD(LeaseFixture, "a lease whose file was removed is lost and can be acquired again") {
  const std::string session = new_session_name();
  Lease lease(leases, session);
  REQUIRE(lease.acquire());
  const UniqueFd hears = lease.take_inotify();
  Lease::read_signals(hears.get());
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
  CHECK(Lease::read_signals(hears.get()).woken);
  REQUIRE(lease.acquire());
  CHECK_FALSE(lease.lost());
  CHECK(leases.state(session) == Life::alive);
  Lease::read_signals(hears.get());
  leases.wake(session);
  CHECK(Lease::read_signals(hears.get()).woken);
}

TEST_CASE_METHOD(LeaseFixture, "without a database no lease can be acquired") {
  const Leases nowhere(directory / "none/local.db");
  Lease lease(nowhere, new_session_name());
  const auto taken = lease.acquire();
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == ErrorCode::network);
}

TEST_CASE_METHOD(LeaseFixture, "a symbolic link in place of the folder is not followed") {
  const std::string cached = directory / "cache/" + new_session_name();
  std::filesystem::create_directory(directory / "cache");
  std::ofstream(cached) << "4711\n";
  std::filesystem::create_symlink(directory / "cache", leases.path());
  Lease lease(leases, new_session_name());
  const auto taken = lease.acquire();
  REQUIRE_FALSE(taken);
  CHECK(taken.error().message.find(leases.path()) != std::string::npos);
  CHECK(leases.all().empty());
  leases.remove(std::filesystem::path(cached).filename().string());
  CHECK(std::filesystem::exists(cached));
  CHECK(std::distance(std::filesystem::directory_iterator(directory / "cache"), {}) == 1);
}

TEST_CASE_METHOD(LeaseFixture, "only a file that looks like a lease is removed") {
  REQUIRE(leases.create_folder());
  const std::string text = new_session_name(), empty = new_session_name(),
                    folder = new_session_name(), link = new_session_name(),
                    lease = new_session_name();
  std::ofstream(leases.file(text)) << "precious\n";
  std::ofstream(leases.file(empty));
  std::filesystem::create_directory(leases.file(folder));
  std::filesystem::create_symlink(leases.file(lease), leases.file(link));
  std::ofstream(leases.file(lease)) << "4711\n";
  for (const auto& name : {text, empty, folder, link}) {
    leases.remove(name);
    CHECK(std::filesystem::exists(std::filesystem::symlink_status(leases.file(name))));
  }
  leases.remove(lease);
  CHECK_FALSE(std::filesystem::exists(leases.file(lease)));
}

TEST_CASE_METHOD(LeaseFixture, "a folder of a user without access to the database is not used") {
  if (::geteuid() != 0) {
    WARN("not run: only root can be two users");
    return;
  }
  REQUIRE(leases.create_folder());
  REQUIRE(::chown((directory / "local.db").c_str(), 60001, 60001) == 0);
  REQUIRE(::chown(leases.path().c_str(), 60002, 60001) == 0);
  Lease lease(leases, new_session_name());
  CHECK_FALSE(lease.acquire());
  // Any member of the database's group may own it.
  REQUIRE(::chmod((directory / "local.db").c_str(), 0660) == 0);
  CHECK(lease.acquire());
}

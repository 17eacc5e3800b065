// SPDX-License-Identifier: MIT
#include "core/network/local/schema.hpp"

#include "tests/network/local/fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

using namespace msn;
using namespace msn::test;
using namespace msn::network::local;

namespace {

std::string read_all(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return {};
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write_all(const std::string& path, const std::string& octets) {
  std::ofstream(path, std::ios::binary) << octets;
}
unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

// A login that fails by this reason, after which the file is as it was and the network works on.
void check_refused(LocalFixture& fixture, const std::string& reason) {
  const std::string before = read_all(fixture.database);
  const auto alice = fixture.peer("alice");
  const auto result = alice->login();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  INFO(result.error().message);
  CHECK(result.error().message.find(fixture.database) != std::string::npos);
  CHECK(result.error().message.find(reason) != std::string::npos);
  CHECK(alice->network->state() == network::State::offline);
  CHECK(read_all(fixture.database) == before);

  std::filesystem::rename(fixture.database, fixture.database + ".away");
  CHECK(alice->login());
}

}  // namespace

TEST_CASE_METHOD(LocalFixture, "a fresh database is private, and so is all that lies beside it") {
  const auto alice = online("alice");
  REQUIRE(alice->network);
  CHECK(mode_of(database) == 0600);
  CHECK(mode_of(database + "-wal") == 0600);
  CHECK(mode_of(database + "-shm") == 0600);
  CHECK(mode_of(database + ".leases") == 0700);
  for (const auto& lease : std::filesystem::directory_iterator(database + ".leases"))
    CHECK(mode_of(lease.path()) == 0600);
}

TEST_CASE_METHOD(LocalFixture,
                 "a database for a group keeps its mode, and what lies beside it takes it on") {
  write_all(database, "");
  REQUIRE(::chmod(database.c_str(), 0660) == 0);
  const auto alice = online("alice");
  REQUIRE(alice->network);
  CHECK(mode_of(database) == 0660);
  CHECK(mode_of(database + "-wal") == 0660);
  CHECK(mode_of(database + "-shm") == 0660);
  CHECK(mode_of(database + ".leases") == 02770);
  std::size_t leases = 0;
  for (const auto& lease : std::filesystem::directory_iterator(database + ".leases")) {
    ++leases;
    CHECK(mode_of(lease.path()) == 0660);
  }
  CHECK(leases == 1);
}

TEST_CASE_METHOD(LocalFixture, "garbage is refused and left alone") {
  write_all(database, std::string(10'000, 'x'));
  check_refused(*this, "it is damaged");
}

TEST_CASE_METHOD(LocalFixture, "a few octets of garbage are refused and left alone") {
  write_all(database, "hello\n");
  check_refused(*this, "it is damaged");
}

TEST_CASE_METHOD(LocalFixture, "a database cut short is refused and left alone") {
  {
    const auto alice = online("alice");
    for (int i = 0; i < 100; ++i) REQUIRE(alice->add("c" + std::to_string(i) + "@example.org"));
  }
  const auto size = std::filesystem::file_size(database);
  REQUIRE(size > 16384);
  std::filesystem::resize_file(database, size / 2 / 4096 * 4096);
  check_refused(*this, "it is damaged");
}

TEST_CASE_METHOD(LocalFixture, "a database with a page overwritten is refused and left alone") {
  {
    const auto alice = online("alice");
    for (int i = 0; i < 100; ++i) REQUIRE(alice->add("c" + std::to_string(i) + "@example.org"));
  }
  std::string octets = read_all(database);
  REQUIRE(octets.size() > 16384);
  for (std::size_t page = 2; page * 4096 < octets.size(); ++page)
    octets.replace(page * 4096, 100, 100, '\xee');
  write_all(database, octets);
  check_refused(*this, "it is damaged");
}

TEST_CASE_METHOD(LocalFixture,
                 "damage in a place that a login does not even read is refused, too") {
  {
    const auto bob = online("bob");
    const auto carol = online("carol");
    REQUIRE(bob->logoff());
    for (int i = 0; i < 300; ++i)
      REQUIRE(carol->send(bob->email, "needle " + std::to_string(i) + std::string(100, '.')));
  }
  std::string octets = read_all(database);
  const auto needle = octets.find("needle 150");
  REQUIRE(needle != std::string::npos);
  octets.replace(needle / 4096 * 4096, 16, 16, '\xee');
  write_all(database, octets);
  check_refused(*this, "it is damaged");
}

TEST_CASE_METHOD(LocalFixture, "a database from a newer version is refused and left alone") {
  { const auto alice = online("alice"); }
  {
    SQLite::Database db(database, SQLite::OPEN_READWRITE);
    db.exec("PRAGMA user_version = 7");
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  check_refused(*this, "made by a newer msncd (format 7, this one knows 1); update msncd");
}

TEST_CASE_METHOD(LocalFixture, "another program's database is refused and left alone") {
  {
    SQLite::Database db(database, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec("CREATE TABLE bookmarks(url TEXT)");
  }
  check_refused(*this, "the database of another program");
}

TEST_CASE_METHOD(LocalFixture, "a directory in the database's place is refused") {
  std::filesystem::create_directory(database);
  check_refused(*this, "Is a directory");
}

TEST_CASE_METHOD(LocalFixture,
                 "a database whose folder is not there names it and can be used once it is") {
  database = directory / "later/local.db";
  const auto alice = peer("alice");
  const auto result = alice->login();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(result.error().message == "cannot use " + database + ": No such file or directory");
  std::filesystem::create_directory(directory / "later");
  CHECK(alice->login());
}

TEST_CASE_METHOD(LocalFixture, "a place that cannot be written is an error that names it") {
  database = "/proc/local.db";
  const auto alice = peer("alice");
  const auto result = alice->login();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(result.error().message.find("cannot use /proc/local.db: ") == 0);
}

TEST_CASE_METHOD(LocalFixture,
                 "something in the place of the leases' folder is an error that names it") {
  write_all(database + ".leases", "");
  const auto alice = peer("alice");
  const auto result = alice->login();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(result.error().message.find(database + ".leases/") != std::string::npos);
  std::filesystem::remove(database + ".leases");
  CHECK(alice->login());
}

TEST_CASE_METHOD(LocalFixture,
                 "a database damaged while nobody is logged in is noticed at the next login") {
  const auto alice = online("alice");
  REQUIRE(alice->logoff());
  write_all(database, std::string(10'000, 'x'));
  const auto result = alice->login();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(result.error().message.find("it is damaged") != std::string::npos);
}

TEST_CASE_METHOD(LocalFixture, "daemons that make the database at the same moment agree on one") {
  std::vector<std::unique_ptr<Peer>> peers;
  std::size_t done = 0;
  for (int i = 0; i < 8; ++i) peers.push_back(peer("p" + std::to_string(i)));
  for (auto& one : peers)
    one->network->login({one->email, network::Secret("secret")}, [&](const Result<void>& result) {
      INFO((result ? "" : result.error().message));
      CHECK(result);
      ++done;
    });
  REQUIRE(pump(loop, [&] { return done == peers.size(); }));
  REQUIRE(peers[0]->send(peers[7]->email, "hi"));
  CHECK(peers[7]->until([&] { return peers[7]->texts(peers[0]->email).size() == 1; }));
}

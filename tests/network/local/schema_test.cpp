// SPDX-License-Identifier: MIT
#include "core/network/local/schema.hpp"

#include "tests/network/local/counted.hpp"
#include "tests/network/local/fixture.hpp"
#include "tests/network/local/version_1.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <linux/magic.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace msn;
using namespace msn::test;
using namespace msn::network::local;

namespace {

std::string read_all(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return {};
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write_all(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}
unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

// Checks that a login fails for this reason, with the file unchanged and the network usable.
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

TEST_CASE_METHOD(LocalFixture, "a new database and its files are private") {
  const auto alice = online("alice");
  REQUIRE(alice->network);
  CHECK(mode_of(database) == 0600);
  CHECK(mode_of(database + "-wal") == 0600);
  CHECK(mode_of(database + "-shm") == 0600);
  CHECK(mode_of(database + ".leases") == 0700);
  for (const auto& lease : std::filesystem::directory_iterator(database + ".leases"))
    CHECK(mode_of(lease.path()) == 0600);
}

TEST_CASE_METHOD(LocalFixture, "a group-writable database keeps its mode and its files get it") {
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

TEST_CASE_METHOD(LocalFixture, "garbage is refused and not changed") {
  write_all(database, std::string(10'000, 'x'));
  check_refused(*this, "it is damaged");
}

TEST_CASE_METHOD(LocalFixture, "a few bytes of garbage are refused and not changed") {
  write_all(database, "hello\n");
  check_refused(*this, "it is damaged");
}

TEST_CASE_METHOD(LocalFixture, "a truncated database is refused and not changed") {
  {
    const auto alice = online("alice");
    for (int i = 0; i < 100; ++i) REQUIRE(alice->add("c" + std::to_string(i) + "@example.org"));
  }
  const auto size = std::filesystem::file_size(database);
  REQUIRE(size > 16384);
  std::filesystem::resize_file(database, size / 2 / 4096 * 4096);
  check_refused(*this, "it is damaged");
}

TEST_CASE_METHOD(LocalFixture, "a database with an overwritten page is refused and not changed") {
  {
    const auto alice = online("alice");
    for (int i = 0; i < 100; ++i) REQUIRE(alice->add("c" + std::to_string(i) + "@example.org"));
  }
  std::string bytes = read_all(database);
  REQUIRE(bytes.size() > 16384);
  for (std::size_t page = 2; page * 4096 < bytes.size(); ++page)
    bytes.replace(page * 4096, 100, 100, '\xee');
  write_all(database, bytes);
  check_refused(*this, "it is damaged");
}

TEST_CASE_METHOD(LocalFixture, "damage in a page that a login does not read is refused") {
  {
    const auto bob = online("bob");
    const auto carol = online("carol");
    REQUIRE(bob->logoff());
    for (int i = 0; i < 300; ++i)
      REQUIRE(carol->send(bob->email, "needle " + std::to_string(i) + std::string(100, '.')));
  }
  std::string bytes = read_all(database);
  const auto needle = bytes.find("needle 150");
  REQUIRE(needle != std::string::npos);
  bytes.replace(needle / 4096 * 4096, 16, 16, '\xee');
  write_all(database, bytes);
  check_refused(*this, "it is damaged");
}

TEST_CASE_METHOD(LocalFixture, "a database of a newer version is refused and not changed") {
  { const auto alice = online("alice"); }
  {
    SQLite::Database db(database, SQLite::OPEN_READWRITE);
    db.exec("PRAGMA user_version = 7");
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  check_refused(*this,
                "it was created by a newer msncd (format 7, this one supports 2); update msncd");
}

TEST_CASE_METHOD(LocalFixture, "the database of another program is refused and not changed") {
  {
    SQLite::Database db(database, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec("CREATE TABLE bookmarks(url TEXT)");
  }
  check_refused(*this, "it is the database of another program");
}

TEST_CASE_METHOD(LocalFixture, "a directory in place of the database is refused") {
  std::filesystem::create_directory(database);
  check_refused(*this, "Is a directory");
}

TEST_CASE_METHOD(LocalFixture, "a missing folder is an error until it exists") {
  database = directory / "later/local.db";
  const auto alice = peer("alice");
  const auto result = alice->login();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(result.error().message == "cannot use " + database + ": No such file or directory");
  std::filesystem::create_directory(directory / "later");
  CHECK(alice->login());
}

TEST_CASE_METHOD(LocalFixture, "a path that cannot be written is an error with the path") {
  database = "/proc/local.db";
  const auto alice = peer("alice");
  const auto result = alice->login();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(result.error().message.find("cannot use /proc/local.db: ") == 0);
}

TEST_CASE_METHOD(LocalFixture,
                 "a file in place of the folder of leases is an error with its path") {
  write_all(database + ".leases", "");
  const auto alice = peer("alice");
  const auto result = alice->login();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(result.error().message.find(database + ".leases: ") != std::string::npos);
  std::filesystem::remove(database + ".leases");
  CHECK(alice->login());
}

TEST_CASE_METHOD(LocalFixture,
                 "damage that occurs without a session is detected at the next login") {
  const auto alice = online("alice");
  REQUIRE(alice->logoff());
  write_all(database, std::string(10'000, 'x'));
  const auto result = alice->login();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(result.error().message.find("it is damaged") != std::string::npos);
}

TEST_CASE_METHOD(LocalFixture, "daemons that create the database at the same time agree on one") {
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

TEST_CASE_METHOD(LocalFixture,
                 "a database of version 1 is converted and its pending messages arrive") {
  make_version_1(database);
  const auto alice = peer("alice");
  REQUIRE(alice->login());
  CHECK(alice->network->self().queued == 3);
  CHECK(alice->contact("bob@example.org")->nick == "Bob");
  const auto bob = peer("bob");
  REQUIRE(bob->login());
  CHECK(bob->contact(alice->email)->real_nick == "Alice");
  REQUIRE(bob->until([&] {
    return bob->texts(alice->email) == std::vector<std::string>{"one", "two"};
  }));
  // Carol has taken her message while she looked offline.
  const auto carol = online("carol");
  REQUIRE(alice->hears(model::Flushed{carol->email}));
  REQUIRE(alice->hears(model::Sent{"c", carol->email}));
  CHECK(alice->network->self().queued == 2);
  REQUIRE(bob->status(model::Status::online));
  REQUIRE(alice->hears(model::Sent{"b", bob->email}));
  CHECK(alice->network->self().queued == 0);
}

TEST_CASE_METHOD(LocalFixture,
                 "a database of version 1 with foreign objects is refused and not changed") {
  make_version_1(database);
  {
    SQLite::Database db(database, SQLite::OPEN_READWRITE);
    db.exec("CREATE TRIGGER t AFTER INSERT ON session BEGIN DELETE FROM account; END");
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  check_refused(*this, "its trigger 't' does not match msncd's format");
  std::filesystem::rename(database + ".away", database);
  SQLite::Database db(database, SQLite::OPEN_READONLY);
  CHECK(db.execAndGet("PRAGMA user_version").getInt() == 1);
}

TEST_CASE_METHOD(LocalFixture, "tables that do not match the format are refused and not changed") {
  { const auto alice = online("alice"); }
  std::string sql, reason;
  SECTION("a trigger") {
    sql = "CREATE TRIGGER t AFTER INSERT ON session BEGIN SELECT 1; END";
    reason = "its trigger 't' does not match";
  }
  SECTION("a view") {
    sql = "CREATE VIEW v AS SELECT 1";
    reason = "its view 'v' does not match";
  }
  SECTION("a table") {
    sql = "CREATE TABLE t(x)";
    reason = "its table 't' does not match";
  }
  SECTION("an index") {
    sql = "CREATE INDEX i ON account(hash)";
    reason = "its index 'i' does not match";
  }
  SECTION("a generated column") {
    sql = "ALTER TABLE account ADD COLUMN more AS (hex(zeroblob(1000000)))";
    reason = "its table 'account' does not match";
  }
  SECTION("a missing table") {
    sql = "DROP TABLE receipt";
    reason = "its table 'receipt' does not match";
  }
  SECTION("a negative version") {
    sql = "PRAGMA user_version = -1";
    reason = "its format is -1, which msncd does not know";
  }
  SECTION("no version") {
    sql = "PRAGMA user_version = 0";
    reason = "its format is 0, which msncd does not know";
  }
  {
    SQLite::Database db(database, SQLite::OPEN_READWRITE);
    db.exec(sql);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  check_refused(*this, reason);
}

TEST_CASE_METHOD(LocalFixture, "tables that are changed during a session are not used") {
  const auto alice = online("alice");
  {
    SQLite::Database db(database, SQLite::OPEN_READWRITE);
    db.exec("CREATE TRIGGER t AFTER INSERT ON inbox BEGIN DELETE FROM account; END");
  }
  const auto refused = alice->send(alice->email, "hi");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("its trigger 't' does not match") != std::string::npos);
  SQLite::Database db(database, SQLite::OPEN_READWRITE);
  CHECK(db.execAndGet("SELECT count(*) FROM account").getInt() == 1);
  db.exec("DROP TRIGGER t");
  CHECK(alice->send(alice->email, "hi"));
}

TEST_CASE_METHOD(LocalFixture, "a database with several hard links is refused") {
  { const auto alice = online("alice"); }
  std::filesystem::create_hard_link(database, directory / "other.db");
  const auto alice = peer("alice");
  const auto refused = alice->login();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("hard links") != std::string::npos);
  std::filesystem::remove(directory / "other.db");
  CHECK(alice->login());
}

TEST_CASE_METHOD(LocalFixture, "a symbolic link of another user is not followed") {
  if (::geteuid() != 0) {
    WARN("not run: only root can make the link of another user");
    return;
  }
  write_all(directory / "precious", "");
  std::filesystem::create_symlink(directory / "precious", database);
  REQUIRE(::lchown(database.c_str(), 60001, 60001) == 0);
  const auto alice = peer("alice");
  const auto refused = alice->login();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "cannot use " + database + ": it is a symbolic link that belongs to another user");
  CHECK(read_all(directory / "precious").empty());
  REQUIRE(::lchown(database.c_str(), 0, 0) == 0);
  CHECK(alice->login());
}

TEST_CASE_METHOD(LocalFixture, "a network file system is refused with advice") {
  file_system = NFS_SUPER_MAGIC;
  const auto alice = peer("alice");
  const auto refused = alice->login();
  file_system = 0;
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::network);
  CHECK(refused.error().message.find("choose a file on a local disk (--local-db FILE)") !=
        std::string::npos);
  CHECK(alice->login());
}

TEST_CASE("network file systems are recognized by type or FUSE name") {
  for (const int type : {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, AFS_SUPER_MAGIC, V9FS_MAGIC})
    CHECK(is_network_file_system(static_cast<unsigned long>(type), ""));
  // CIFS; Lustre, GPFS, GFS2; shared folders of VirtualBox and VMware.
  for (const unsigned long type :
       {0xff534d42ul, 0x0bd00bd0ul, 0x47504653ul, 0x01161970ul, 0x786f4256ul, 0xbacbacbcul})
    CHECK(is_network_file_system(type, ""));
  for (const char* name : {"fuse.sshfs", "fuse.goofys", "fuse.juicefs", "virtiofs", "fuse", ""})
    CHECK(is_network_file_system(FUSE_SUPER_MAGIC, name));
  for (const char* name :
       {"fuseblk", "fuse.gocryptfs", "fuse.encfs", "fuse.bindfs", "fuse.mergerfs"})
    CHECK_FALSE(is_network_file_system(FUSE_SUPER_MAGIC, name));
  for (const int type : {EXT4_SUPER_MAGIC, TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC})
    CHECK_FALSE(is_network_file_system(static_cast<unsigned long>(type), ""));
}

TEST_CASE_METHOD(LocalFixture, "a database created in the folder of a group belongs to the group") {
  REQUIRE(::chmod(directory.path().c_str(), 02770) == 0);
  const auto alice = online("alice");
  REQUIRE(alice->network);
  CHECK(mode_of(database) == 0660);
  CHECK(mode_of(database + "-wal") == 0660);
  CHECK(mode_of(database + "-shm") == 0660);
  CHECK(mode_of(database + ".leases") == 02770);
}

TEST_CASE_METHOD(LocalFixture, "the folder of leases follows the mode of the database") {
  { const auto alice = online("alice"); }
  CHECK(mode_of(database + ".leases") == 0700);
  REQUIRE(::chmod(database.c_str(), 0660) == 0);
  const auto alice = online("alice");
  CHECK(mode_of(database + ".leases") == 02770);
}

TEST_CASE_METHOD(LocalFixture, "a new database that another daemon is creating is waited for") {
  write_all(database, "");
  SQLite::Database other(database, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  TimeLimit time_limit;
  auto opening = std::async(std::launch::async,
                            [&] { return open_database(database, IfMissing::fail, time_limit); });
  CHECK(opening.wait_for(std::chrono::milliseconds(100)) == std::future_status::timeout);
  other.exec("COMMIT");
  const auto opened = opening.get();
  INFO((opened ? "" : opened.error().message));
  CHECK(opened);
}

TEST_CASE_METHOD(LocalFixture, "an SQLite call that takes too long is interrupted") {
  TimeLimit time_limit;
  const auto db = open_database(database, IfMissing::create, time_limit);
  REQUIRE(db);
  const auto endless = [&] {
    try {
      (*db)->execAndGet(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
    } catch (const SQLite::Exception& e) {
      return database_error(database, e.getErrorCode(), e.what()).message;
    }
    return std::string();
  };
  SECTION("when the time of the job is over") {
    time_limit.begin_job(std::chrono::seconds(0));
  }
  SECTION("soon when the daemon exits") {
    time_limit.begin_job(std::chrono::seconds(3600));
    time_limit.shorten();
  }
  CHECK(endless() == "cannot use " + database + ": it takes too long to read or write");
}

TEST_CASE_METHOD(LocalFixture, "a value longer than msncd writes is not read into memory") {
  TimeLimit time_limit;
  const auto db = open_database(database, IfMissing::create, time_limit);
  REQUIRE(db);
  CHECK_THROWS_AS((*db)->execAndGet("SELECT length(hex(zeroblob(600000)))"), SQLite::Exception);
}

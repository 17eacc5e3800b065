// SPDX-License-Identifier: MIT
// The cost of a login, and which logins the embedded network accepts.
#include "tests/network/local/counted.hpp"
#include "tests/network/local/fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sodium.h>

#include <array>
#include <filesystem>
#include <future>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace msn;
using namespace msn::test;

namespace {

struct LoginFixture : LocalFixture {
  LoginFixture() { passwords_checked = 0; }
  ~LoginFixture() {
    before_password_check = nullptr;
    no_inotify = false;
  }

  // Makes the next password check wait for the promise.
  std::promise<void> hold_check() {
    std::promise<void> go;
    before_password_check = [held = go.get_future().share()] { held.wait(); };
    return go;
  }
  void set_hash(const std::string& hash) {
    SQLite::Database db(database, SQLite::OPEN_READWRITE);
    SQLite::Statement update(db, "UPDATE account SET hash = ?");
    update.bind(1, hash);
    update.exec();
  }
  int leases() const {
    int count = 0;
    for ([[maybe_unused]] const auto& lease :
         std::filesystem::directory_iterator(database + ".leases"))
      ++count;
    return count;
  }
};

struct Lines final : Log {
  std::vector<std::string> lines;
  void write(LogLevel, std::string_view, std::string_view text) override {
    lines.emplace_back(text);
  }
  bool enabled(LogLevel) const override { return true; }
};

std::string hash_of(const std::string& password, unsigned long long operations,
                    std::size_t memory) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  REQUIRE(crypto_pwhash_str(hash.data(), password.data(), password.size(), operations, memory) ==
          0);
  return hash.data();
}

}  // namespace

TEST_CASE_METHOD(LoginFixture,
                 "of many queued logins only the first and the last check the password") {
  const auto alice = peer("alice");
  REQUIRE(alice->login());
  REQUIRE(alice->logoff());
  passwords_checked = 0;
  const int instances = inotify_instances();

  auto go = hold_check();
  int failed = 0;
  std::optional<bool> last;
  alice->network->login({alice->email, network::Secret("secret")},
                        [&](auto result) { failed += !result; });
  REQUIRE(pump(loop, [] { return passwords_checked == 1; }));
  for (int i = 0; i < 200; ++i)
    alice->network->login({alice->email, network::Secret(i % 2 == 0 ? "secret" : "wrong")},
                          [&](auto result) { failed += !result; });
  alice->network->login({alice->email, network::Secret("secret")},
                        [&](auto result) { last = result.has_value(); });
  go.set_value();
  REQUIRE(pump(loop, [&] { return last.has_value(); }));
  CHECK(*last);
  CHECK(failed == 201);
  CHECK(passwords_checked == 2);
  CHECK(leases() == 1);
  CHECK(inotify_instances() <= instances + 2);  // the worker's and the loop's descriptor of one
}

TEST_CASE_METHOD(LoginFixture, "a cancelled login acquires no lease") {
  const auto alice = peer("alice");
  REQUIRE(alice->login());
  REQUIRE(alice->logoff());
  const auto is_empty = [&] {
    SQLite::Database db(database, SQLite::OPEN_READONLY);
    return leases() == 0 && db.execAndGet("SELECT count(*) FROM session").getInt() == 0;
  };
  REQUIRE(pump(loop, is_empty));
  const int instances = inotify_instances();

  // The worker starts the second check after the first login, while the loop does not run.
  std::promise<void> go, go_on, second;
  before_password_check = [&, first = true]() mutable {
    if (std::exchange(first, false)) return go.get_future().wait();
    second.set_value();
    go_on.get_future().wait();
  };
  std::vector<bool> results;
  const auto note = [&](const Result<void>& result) { results.push_back(result.has_value()); };
  passwords_checked = 0;
  alice->network->login({alice->email, network::Secret("secret")}, note);
  REQUIRE(pump(loop, [] { return passwords_checked == 1; }));
  alice->network->logoff([](const Result<void>&) {});
  alice->network->login({alice->email, network::Secret("secret")}, note);
  go.set_value();
  second.get_future().wait();
  CHECK(is_empty());
  CHECK(inotify_instances() == instances);
  CHECK(results.empty());
  go_on.set_value();
  REQUIRE(pump(loop, [&] { return results.size() == 2; }));
  CHECK(results == std::vector<bool>{false, true});
}

TEST_CASE_METHOD(LoginFixture, "an account with a foreign hash cannot log in") {
  const auto alice = peer("alice");
  REQUIRE(alice->login());
  REQUIRE(alice->logoff());
  const auto least = network::local::HashCost::least();
  SECTION("emptied, to lock it") {
    set_hash("");
  }
  SECTION("of another program") {
    set_hash("$2b$12$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzABCDE");
  }
  SECTION("of the right password with a higher cost") {
    set_hash(hash_of("secret", least.operations + 1, least.memory));
  }
  SECTION("of the right password with more memory") {
    set_hash(hash_of("secret", least.operations, 2 * least.memory));
  }
  SECTION("of the largest memory") {
    set_hash(
        "$argon2id$v=19$m=4194303,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  }
  passwords_checked = 0;
  for (const std::string password : {"secret", "wrong", ""}) {
    const auto refused = alice->login(password);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::login_refused);
    CHECK(refused.error().number == 911);
  }
  CHECK(passwords_checked == 0);
}

TEST_CASE_METHOD(LoginFixture,
                 "without an inotify instance the inbox is polled and one warning is logged") {
  Lines heard;
  const auto quiet = [&](const std::string& name) {
    return std::make_unique<Peer>(loop, name + "@example.org", [&](network::Listener& listener) {
      network::local::Options options;
      options.database = database;
      options.registration = registration;
      options.hash_cost = network::local::HashCost::least();
      return std::make_unique<network::local::LocalNetwork>(
          options, network::Dependencies{loop, listener, clock, heard, directory.path()});
    });
  };
  const auto bob = online("bob");
  no_inotify = true;
  const auto alice = quiet("alice");
  REQUIRE(alice->login());
  REQUIRE(alice->status(model::Status::online));
  REQUIRE(bob->send(alice->email, "one"));
  REQUIRE(alice->until([&] { return alice->texts(bob->email).size() == 1; }));
  REQUIRE(alice->logoff());
  REQUIRE(alice->login());
  REQUIRE(bob->send(alice->email, "two"));
  REQUIRE(alice->until([&] { return alice->texts(bob->email).size() == 2; }));
  REQUIRE(heard.lines.size() == 1);
  CHECK(heard.lines[0].find("sudo sysctl fs.inotify.max_user_instances=") != std::string::npos);

  // As soon as an instance is available it is used, with a second descriptor for the loop.
  const int instances = inotify_instances();
  no_inotify = false;
  REQUIRE(alice->until([&] { return inotify_instances() == instances + 2; }));
  REQUIRE(bob->send(alice->email, "three"));
  REQUIRE(alice->until([&] { return alice->texts(bob->email).size() == 3; }));
}

#ifndef MSNC_SANITIZED  // the sanitizer itself needs descriptors
TEST_CASE_METHOD(LoginFixture, "a login without enough descriptors fails or receives events") {
  const auto alice = online("alice");
  const auto bob = peer("bob");
  REQUIRE(bob->login());
  REQUIRE(bob->logoff());
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const UniqueFd next(::dup(0));
  struct rlimit tight = before;
  int refused = 0;
  // One more descriptor each time, until there are enough.
  for (tight.rlim_cur = static_cast<rlim_t>(next.get()) + 1;; ++tight.rlim_cur, ++refused) {
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    const auto result = bob->login();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    if (result) break;
    INFO(result.error().message);
    CHECK(result.error().code == ErrorCode::network);
    CHECK(result.error().message.starts_with("cannot use " + database));
    REQUIRE(refused < 100);
  }
  CHECK(refused > 3);
  REQUIRE(alice->send(bob->email, "can you hear me"));
  CHECK(bob->until([&] { return bob->texts(alice->email).size() == 1; }));
}
#endif

TEST_CASE_METHOD(LoginFixture, "a FIFO in place of a file of the database does not block a login") {
  const auto alice = peer("alice");
  REQUIRE(alice->login());
  REQUIRE(alice->logoff());
  std::string file;
  SECTION("the database") {
    file = database;
  }
  SECTION("its log") {
    file = database + "-wal";
  }
  SECTION("its shared memory") {
    file = database + "-shm";
  }
  SECTION("its journal") {
    file = database + "-journal";
  }
  SECTION("the folder of leases") {
    file = database + ".leases";
  }
  SECTION("another session's lease") {
    file = database + ".leases/" + network::local::new_session_name();
  }
  alice->network.reset();  // waits until the database is closed
  std::filesystem::remove_all(file);
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  const auto again = peer("alice");
  const auto result = again->login();
  const bool lease = file.find(".leases/") != file.npos;
  CHECK(result.has_value() == lease);
  if (!result) {
    CHECK(result.error().code == ErrorCode::network);
    CHECK(result.error().message.starts_with("cannot use " + file));
  }
}

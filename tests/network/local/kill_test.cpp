// SPDX-License-Identifier: MIT
// kill -9: what other daemons see, and what is not lost.
#include "tests/network/local/other_process.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <set>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace msn;
using namespace msn::test;
using model::Status;

namespace {

const std::string alice_email = "alice@example.org";
const std::string bob_email = "bob@example.org";

std::size_t files_in(const std::string& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

// Bob logs in, reports that, and runs until killed.
void be_bob(LocalFixture& fixture, const std::function<void(const std::string&)>& say,
            bool stores) {
  auto bob = fixture.peer("bob");
  bob->said.stores = stores;
  bob->said.on_event = [&] {
    for (const auto& event : bob->said.events)
      if (std::holds_alternative<model::Message>(event))
        say("message " + std::get<model::Message>(event).text);
  };
  if (!bob->login() || !bob->status(Status::online)) return;
  say("online");
  run_forever(fixture);
}

}  // namespace

TEST_CASE_METHOD(LocalFixture, "a daemon that is killed looks offline to all contacts at once") {
  OtherProcess other(database, [](auto& fixture, auto& say) { be_bob(fixture, say, true); });
  REQUIRE(other.line() == "online");
  const auto alice = online("alice");
  const auto carol = online("carol", Status::invisible);
  REQUIRE(alice->add(bob_email));
  REQUIRE(carol->add(bob_email));
  REQUIRE(alice->hears(status_event(bob_email, "online")));
  REQUIRE(carol->hears(status_event(bob_email, "online")));
  CHECK(files_in(database + ".leases") == 3);
  other.kill();
  REQUIRE(alice->hears(status_event(bob_email, "offline")));
  REQUIRE(carol->hears(status_event(bob_email, "offline")));
  CHECK(files_in(database + ".leases") == 2);
  // He can log in as after a log-off.
  const auto bob = online("bob");
  REQUIRE(alice->until([&] { return alice->said.count(status_event(bob_email, "online")) == 2; }));
}

TEST_CASE_METHOD(LocalFixture, "a daemon killed while no other ran is offline at the next login") {
  {
    OtherProcess other(database, [](auto& fixture, auto& say) {
      auto alice = fixture.online("alice");
      auto bob = fixture.online("bob");
      if (!alice->add(bob->email) || !alice->hears(status_event(bob->email, "online"))) return;
      say("ready");
      run_forever(fixture);
    });
    REQUIRE(other.line() == "ready");
  }
  CHECK(files_in(database + ".leases") == 2);
  const auto alice = online("alice");
  REQUIRE(alice->send(alice->email, "settle"));
  REQUIRE(alice->until([&] { return alice->texts(alice->email).size() == 1; }));
  CHECK(alice->said.all<model::StatusChange>().empty());
  CHECK(alice->contact(bob_email)->status == Status::offline);
  CHECK(files_in(database + ".leases") == 1);
}

TEST_CASE_METHOD(LocalFixture, "a lock released a moment after its file was closed is waited for") {
  using namespace msn::network::local;
  { const auto dave = online("dave"); }
  const auto alice = online("alice");
  // The test acts as Dave's daemon: a session and its locked lease.
  const std::string session = new_session_name();
  const Leases leases(database);
  const UniqueFd held(::open(leases.file(session).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  REQUIRE(::fcntl(held.get(), F_OFD_SETLK, &lock) == 0);
  {
    SQLite::Database db(database, SQLite::OPEN_READWRITE);
    db.exec("INSERT INTO session SELECT id, '" + session +
            "', 'online', 0 FROM account WHERE email = 'dave@example.org'");
  }
  REQUIRE(alice->add("dave@example.org"));
  REQUIRE(alice->hears(status_event("dave@example.org", "online")));
  ::close(::open(leases.file(session).c_str(), O_RDWR | O_CLOEXEC));
  for (int i = 0; i < 5; ++i)
    REQUIRE(alice->nick("Alice"));  // she has checked the lease and found it locked
  CHECK(alice->contact("dave@example.org")->status == Status::online);
  lock.l_type = F_UNLCK;
  REQUIRE(::fcntl(held.get(), F_OFD_SETLK, &lock) == 0);
  REQUIRE(alice->hears(status_event("dave@example.org", "offline")));
}

TEST_CASE_METHOD(LocalFixture,
                 "a message that a killed daemon had not stored is delivered again and then Sent") {
  OtherProcess other(database, [](auto& fixture, auto& say) { be_bob(fixture, say, false); });
  REQUIRE(other.line() == "online");
  const auto alice = online("alice");
  REQUIRE(alice->add(bob_email));
  REQUIRE(alice->hears(status_event(bob_email, "online")));
  REQUIRE(alice->send(bob_email, "hello", "id"));
  REQUIRE(other.line() == "message hello");
  other.kill();
  REQUIRE(alice->hears(status_event(bob_email, "offline")));
  CHECK(alice->said.all<model::Sent>().empty());
  const auto bob = online("bob");
  REQUIRE(bob->until([&] { return bob->texts(alice_email) == std::vector<std::string>{"hello"}; }));
  REQUIRE(alice->hears(model::Sent{"id", bob_email}));
}

TEST_CASE_METHOD(LocalFixture, "accepted messages survive the sender's kill in order and once") {
  { const auto bob = online("bob"); }
  std::vector<std::string> accepted;
  for (int round = 0; round < 4; ++round) {
    OtherProcess other(database, [round](auto& fixture, auto& say) {
      auto alice = fixture.online("alice");
      for (int i = 0; i < 5000; ++i) {
        const std::string text = std::to_string(round) + "." + std::to_string(i);
        alice->network->send({bob_email, {text}, {}}, [&say, text](const Result<void>& result) {
          if (result) say(text);
        });
        if (i % 7 == 0) fixture.loop.restart(), fixture.loop.poll();
      }
      run_forever(fixture);
    });
    for (int i = 0; i < 50 * (round + 1); ++i) {
      accepted.push_back(other.line());
      REQUIRE_FALSE(accepted.back().empty());
    }
    other.kill();
    for (std::string line; !(line = other.line()).empty();) accepted.push_back(line);
  }

  const auto bob = peer("bob");
  REQUIRE(bob->login());
  REQUIRE(bob->send(bob_email, "last"));
  REQUIRE(bob->until([&] { return !bob->texts(bob_email).empty(); }));
  const auto texts = bob->texts(alice_email);
  // Messages accepted but not reported may exist, too; none is repeated or out of order.
  CHECK(std::set<std::string>(texts.begin(), texts.end()).size() == texts.size());
  const auto key = [](const std::string& text) {
    const auto dot = text.find('.');
    return std::pair(std::stoi(text.substr(0, dot)), std::stoi(text.substr(dot + 1)));
  };
  CHECK(std::is_sorted(texts.begin(), texts.end(),
                       [&](auto& a, auto& b) { return key(a) < key(b); }));
  const std::set<std::string> there(texts.begin(), texts.end());
  for (const auto& text : accepted) {
    INFO(text);
    REQUIRE(there.count(text) == 1);
  }
}

TEST_CASE_METHOD(LocalFixture, "two users can share the database of a group") {
  if (::geteuid() != 0) {
    WARN("not run: only root can be two users");
    return;
  }
  constexpr gid_t group = 60001;
  constexpr uid_t first = 60001, second = 60002;
  REQUIRE(::chmod(directory.path().c_str(), 02770) == 0);
  REQUIRE(::chown(directory.path().c_str(), first, group) == 0);
  ::close(::open(database.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  REQUIRE(::chown(database.c_str(), first, group) == 0);
  REQUIRE(::chmod(database.c_str(), 0660) == 0);

  const auto become = [](uid_t user) {
    return ::setgroups(0, nullptr) == 0 && ::setgid(group) == 0 && ::setuid(user) == 0;
  };
  OtherProcess one(database, [&](auto& fixture, auto& say) {
    if (!become(first)) return;
    auto alice = fixture.online("alice");
    if (!alice->network) return;
    say("online");
    if (alice->until([&] { return !alice->texts(bob_email).empty(); }))
      say(alice->texts(bob_email).front());
    if (!alice->send(bob_email, "hi bob")) return;
    run_forever(fixture);
  });
  REQUIRE(one.line() == "online");
  OtherProcess two(database, [&](auto& fixture, auto& say) {
    if (!become(second)) return;
    auto bob = fixture.online("bob");
    if (!bob->network || !bob->add(alice_email)) return;
    if (!bob->hears(status_event(alice_email, "online"))) return;
    if (!bob->send(alice_email, "hi alice")) return;
    if (bob->until([&] { return !bob->texts(alice_email).empty(); }))
      say(bob->texts(alice_email).front());
    if (bob->hears(status_event(alice_email, "offline"))) say("gone");
  });
  CHECK(one.line() == "hi alice");
  CHECK(two.line() == "hi bob");
  one.kill();
  CHECK(two.line() == "gone");
}

TEST_CASE_METHOD(LocalFixture, "a failed acknowledgement is repeated until it succeeds") {
  const auto alice = online("alice");
  const auto bob = online("bob");
  bob->said.stores = false;
  REQUIRE(alice->send(bob_email, "hi", "x"));
  REQUIRE(bob->until([&] { return !bob->said.unstored.empty(); }));
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto* const old = ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit tight = before;
  tight.rlim_cur = std::filesystem::file_size(database + "-wal");
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  bob->said.unstored.front()();
  const auto refused = bob->nick("Bob");  // the worker has tried the acknowledgement before it
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  ::signal(SIGXFSZ, old);
  REQUIRE_FALSE(refused);
  CHECK(alice->said.all<model::Sent>().empty());
  REQUIRE(alice->hears(model::Sent{"x", bob_email}));
}

TEST_CASE_METHOD(LocalFixture, "on a full disk a message is refused with the reason") {
  const auto alice = online("alice");
  const auto bob = online("bob");
  REQUIRE(alice->add(bob_email));
  REQUIRE(alice->hears(status_event(bob_email, "online")));
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto* const old = ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit tight = before;
  tight.rlim_cur = std::filesystem::file_size(database + "-wal");
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  const auto refused = alice->send(bob_email, "lost?");
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  ::signal(SIGXFSZ, old);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::network);
  CHECK(refused.error().message.find(database) != std::string::npos);
  CHECK(alice->network->state() == network::State::online);
  REQUIRE(alice->send(bob_email, "now"));
  REQUIRE(bob->until([&] { return !bob->texts(alice_email).empty(); }));
  CHECK(bob->texts(alice_email) == std::vector<std::string>{"now"});
}

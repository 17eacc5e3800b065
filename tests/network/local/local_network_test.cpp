// SPDX-License-Identifier: MIT
// The embedded network, beyond the contract test.
#include "core/network/local/driver.hpp"
#include "tests/network/local/fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <asio/post.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace msn;
using namespace msn::test;
using model::Status;
using Texts = std::vector<std::string>;

TEST_CASE_METHOD(LocalFixture, "a login with an unknown address creates an account") {
  const auto alice = peer("alice");
  REQUIRE(alice->login("first"));
  CHECK(alice->network->self().privacy.open);
  CHECK(alice->network->self().privacy.ask);
  CHECK(alice->network->self().nick.empty());
  REQUIRE(alice->logoff());
  CHECK(alice->login("second").error().number == 911);
  CHECK(alice->login("first"));
}

TEST_CASE_METHOD(LocalFixture, "the password is stored only as a memory-hard hash") {
  {
    const auto alice = peer("alice");
    REQUIRE(alice->login("correct horse battery staple"));
  }
  std::ifstream file(database, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  CHECK(bytes.find("alice@example.org") != std::string::npos);
  CHECK(bytes.find("correct horse") == std::string::npos);
  CHECK(bytes.find("$argon2id$") != std::string::npos);
}

TEST_CASE("accounts have the interactive cost and any bytes can be a password") {
  using namespace msn::network::local;
  CHECK(HashCost::interactive().memory == 64u << 20);
  CHECK(network::local::Options{}.hash_cost.memory == 64u << 20);
  const network::Secret password(std::string("a b\xff\x01", 5));
  const auto hash = hash_password(password, HashCost::interactive());
  REQUIRE(hash);
  CHECK(password_matches(password, *hash, HashCost::interactive()));
  CHECK_FALSE(password_matches(network::Secret("a b"), *hash, HashCost::interactive()));
  CHECK_FALSE(password_matches(password, "not a hash", HashCost::interactive()));
  CHECK_FALSE(password_matches(password, std::string(1000, '$'), HashCost::interactive()));
}

TEST_CASE_METHOD(LocalFixture,
                 "of two simultaneous first logins of an address one password counts") {
  const auto one = peer("alice"), other = peer("alice");
  std::vector<bool> results;
  one->network->login({one->email, network::Secret("red")},
                      [&](auto r) { results.push_back(r.has_value()); });
  other->network->login({one->email, network::Secret("blue")},
                        [&](auto r) { results.push_back(r.has_value()); });
  REQUIRE(pump(loop, [&] { return results.size() == 2; }));
  CHECK(results[0] != results[1]);
  SQLite::Database db(database, SQLite::OPEN_READONLY);
  CHECK(db.execAndGet("SELECT count(*) FROM account").getInt() == 1);
}

TEST_CASE_METHOD(LocalFixture, "an invalid address cannot log in") {
  const auto nobody =
      std::make_unique<Peer>(loop, "no address", [this](auto& listener) { return make(listener); });
  CHECK(nobody->login().error().code == ErrorCode::invalid);
  CHECK(nobody->network->state() == network::State::offline);
}

TEST_CASE_METHOD(LocalFixture,
                 "an address without an account can be added before its first login") {
  const auto alice = online("alice");
  REQUIRE(alice->add("bob@example.org", "Bob"));
  REQUIRE(alice->hears(model::ContactAdded{"bob@example.org"}));
  REQUIRE(alice->send("bob@example.org", "welcome", "w1"));
  const auto bob = peer("bob");
  REQUIRE(bob->login());
  REQUIRE(bob->contact(alice->email));
  CHECK(bob->contact(alice->email)->lists.reverse);
  REQUIRE(bob->hears(model::AddedYou{alice->email}));
  REQUIRE(bob->until([&] { return bob->texts(alice->email) == Texts{"welcome"}; }));
  REQUIRE(bob->status(Status::online));
  REQUIRE(alice->hears(status_event("bob@example.org", "online")));
  REQUIRE(alice->hears(model::Flushed{"bob@example.org"}));
  REQUIRE(alice->hears(model::Sent{"w1", "bob@example.org"}));
}

TEST_CASE_METHOD(LocalFixture,
                 "the sender of a message cannot tell an invisible recipient from an offline one") {
  const auto alice = online("alice");
  const auto bob = online("bob", Status::invisible);
  REQUIRE(alice->send(bob->email, "hi", "x"));
  REQUIRE(bob->until([&] { return bob->texts(alice->email) == Texts{"hi"}; }));
  REQUIRE(bob->send(bob->email, "settle"));
  REQUIRE(bob->until([&] { return !bob->texts(bob->email).empty(); }));
  REQUIRE(alice->send(alice->email, "settle"));
  REQUIRE(alice->until([&] { return !alice->texts(alice->email).empty(); }));
  CHECK(alice->said.all<model::Flushed>().empty());
  CHECK(alice->said.all<model::Sent>().empty());
  CHECK(alice->network->self().queued == 1);
  REQUIRE(bob->status(Status::online));
  REQUIRE(alice->hears(model::Sent{"x", bob->email}));
  CHECK(alice->said.has(model::Flushed{bob->email}));
  CHECK(alice->network->self().queued == 0);
}

TEST_CASE_METHOD(LocalFixture, "receipts are kept for a sender who has logged off") {
  auto alice = online("alice");
  { const auto bob = online("bob"); }
  REQUIRE(alice->send("bob@example.org", "hi", "x"));
  REQUIRE(alice->logoff());
  const auto bob = online("bob");
  REQUIRE(bob->until([&] { return bob->texts(alice->email) == Texts{"hi"}; }));
  REQUIRE(alice->login());
  REQUIRE(alice->hears(model::Flushed{bob->email}));
  REQUIRE(alice->hears(model::Sent{"x", bob->email}));
}

TEST_CASE_METHOD(LocalFixture, "the number of pending messages is known after a login") {
  const auto alice = online("alice");
  { const auto bob = online("bob"); }
  { const auto carol = online("carol"); }
  REQUIRE(alice->send("bob@example.org", "1"));
  REQUIRE(alice->send("bob@example.org", "2"));
  REQUIRE(alice->send("carol@example.org", "3"));
  CHECK(alice->network->self().queued == 3);
  REQUIRE(alice->logoff());
  CHECK(alice->network->self().queued == 0);
  REQUIRE(alice->login());
  CHECK(alice->network->self().queued == 3);
  const auto bob = online("bob");
  REQUIRE(alice->hears(model::Flushed{bob->email}));
  CHECK(alice->network->self().queued == 1);
}

TEST_CASE_METHOD(LocalFixture, "many messages to an offline user arrive in order") {
  const auto alice = online("alice");
  { const auto bob = online("bob"); }
  constexpr std::size_t count = 3000;
  std::size_t done = 0;
  for (std::size_t i = 0; i < count; ++i)
    alice->network->send({"bob@example.org", {std::to_string(i)}, {}},
                         [&](auto r) { done += r.has_value(); });
  REQUIRE(pump(loop, [&] { return done == count; }));
  const auto bob = peer("bob");
  SECTION("stored at once") {}
  SECTION("stored later: the number of unstored batches is limited") {
    bob->said.stores = false;
    REQUIRE(bob->login());
    REQUIRE(bob->until([&] { return bob->said.unstored.size() == 4; }));
    for (int i = 0; i < 5; ++i) REQUIRE(bob->nick("Bob"));  // earlier jobs are done then
    CHECK(bob->said.unstored.size() == 4);
    CHECK(bob->said.events.size() < count);
    CHECK(alice->said.all<model::Flushed>().empty());
    bob->said.stores = true;
    for (auto& stored : std::exchange(bob->said.unstored, {})) stored();
  }
  if (bob->network->state() == network::State::offline) REQUIRE(bob->login());
  REQUIRE(bob->status(Status::online));
  REQUIRE(bob->until([&] { return bob->said.events.size() >= count; }));
  const auto texts = bob->texts(alice->email);
  REQUIRE(texts.size() == count);
  bool in_order = true;
  for (std::size_t i = 0; i < count; ++i) in_order = in_order && texts[i] == std::to_string(i);
  CHECK(in_order);
  REQUIRE(alice->hears(model::Flushed{bob->email}));
  CHECK(alice->said.all<model::Flushed>().size() == 1);
}

TEST_CASE_METHOD(LocalFixture,
                 "twenty daemons on one database see each other and exchange messages") {
  constexpr std::size_t count = 20;
  std::vector<std::unique_ptr<Peer>> peers;
  for (std::size_t i = 0; i < count; ++i) {
    peers.push_back(online("p" + std::to_string(i)));
    REQUIRE(peers.back()->network);
  }
  std::size_t done = 0, wanted = 0;
  const auto counted = [&](const Result<void>& result) { done += result.has_value(); };
  for (auto& one : peers)
    for (auto& other : peers) {
      if (one == other) continue;
      one->network->add(other->email, other->email, counted);
      for (int i = 0; i < 3; ++i) {
        one->network->send({other->email, {std::to_string(i)}, {}}, counted);
        ++wanted;
      }
      ++wanted;
    }
  REQUIRE(pump(
      loop, [&] { return done == wanted; }, std::chrono::seconds(90)));
  for (auto& one : peers)
    for (auto& other : peers) {
      if (one == other) continue;
      INFO(one->email << " " << other->email);
      REQUIRE(one->hears(status_event(other->email, "online")));
      REQUIRE(one->until([&] { return one->texts(other->email).size() == 3; }));
      CHECK(one->texts(other->email) == Texts{"0", "1", "2"});
      CHECK(one->said.has(model::AddedYou{other->email}));
    }
  peers.pop_back();
  for (auto& one : peers) REQUIRE(one->hears(status_event("p19@example.org", "offline")));
}

TEST_CASE_METHOD(LocalFixture, "a daemon without news is not woken") {
  const auto alice = online("alice"), bob = online("bob"), carol = online("carol");
  REQUIRE(alice->add(bob->email));
  REQUIRE(alice->hears(status_event(bob->email, "online")));
  REQUIRE(bob->hears(model::AddedYou{alice->email}));
  while (loop.restart(), loop.run_one_for(std::chrono::milliseconds(100)) > 0) {
  }
  loop.restart();
  CHECK(loop.run_one_for(std::chrono::milliseconds(300)) == 0);
}

TEST_CASE_METHOD(LocalFixture, "deleting the leases does not disconnect the daemons") {
  const auto alice = online("alice"), bob = online("bob");
  REQUIRE(alice->add(bob->email));
  REQUIRE(alice->hears(status_event(bob->email, "online")));
  std::filesystem::remove_all(database + ".leases");
  const auto leases = [&] {
    std::size_t count = 0;
    std::error_code ignored;
    for (auto it = std::filesystem::directory_iterator(database + ".leases", ignored);
         !ignored && it != std::filesystem::directory_iterator(); it.increment(ignored))
      ++count;
    return count;
  };
  REQUIRE(pump(loop, [&] { return leases() == 2; }));
  REQUIRE(alice->send(bob->email, "still there?"));
  REQUIRE(bob->until([&] { return bob->texts(alice->email) == Texts{"still there?"}; }));
  REQUIRE(bob->status(Status::away));
  REQUIRE(alice->hears(status_event(bob->email, "away")));
  CHECK(alice->said.count(status_event(bob->email, "offline")) == 0);
}

TEST_CASE_METHOD(LocalFixture, "all names of a database lead to the same leases") {
  { const auto made = peer("alice")->login(); }
  std::filesystem::create_symlink(database, directory / "alias.db");
  const auto alice = online("alice");
  database = directory / "alias.db";
  const auto bob = online("bob");
  REQUIRE(bob->network);
  REQUIRE(bob->send(alice->email, "hi"));
  REQUIRE(alice->until([&] { return alice->texts(bob->email) == Texts{"hi"}; }));
  CHECK_FALSE(std::filesystem::exists(directory / "alias.db.leases"));
}

TEST_CASE_METHOD(LocalFixture,
                 "a database that becomes unusable ends the session with an error event") {
  const auto alice = online("alice");
  {
    SQLite::Database db(database, SQLite::OPEN_READWRITE);
    db.exec("DROP TABLE inbox");
  }
  const auto result = alice->send(alice->email, "hi");
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CHECK(result.error().message.starts_with("cannot use " + database +
                                           ": its table 'inbox' does not match msncd's format"));
  // As another daemon would wake it.
  for (const auto& lease : std::filesystem::directory_iterator(database + ".leases"))
    std::ifstream(lease.path()).get();
  REQUIRE(alice->until([&] { return !alice->said.states.empty(); }));
  CHECK(alice->said.events ==
        std::vector<model::Event>{model::ErrorEvent{"501", "Database server error"},
                                  model::Closed{}});
  CHECK(alice->network->state() == network::State::offline);
  std::filesystem::remove(database);
  std::filesystem::remove(database + "-wal");
  std::filesystem::remove(database + "-shm");
  CHECK(alice->login());
}

TEST_CASE_METHOD(LocalFixture, "a mark from before a restore of the database is not used") {
  { const auto bob = online("bob"); }
  const auto alice = online("alice");
  REQUIRE(alice->send("bob@example.org", "hi"));
  const auto bob = peer("bob");
  bob->said.keeps_marks = true;
  std::string name;
  {
    SQLite::Database db(database, SQLite::OPEN_READONLY);
    name = db.execAndGet("SELECT value FROM meta WHERE name = 'name'").getString();
  }
  const std::string stamp = std::to_string([&] {
    SQLite::Database db(database, SQLite::OPEN_READONLY);
    return db.execAndGet("SELECT stamp FROM inbox WHERE id = 1").getInt64();
  }());
  SECTION("a number never reached") {
    bob->said.marks[bob->email] = name + ":999999:" + stamp;
  }
  SECTION("another stamp") {
    bob->said.marks[bob->email] = name + ":1:1";
  }
  SECTION("another database") {
    bob->said.marks[bob->email] = "0123456789abcdef:1:" + stamp;
  }
  SECTION("from an older version") {
    bob->said.marks[bob->email] = name + ":1";
  }
  SECTION("no mark at all") {
    bob->said.marks[bob->email] = name + ":" + GENERATE("x", "", ":", "1:", ":1", "1:x");
  }
  REQUIRE(bob->login());
  REQUIRE(bob->until([&] { return bob->texts(alice->email) == Texts{"hi"}; }));
  CHECK(bob->said.marks[bob->email].starts_with(name + ":"));
}

TEST_CASE_METHOD(LocalFixture, "a log-off cancels a login in progress") {
  const auto alice = peer("alice");
  std::vector<std::string> said;
  alice->network->login({alice->email, network::Secret("secret")},
                        [&](auto r) { said.push_back(r ? "login ok" : "login failed"); });
  CHECK(alice->network->state() == network::State::connecting);
  alice->network->logoff([&](auto r) { said.push_back(r ? "logoff ok" : "logoff failed"); });
  REQUIRE(pump(loop, [&] { return said.size() == 2; }));
  CHECK(std::count(said.begin(), said.end(), "login failed") == 1);
  CHECK(std::count(said.begin(), said.end(), "logoff ok") == 1);
  CHECK(alice->network->state() == network::State::offline);
  REQUIRE(alice->login());
  CHECK(alice->network->state() == network::State::online);
}

TEST_CASE("the driver accepts its settings and names an invalid one") {
  TempDir directory;
  asio::io_context loop;
  FakeClock clock;
  NullLog log;
  RecordingListener listener;
  const network::Dependencies dependencies{loop, listener, clock, log, directory / "state"};
  const auto& driver = network::local::driver();
  CHECK(driver.name == "local");
  REQUIRE(driver.settings.size() == 2);
  CHECK(driver.settings[0].name == "db");
  CHECK(driver.settings[0].option == "--local-db");
  CHECK(driver.settings[1].name == "register");

  const auto log_in = [&](const network::Settings& settings) {
    auto made = driver.create(settings, dependencies);
    if (!made) return Result<void>(fail(made.error()));
    std::optional<Result<void>> result;
    (*made)->login({"alice@example.org", network::Secret("secret")}, [&](auto r) { result = r; });
    REQUIRE(pump(loop, [&] { return result.has_value(); }));
    return *result;
  };
  CHECK(log_in({}).error().number == 205);
  CHECK(std::filesystem::exists(directory / "state/local.db"));
  CHECK(log_in({{"db", directory / "mine.db"}, {"register", "yes"}}).error().number == 205);
  CHECK(std::filesystem::exists(directory / "mine.db"));
  CHECK(log_in({{"db", directory / "open.db"}, {"register", "Login"}}));
  CHECK(log_in({{"db", directory / "closed.db"}, {"register", "no"}}).error().number == 911);
  const auto wrong = log_in({{"register", "perhaps"}});
  CHECK(wrong.error().code == ErrorCode::usage);
  CHECK(wrong.error().message == "register: 'perhaps' must be yes, login or no");
  CHECK(log_in({{"db", ""}}).error().code == ErrorCode::usage);
  CHECK(log_in({{"colour", "blue"}}).error().message ==
        "colour: not a setting of the network 'local'");
}

TEST_CASE_METHOD(LocalFixture, "a restored database loses no later messages") {
  const auto bob = peer("bob");
  bob->said.keeps_marks = true;
  const auto alice = peer("alice");
  REQUIRE(bob->login());
  REQUIRE(alice->login());
  REQUIRE(alice->logoff());
  REQUIRE(bob->logoff());
  std::filesystem::copy_file(database, directory / "copy.db");
  REQUIRE(bob->login());
  REQUIRE(alice->login());
  for (int i = 0; i < 6; ++i) REQUIRE(alice->send(bob->email, "before"));
  REQUIRE(bob->until([&] { return bob->texts(alice->email).size() == 6; }));
  REQUIRE(alice->logoff());
  REQUIRE(bob->logoff());
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(database + suffix);
  std::filesystem::rename(directory / "copy.db", database);

  REQUIRE(alice->login());
  Texts after;
  for (int i = 0; i < 8; ++i) {
    after.push_back("after " + std::to_string(i));
    REQUIRE(alice->send(bob->email, after.back(), "t" + std::to_string(i)));
  }
  REQUIRE(bob->login());
  REQUIRE(bob->until([&] { return bob->texts(alice->email).size() == 14; }));
  const auto texts = bob->texts(alice->email);
  CHECK(Texts(texts.begin() + 6, texts.end()) == after);
  CHECK(alice->said.all<model::Sent>().empty());
  REQUIRE(bob->status(Status::online));
  REQUIRE(alice->hears(model::Sent{"t7", bob->email}));
  CHECK(alice->said.all<model::Sent>().size() == 8);
}

TEST_CASE_METHOD(LocalFixture,
                 "a session whose database is replaced accepts nothing more and ends") {
  { const auto bob = online("bob"); }
  {
    const auto alice = peer("alice");
    REQUIRE(alice->login());
  }
  std::filesystem::copy_file(database, directory / "copy.db");
  const auto alice = online("alice");
  REQUIRE(alice->send("bob@example.org", "kept"));
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(database + suffix);
  std::filesystem::rename(directory / "copy.db", database);
  CHECK(alice->send("bob@example.org", "lost").error().code == ErrorCode::not_logged_in);
  REQUIRE(alice->until([&] { return !alice->said.states.empty(); }));
  CHECK(alice->network->state() == network::State::offline);
  REQUIRE(alice->login());
  REQUIRE(alice->send("bob@example.org", "again"));
  const auto bob = online("bob");
  REQUIRE(bob->until([&] { return bob->texts(alice->email) == Texts{"again"}; }));
}

TEST_CASE_METHOD(LocalFixture,
                 "the name of a user is the last one seen online by users who may see it") {
  const auto alice = online("alice"), bob = online("bob");
  REQUIRE(alice->nick("Alice"));
  REQUIRE(alice->add(bob->email));
  REQUIRE(bob->hears(model::AddedYou{alice->email}));
  const auto name_known_to = [&](Peer& peer) {
    CHECK(peer.login());
    const auto* contact = peer.contact(alice->email);
    return contact ? contact->real_nick : "no contact";
  };
  SECTION("to a user who is not a contact") {
    CHECK(bob->contact(alice->email)->real_nick == "Alice");
    CHECK(name_known_to(*bob) == "Alice");
    REQUIRE(alice->logoff());
    CHECK(name_known_to(*bob) == "Alice");
  }
  SECTION("not a name set while invisible") {
    REQUIRE(alice->status(Status::invisible));
    REQUIRE(alice->nick("Ghost"));
    CHECK(name_known_to(*bob) == "Alice");
    REQUIRE(bob->add(alice->email));
    REQUIRE(bob->hears(model::ContactAdded{alice->email}));
    CHECK(bob->contact(alice->email)->real_nick == "Alice");
    CHECK(name_known_to(*bob) == "Alice");
    REQUIRE(alice->status(Status::away));
    CHECK(name_known_to(*bob) == "Ghost");
  }
  SECTION("not to a blocked user") {
    REQUIRE(alice->block(bob->email));
    CHECK(name_known_to(*bob).empty());
  }
  SECTION("a contact who blocks us keeps the known name") {
    REQUIRE(bob->add(alice->email));
    REQUIRE(bob->hears(model::ContactAdded{alice->email}));
    REQUIRE(alice->block(bob->email));
    REQUIRE(alice->nick("Not For Bob"));
    CHECK(name_known_to(*bob) == "Alice");
  }
  SECTION("not of a user who adds us while invisible") {
    const auto carol = peer("carol");
    REQUIRE(carol->login());
    REQUIRE(carol->nick("Carol"));
    REQUIRE(carol->status(Status::invisible));
    REQUIRE(carol->add(bob->email));
    REQUIRE(bob->hears(model::AddedYou{carol->email}));
    CHECK(bob->contact(carol->email)->real_nick.empty());
  }
}

TEST_CASE_METHOD(LocalFixture,
                 "a changed name reaches contacts who do not have this account as a contact") {
  const auto alice = online("alice"), bob = peer("bob");
  REQUIRE(alice->nick("Alice"));
  REQUIRE(bob->login());
  REQUIRE(alice->add(bob->email));
  REQUIRE(bob->hears(model::AddedYou{alice->email}));
  // After all operations of alice.
  const auto name = [&] {
    const auto texts = bob->texts(alice->email).size();
    CHECK(alice->send(bob->email, "now"));
    CHECK(bob->until([&] { return bob->texts(alice->email).size() > texts; }));
    CHECK(bob->contact(alice->email)->status == Status::offline);
    CHECK(bob->said.all<model::StatusChange>().empty());
    return bob->contact(alice->email)->real_nick;
  };
  SECTION("at once also before the first STATUS") {
    if (GENERATE(false, true)) REQUIRE(bob->status(Status::online));
    REQUIRE(alice->nick("Alicia"));
    CHECK(name() == "Alicia");
    REQUIRE(alice->nick(""));
    CHECK(name().empty());
  }
  SECTION("only after the status is visible") {
    REQUIRE(alice->status(Status::invisible));
    REQUIRE(alice->nick("Ghost"));
    CHECK(name() == "Alice");
    REQUIRE(alice->status(Status::away));
    CHECK(name() == "Ghost");
  }
  SECTION("not users who are blocked or denied") {
    SECTION("blocked") {
      REQUIRE(alice->block(bob->email));
    }
    SECTION("denied") {
      REQUIRE(alice->privacy(false, true));
      REQUIRE(alice->deny(bob->email));
    }
    REQUIRE(alice->nick("Not For Bob"));
    CHECK(name() == "Alice");
  }
}

TEST_CASE_METHOD(LocalFixture, "the number of pending messages is the same after a login") {
  const auto alice = online("alice"), bob = online("bob", Status::invisible);
  REQUIRE(alice->send(bob->email, "hi"));
  REQUIRE(bob->until([&] { return bob->texts(alice->email).size() == 1; }));
  REQUIRE(bob->nick("Bob"));  // after the message was acknowledged
  CHECK(alice->network->self().queued == 1);
  REQUIRE(alice->login());
  CHECK(alice->network->self().queued == 1);
  REQUIRE(bob->status(Status::online));
  REQUIRE(alice->hears(model::Flushed{bob->email}));
  CHECK(alice->network->self().queued == 0);
}

TEST_CASE_METHOD(LocalFixture, "an error event names the contact and the request") {
  const auto alice = online("alice"), bob = online("bob");
  REQUIRE(bob->block(alice->email));
  REQUIRE(alice->send(bob->email, "hi"));
  REQUIRE(alice->hears(model::ErrorEvent{"217", "User not online", bob->email, {}, "SENDMSG"}));
  REQUIRE(alice->add(bob->email));
  REQUIRE(alice->add(bob->email));
  REQUIRE(alice->hears(model::ErrorEvent{"215", "User already there", bob->email, {}, "ADD"}));
  REQUIRE(alice->add("bob"));
  REQUIRE(alice->hears(model::ErrorEvent{"205", "Invalid user", {}, {}, "ADD"}));
}

TEST_CASE_METHOD(LocalFixture, "a text of the largest length arrives completely") {
  const auto alice = online("alice"), bob = online("bob");
  std::vector<std::string> lines(1000, std::string(58, 'x'));  // and CR LF after each but the last
  lines.back() += "xx";
  REQUIRE(alice->wait([&](auto done) { alice->network->send({bob->email, lines, "id"}, done); }));
  REQUIRE(alice->hears(model::Sent{"id", bob->email}));
  REQUIRE(bob->texts(alice->email).size() == 1);
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
  CHECK(text.size() + lines.size() - 1 == alice->network->abilities().text_limit);
  CHECK(bob->texts(alice->email).front() == text);
}

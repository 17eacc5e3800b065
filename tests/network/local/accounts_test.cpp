// SPDX-License-Identifier: MIT
// Creating accounts on the embedded network and changing their passwords.
#include "tests/network/local/counted.hpp"
#include "tests/network/local/fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include <filesystem>

using namespace msn;
using namespace msn::test;
using network::local::Registration;

namespace {

struct AccountsFixture : LocalFixture {
  ~AccountsFixture() { before_password_check = nullptr; }

  static Result<void> make_account(Peer& peer, const std::string& email,
                                   const std::string& password) {
    return peer.wait([&](auto done) {
      peer.network->create_account({email, network::Secret(password)}, done);
    });
  }
  static Result<void> change_password(Peer& peer, const std::string& old, const std::string& next) {
    return peer.wait([&](auto done) {
      peer.network->change_password(network::Secret(old), network::Secret(next), done);
    });
  }
  std::string hash() const {
    SQLite::Database db(database, SQLite::OPEN_READONLY);
    return db.execAndGet("SELECT hash FROM account").getString();
  }
};

}  // namespace

TEST_CASE_METHOD(AccountsFixture,
                 "a login with an unknown address is refused with the right error") {
  int number = 0;
  SECTION("an account can be created on request") {
    registration = Registration::by_request;
    number = 205;
  }
  SECTION("no account can be created") {
    registration = Registration::none;
    number = 911;
  }
  const auto bob = peer("bob");
  const auto refused = bob->login();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::login_refused);
  CHECK(refused.error().number == number);
  CHECK(bob->network->state() == network::State::offline);
  const bool registers = registration == Registration::by_request;
  CHECK(bob->network->abilities().registers == registers);
  const auto made = make_account(*bob, bob->email, "secret");
  CHECK(made.has_value() == registers);
  if (!made) CHECK(made.error().code == ErrorCode::unsupported);
  CHECK(bob->login().has_value() == registers);
}

TEST_CASE_METHOD(AccountsFixture, "register = login lets logins and requests create accounts") {
  registration = Registration::by_login;
  const auto bob = peer("bob");
  CHECK(bob->network->abilities().registers);
  CHECK(bob->login());
  CHECK(make_account(*bob, "carol@example.org", "secret"));
  CHECK(peer("carol")->login());
}

TEST_CASE_METHOD(AccountsFixture, "an account is created once with the first password") {
  const auto one = peer("alice"), other = peer("alice");
  std::vector<Result<void>> results;
  for (const auto& [to, password] : {std::pair{one.get(), "first"}, {other.get(), "second"}})
    to->network->create_account({"Alice@Example.org", network::Secret(std::string(password))},
                                [&](Result<void> result) { results.push_back(std::move(result)); });
  REQUIRE(pump(loop, [&] { return results.size() == 2; }));
  CHECK(results[0].has_value() != results[1].has_value());
  const auto& refused = results[0] ? results[1] : results[0];
  CHECK(refused.error().code == ErrorCode::exists);
  CHECK(refused.error().message == "there is an account alice@example.org already");
  CHECK(one->login("first").has_value() != other->login("second").has_value());
}

TEST_CASE_METHOD(AccountsFixture, "an invalid address gets no account") {
  const auto one = peer("alice");
  CHECK(make_account(*one, "alice", "secret").error().code == ErrorCode::invalid);
  CHECK_FALSE(std::filesystem::exists(database));
}

TEST_CASE_METHOD(AccountsFixture, "creating an account does not affect a session") {
  const auto alice = online("alice"), bob = online("bob");
  REQUIRE(make_account(*alice, "carol@example.org", "secret"));
  REQUIRE(bob->send(alice->email, "still there?"));
  CHECK(alice->until([&] { return alice->texts(bob->email).size() == 1; }));
  CHECK(alice->said.states.empty());
}

TEST_CASE_METHOD(AccountsFixture,
                 "a changed password applies to the next login and the session continues") {
  const auto alice = online("alice"), bob = online("bob");
  CHECK(change_password(*alice, "wrong", "new").error().number == 911);
  REQUIRE(change_password(*alice, "secret", "new one"));
  REQUIRE(bob->send(alice->email, "still there?"));
  CHECK(alice->until([&] { return alice->texts(bob->email).size() == 1; }));
  CHECK(alice->said.states.empty());
  REQUIRE(alice->logoff());
  CHECK(alice->login("secret").error().number == 911);
  CHECK(alice->login("new one"));
}

TEST_CASE_METHOD(AccountsFixture, "changing a password needs a session") {
  const auto alice = peer("alice");
  CHECK(change_password(*alice, "secret", "new").error().code == ErrorCode::not_logged_in);
  const auto first = online("alice"), second = online("alice");
  REQUIRE(first->until([&] { return !first->said.states.empty(); }));
  CHECK(change_password(*first, "secret", "new").error().code == ErrorCode::not_logged_in);
}

TEST_CASE_METHOD(AccountsFixture, "a password that changes during the check is checked again") {
  const auto alice = online("alice");
  const std::string before = hash();
  // Between the check and the change another daemon sets an empty hash, which locks the account.
  before_password_check = [&] {
    SQLite::Database db(database, SQLite::OPEN_READWRITE);
    db.exec("UPDATE account SET hash = ''");
  };
  CHECK(change_password(*alice, "secret", "new").error().number == 911);
  CHECK(hash().empty());
  CHECK_FALSE(before.empty());
}

TEST_CASE_METHOD(AccountsFixture, "changing a password does not create a missing database") {
  const auto alice = online("alice");
  for (const auto* ending : {"", "-wal", "-shm"}) std::filesystem::remove(database + ending);
  CHECK(change_password(*alice, "secret", "new").error().code == ErrorCode::network);
  CHECK_FALSE(std::filesystem::exists(database));
}

TEST_CASE_METHOD(AccountsFixture,
                 "operations in progress when the network is destroyed call no Done") {
  int calls = 0;
  {
    const auto alice = online("alice");
    alice->network->create_account({"carol@example.org", network::Secret(std::string("x"))},
                                   [&](const Result<void>&) { ++calls; });
    alice->network->change_password(network::Secret(std::string("secret")),
                                    network::Secret(std::string("new")),
                                    [&](const Result<void>&) { ++calls; });
  }
  loop.restart();
  loop.poll();
  CHECK(calls == 0);
}

// SPDX-License-Identifier: MIT
// Limits, names in the file, garbage in it, and locks.
#include "tests/network/local/store_fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include <algorithm>

using namespace msn;
using namespace msn::test;

namespace {

// Inserts entries into the file directly: as many calls of the store would exceed its time limit on
// a slow machine. `flag`: the column to set.
void fill(const std::string& file, const Me& me, const std::string& flag) {
  SQLite::Database db(file, SQLite::OPEN_READWRITE);
  SQLite::Statement insert(
      db,
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
      "INSERT INTO entry(owner, contact, " +
          flag + ") SELECT ?, 'c' || i || '@example.org', 1 FROM n");
  insert.bind(1, static_cast<int64_t>(me.account));
  CHECK(insert.exec() == 10000);
}

}  // namespace

TEST_CASE_METHOD(StoreFixture, "the 10001st contact is refused with 210") {
  const Me alice = login("alice");
  fill(directory / "local.db", alice, "forward");
  const auto add_one_more = [&] { return store->add(alice, "more@example.org", "", true, now); };
  CHECK_FALSE(*write(add_one_more));
  REQUIRE(write([&] { return store->remove(alice, "c7@example.org", now); }));
  CHECK(*write(add_one_more));
  CHECK(store->roster(alice)->size() == max_entries);
  const auto notices = inbox(alice);
  CHECK(std::count_if(notices.begin(), notices.end(), [](const Notice& notice) {
          return notice.kind == Kind::error && notice.token == "210" &&
                 notice.text == "User list full";
        }) == 1);
}

TEST_CASE_METHOD(StoreFixture, "the 10001st block is refused with 210") {
  const Me alice = login("alice");
  fill(directory / "local.db", alice, "block");
  CHECK_FALSE(*write([&] { return store->block(alice, "more@example.org", now); }));
  CHECK(*write([&] { return store->block(alice, "c77@example.org", now); }));  // already blocked
  CHECK(kinds(alice) == std::vector<Kind>{Kind::error});
}

TEST_CASE_METHOD(StoreFixture, "garbage in the tables is cleaned before use") {
  const Me alice = login("alice");
  {
    SQLite::Database db(directory / "local.db", SQLite::OPEN_READWRITE);
    SQLite::Statement insert(db,
                             "INSERT INTO inbox(recipient, kind, other, token, text, time) "
                             "VALUES('alice@example.org', ?, ?, ?, ?, 0)");
    const auto put = [&](const std::string& kind, const std::string& other,
                         const std::string& token, const std::string& text) {
      insert.reset();
      insert.bind(1, kind);
      insert.bind(2, other);
      insert.bind(3, token);
      insert.bind(4, text);
      insert.exec();
    };
    put("nonsense", "bob@example.org", "", "");
    put("message", "no address", "", "hi");
    put("message", "bob@example.org\nERR 1", "", "hi");
    put("message", "bob@example.org", "", "ab\r\nc\xe9");
    put("error", "bob@example.org", "21\n7 SEND\rMSG", "User\nnot\x1b online");
    put("sent", "BOB@example.org", "x\ny", "");
    db.exec(
        "INSERT INTO entry(owner, contact, forward, nick) VALUES(1, 'x y', 1, 'X'), "
        "(1, 'zoe@example.org', 1, 'a' || char(10) || 'b')");
  }
  const auto read = store->read_inbox(alice, 0, 100);
  REQUIRE(read);
  REQUIRE(read->notices.size() == 3);
  CHECK(read->notices[0].text == "ab\ncé");
  CHECK(read->notices[1].token == "217");
  CHECK(read->notices[1].request == "SENDMSG");
  CHECK(read->notices[1].text == "Usernot online");
  CHECK(read->notices[2].token == "xy");
  CHECK(read->notices[2].other == "bob@example.org");
  CHECK(read->seen_up_to == 6);  // also past the bad rows
  const auto roster = store->roster(alice);
  REQUIRE(roster);
  CHECK(roster->size() == 1);
  CHECK(roster->at("zoe@example.org").nick == "ab");
}

TEST_CASE_METHOD(StoreFixture, "every kind of notice has its own name") {
  // The file contains these names, so they must not change.
  const Me alice = login("alice"), bob = login("bob"), carol = login("carol", std::nullopt);
  add(alice, bob);
  REQUIRE(write([&] { return store->remove(alice, bob.email, now); }));
  send(alice, bob.email, "hi", "x");
  REQUIRE(write([&] { return store->typing(alice, bob.email, now); }));
  send(alice, carol.email, "hi", "y");
  acknowledge_all(carol);
  REQUIRE(write([&] { return store->set_status(carol, Status::online, now); }));
  REQUIRE(write([&] { return store->block(carol, alice.email, now); }));
  send(alice, carol.email, "hi");
  send(alice, carol.email, "hi", "z");
  SQLite::Database db(directory / "local.db", SQLite::OPEN_READONLY);
  SQLite::Statement names(
      db, "SELECT group_concat(kind) FROM (SELECT DISTINCT kind FROM inbox ORDER BY kind)");
  REQUIRE(names.executeStep());
  CHECK(names.getColumn(0).getString() ==
        "added_you,contact_added,contact_removed,error,failed,flushed,look,message,removed_you,"
        "sent,typing");
}

TEST_CASE_METHOD(StoreFixture, "a lock that is held too long is an error with the reason") {
  SQLite::Database other(directory / "local.db", SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  time_limit.shorten();
  const auto begun = store->begin(Store::Mode::write);
  REQUIRE_FALSE(begun);
  CHECK(begun.error().code == ErrorCode::network);
  CHECK(begun.error().message ==
        "cannot use " + (directory / "local.db") + ": another program has locked it");
  other.exec("ROLLBACK");
  CHECK(store->begin(Store::Mode::write));
}

TEST_CASE_METHOD(StoreFixture, "a row that is too long is skipped and deleted") {
  const Me alice = login("alice"), bob = login("bob");
  send(alice, bob.email, "before");
  for (const char* kept_and_token : {"0, ''", "1, ''", "0, 'x'"}) {
    SQLite::Database db(directory / "local.db", SQLite::OPEN_READWRITE);
    db.exec(std::string("INSERT INTO inbox(recipient, kind, other, text, time, kept, token) "
                        "VALUES('bob@example.org', 'message', 'alice@example.org', "
                        "hex(zeroblob(1000000)), 0, ") +
            kept_and_token + ")");
  }
  send(alice, bob.email, "after", "id");
  std::vector<std::string> texts;
  Inbox inbox;
  do {
    const auto part = store->read_inbox(bob, inbox.seen_up_to, 1000);
    REQUIRE(part);
    inbox = *part;
    for (const auto& notice : inbox.notices) texts.push_back(notice.text);
  } while (inbox.more);
  CHECK(texts == std::vector<std::string>{"before", "after"});
  REQUIRE(write([&] { return store->acknowledge({bob.email, 0, inbox.seen_up_to}, now); }));
  CHECK(this->inbox(bob).empty());
  CHECK(kinds(alice) == std::vector<Kind>{Kind::sent, Kind::sent});
}

TEST_CASE_METHOD(StoreFixture,
                 "a job that starts long after the previous one has its own time limit") {
  for (int i = 0; i < 1'000; ++i) {
    time_limit.begin_job(std::chrono::seconds(0));  // of the previous job
    const auto begun = store->begin(Store::Mode::write);
    INFO((begun ? "" : begun.error().message));
    REQUIRE(begun);
    if (i % 2 != 0) time_limit.begin_job(std::chrono::seconds(0));
    if (i % 2 == 0)
      REQUIRE(store->commit());
    else
      store->rollback();
  }
}

TEST_CASE_METHOD(StoreFixture, "a text or a name that is too long is truncated") {
  const Me bob = login("bob");
  {
    SQLite::Database db(directory / "local.db", SQLite::OPEN_READWRITE);
    db.exec(
        "INSERT INTO inbox(recipient, kind, other, text, time) VALUES('bob@example.org', "
        "'message', 'alice@example.org', hex(zeroblob(400000)), 0)");
  }
  REQUIRE(inbox(bob).size() == 1);
  CHECK(inbox(bob).front().text.size() == 65'536);
  const Me alice = login("alice");
  add(alice, bob);
  {
    SQLite::Database db(directory / "local.db", SQLite::OPEN_READWRITE);
    db.exec("UPDATE account SET public_nick = hex(zeroblob(400000))");
    db.exec("UPDATE entry SET nick = hex(zeroblob(400000))");
  }
  CHECK(store->roster(alice)->at(bob.email).nick.size() == 1000);
  CHECK(store->roster(bob)->at(alice.email).real_nick.size() == 1000);
  CHECK(store->present(alice)->front().nick.size() == 1000);
}

TEST_CASE_METHOD(StoreFixture,
                 "the pending messages from one sender to one recipient are limited") {
  const Me alice = login("alice"), carol = login("carol");
  const bool absent = GENERATE(true, false);
  const std::string limit =
      GENERATE_COPY(as<std::string>{}, "messages = " + std::to_string(max_kept_messages - 1),
                    "bytes = " + std::to_string(max_kept_bytes - 1));
  std::optional<Me> bob = login("bob", Status::invisible);
  if (absent) REQUIRE(write([&] { return store->end_session(*bob, now); }));
  CHECK(send(alice, bob->email, "1") == Sending::kept);
  acknowledge_all(alice);
  {
    SQLite::Database db(directory / "local.db", SQLite::OPEN_READWRITE);
    CHECK(db.exec("UPDATE kept SET " + limit) == 1);
  }
  CHECK(send(alice, bob->email, "2") == Sending::kept);
  CHECK(send(alice, bob->email, "3") == Sending::refused);
  CHECK(send(alice, bob->email, "4", "id") == Sending::refused);
  const auto told = inbox(alice);
  REQUIRE(told.size() == 2);
  CHECK(told[0].token == "FULL");
  CHECK(told[0].other == bob->email);
  CHECK(told[0].request == "SENDMSG");
  CHECK(told[1].kind == Kind::failed);
  CHECK(told[1].text == "full");
  CHECK(send(carol, bob->email, "5") == Sending::kept);
  // The first message that is taken makes room, whether the sender sees that or not.
  if (absent) bob = login("bob", Status::invisible);
  REQUIRE(write([&] { return store->acknowledge({bob->email, 0, inbox(*bob).front().id}, now); }));
  CHECK(send(alice, bob->email, "6") == Sending::kept);
  // Each message counts as an equal share of the bytes.
  CHECK((send(alice, bob->email, "7") == Sending::refused) == limit.starts_with("messages"));
}

TEST_CASE_METHOD(StoreFixture,
                 "messages taken by an invisible recipient do not count against the limit") {
  const Me alice = login("alice"), bob = login("bob", Status::invisible);
  const std::string text(60'000, 'x');
  const std::int64_t count = max_kept_bytes / 60'000 + 10;
  for (std::int64_t i = 0; i < count; ++i) {
    REQUIRE(send(alice, bob.email, text) == Sending::kept);
    acknowledge_all(bob);
  }
  CHECK(store->kept(alice)->at(bob.email) == static_cast<std::uint64_t>(count));
  CHECK(inbox(alice).empty());
  REQUIRE(write([&] { return store->set_status(bob, Status::online, now); }));
  CHECK(kinds(alice) == std::vector<Kind>{Kind::flushed});
  CHECK(store->kept(alice)->empty());
}

TEST_CASE_METHOD(StoreFixture, "messages taken after a long absence make room for new ones") {
  const Me alice = login("alice");
  std::optional<Me> bob = login("bob", std::nullopt);
  REQUIRE(write([&] { return store->end_session(*bob, now); }));
  const std::string text(60'000, 'x');
  for (auto became = Sending::kept; became == Sending::kept;) {
    REQUIRE(store->begin(Store::Mode::write));
    for (int i = 0; i < 50 && became == Sending::kept; ++i)
      became = *store->send(alice, {bob->email, {text}, {}}, now);
    REQUIRE(store->commit());
  }
  bob = login("bob", std::nullopt);
  const auto part = store->read_inbox(*bob, 0, 10);
  REQUIRE(part);
  REQUIRE(write([&] { return store->acknowledge({bob->email, 0, part->seen_up_to}, now); }));
  CHECK(send(alice, bob->email, text) == Sending::kept);
}

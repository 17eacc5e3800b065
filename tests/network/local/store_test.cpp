// SPDX-License-Identifier: MIT
#include "tests/network/local/store_fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::test;

TEST_CASE_METHOD(StoreFixture, "an account is found with the values it was created with") {
  REQUIRE(write([&] { return store->create_account("alice@example.org", "hash", now); }));
  open();
  const auto found = store->find_account("alice@example.org");
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->hash == "hash");
  CHECK((*found)->nick.empty());
  CHECK((*found)->privacy.open);
  CHECK((*found)->privacy.ask);
  CHECK_FALSE(*store->find_account("bob@example.org"));
}

TEST_CASE_METHOD(StoreFixture, "the name of a database is constant and unique") {
  const std::string name = store->name();
  CHECK(name.size() == 16);
  open();
  CHECK(store->name() == name);
  test::TempDir elsewhere;
  const auto other = Store::open(elsewhere / "local.db", time_limit);
  REQUIRE(other);
  CHECK((*other)->name() != name);
}

TEST_CASE_METHOD(StoreFixture, "the changes of one job of a transaction can be undone") {
  const Me alice = login("alice"), bob = login("bob");
  REQUIRE(store->begin(Store::Mode::write));
  REQUIRE(store->savepoint());
  REQUIRE(store->send(alice, {bob.email, {"one"}, {}}, now));
  REQUIRE(store->release_savepoint());
  REQUIRE(store->savepoint());
  REQUIRE(store->send(alice, {bob.email, {"two"}, {}}, now));
  REQUIRE(store->rollback_to_savepoint());
  REQUIRE(store->commit());
  const auto notices = inbox(bob);
  REQUIRE(notices.size() == 1);
  CHECK(notices.front().text == "one");
}

TEST_CASE_METHOD(StoreFixture,
                 "a transaction that is rolled back changes nothing and wakes no session") {
  const Me alice = login("alice"), bob = login("bob");
  REQUIRE(store->begin(Store::Mode::write));
  REQUIRE(store->send(alice, {bob.email, {"one"}, {}}, now));
  CHECK(store->wakes() == std::set<std::string>{bob.session});
  store->rollback();
  CHECK(store->wakes().empty());
  CHECK(inbox(bob).empty());
}

TEST_CASE_METHOD(StoreFixture, "only the sessions concerned are woken") {
  const Me alice = login("alice"), bob = login("bob"), carol = login("carol");
  add(bob, alice);
  REQUIRE(store->begin(Store::Mode::write));
  REQUIRE(store->set_status(alice, Status::busy, now));
  CHECK(store->wakes() == std::set<std::string>{bob.session});
  REQUIRE(store->commit());
  REQUIRE(store->begin(Store::Mode::write));
  REQUIRE(store->set_status(alice, Status::busy, now));  // the same status
  CHECK(store->wakes().empty());
  REQUIRE(store->commit());
  CHECK(inbox(carol).empty());
}

TEST_CASE_METHOD(StoreFixture, "repeated changes of a state are one row for each watcher") {
  const Me alice = login("alice"), bob = login("bob");
  add(bob, alice);
  acknowledge_all(bob);
  for (const auto status : {Status::busy, Status::away, Status::lunch, Status::brb})
    REQUIRE(write([&] { return store->set_status(alice, status, now); }));
  const auto notices = inbox(bob);
  REQUIRE(notices.size() == 1);
  CHECK(notices.front().kind == Kind::presence);
  CHECK(notices.front().view == View{alice.email, Status::brb, ""});
}

TEST_CASE_METHOD(StoreFixture,
                 "an offline user gets only the last of several added_you and removed_you") {
  const Me alice = login("alice");
  Me bob = login("bob");
  REQUIRE(write([&] { return store->end_session(bob, now); }));
  for (int i = 0; i < 5; ++i) {
    add(alice, bob);
    REQUIRE(write([&] { return store->remove(alice, bob.email, now); }));
  }
  bob = login("bob");
  CHECK(kinds(bob) == std::vector<Kind>{Kind::removed_you});
}

TEST_CASE_METHOD(StoreFixture,
                 "a contact request that was denied before it was read does not ask") {
  const Me alice = login("alice"), bob = login("bob");
  add(alice, bob);
  acknowledge_all(alice);
  add(bob, alice);
  SECTION("by DENY") {
    CHECK(*write([&] { return store->deny(alice, bob.email, now); }));
  }
  SECTION("by DEL") {
    REQUIRE(write([&] { return store->remove(alice, bob.email, now); }));
  }
  const auto notices = inbox(alice);
  REQUIRE(notices.front().kind == Kind::added_you);
  CHECK(notices.front().denied);
  CHECK(store->denied(alice)->contains(bob.email));
}

TEST_CASE_METHOD(StoreFixture, "a mark stays valid when a later event cancels its event") {
  const Me alice = login("alice"), carol = login("carol");
  Me bob = login("bob");
  const bool removed = GENERATE(false, true);
  if (removed) {
    add(alice, bob);
    acknowledge_all(bob);
  }
  send(carol, bob.email, "first");
  const auto change = [&](bool on) {
    if (on)
      add(alice, bob);
    else
      REQUIRE(write([&] { return store->remove(alice, bob.email, now); }));
  };
  change(!removed);
  const auto stored = store->read_inbox(bob, 0, 100);
  REQUIRE(stored);
  REQUIRE(write([&] { return store->end_session(bob, now); }));  // before it was acknowledged
  change(removed);
  bob = login("bob");
  CHECK(*store->is_valid_mark(bob, stored->mark));
  REQUIRE(write([&] { return store->end_session(bob, now); }));
  for (int i = 0; i < 10; ++i) {
    change(!removed);
    change(removed);
  }
  bob = login("bob");
  CHECK(*store->is_valid_mark(bob, stored->mark));
  const auto rest = store->read_inbox(bob, stored->mark.row, 100);
  REQUIRE(rest);
  REQUIRE(rest->notices.size() == 1);
  CHECK(rest->notices.front().kind == (removed ? Kind::added_you : Kind::removed_you));
  SQLite::Database db(directory / "local.db", SQLite::OPEN_READONLY);
  const auto rows = [&] {
    return db.execAndGet("SELECT count(*) FROM inbox WHERE recipient = 'bob@example.org'").getInt();
  };
  CHECK(rows() == 4);  // the message, two rows that a session may have read, and the last one
  acknowledge_all(bob);
  CHECK(rows() == 0);
}

TEST_CASE_METHOD(StoreFixture, "unread typing and presence rows do not outlive the session") {
  const Me alice = login("alice");
  Me bob = login("bob");
  add(bob, alice);
  acknowledge_all(bob);
  REQUIRE(write([&] { return store->typing(alice, bob.email, now); }));
  REQUIRE(write([&] { return store->set_status(alice, Status::away, now); }));
  CHECK(kinds(bob) == std::vector<Kind>{Kind::typing, Kind::presence});
  SECTION("after a log-off") {
    REQUIRE(write([&] { return store->end_session(bob, now); }));
  }
  SECTION("after a second login") {}
  bob = login("bob");
  CHECK(inbox(bob).empty());
}

TEST_CASE_METHOD(StoreFixture, "row numbers increase and are never used again") {
  const Me alice = login("alice"), bob = login("bob");
  send(alice, bob.email, "one");
  const auto first = inbox(bob).back().id;
  acknowledge_all(bob);
  send(alice, bob.email, "two");
  CHECK(inbox(bob).back().id > first);
}

TEST_CASE_METHOD(StoreFixture, "an inbox is read in parts without a gap") {
  const Me alice = login("alice"), bob = login("bob");
  for (int i = 0; i < 25; ++i) send(alice, bob.email, std::to_string(i));
  std::int64_t after = 0;
  std::vector<std::string> texts;
  for (bool more = true; more;) {
    const auto part = store->read_inbox(bob, after, 10);
    REQUIRE(part);
    CHECK(part->notices.size() <= 10);
    for (const auto& notice : part->notices) texts.push_back(notice.text);
    after = part->seen_up_to;
    more = part->more;
  }
  REQUIRE(texts.size() == 25);
  for (std::size_t i = 0; i < 25; ++i) CHECK(texts[i] == std::to_string(i));
}

TEST_CASE_METHOD(StoreFixture, "acknowledging deletes exactly the range") {
  const Me alice = login("alice"), bob = login("bob");
  for (const char* text : {"one", "two", "three"}) send(alice, bob.email, text);
  const auto notices = inbox(bob);
  REQUIRE(write([&] {
    return store->acknowledge({bob.email, notices[1].id, notices[1].id}, now);
  }));
  const auto left = inbox(bob);
  REQUIRE(left.size() == 2);
  CHECK(left[0].text == "one");
  CHECK(left[1].text == "three");
}

TEST_CASE_METHOD(StoreFixture, "one MFLUSH follows the last kept message") {
  const Me alice = login("alice");
  Me bob = login("bob");
  REQUIRE(write([&] { return store->end_session(bob, now); }));
  for (int i = 0; i < 3; ++i)
    CHECK(send(alice, bob.email, "m", "id" + std::to_string(i)) == Sending::kept);
  CHECK(store->kept(alice)->at(bob.email) == 3);
  bob = login("bob");
  const auto notices = inbox(bob);
  REQUIRE(notices.size() == 3);
  REQUIRE(write([&] {
    return store->acknowledge({bob.email, notices[0].id, notices[1].id}, now);
  }));
  CHECK(kinds(alice) == std::vector<Kind>{Kind::sent, Kind::sent});
  REQUIRE(write([&] {
    return store->acknowledge({bob.email, notices[2].id, notices[2].id}, now);
  }));
  CHECK(kinds(alice) == std::vector<Kind>{Kind::sent, Kind::sent, Kind::flushed, Kind::sent});
  // Acknowledged again, as after a crash: no second notice is sent.
  REQUIRE(write([&] { return store->acknowledge({bob.email, 0, notices[2].id}, now); }));
  CHECK(kinds(alice).size() == 4);
}

TEST_CASE_METHOD(StoreFixture, "receipts do not reveal a recipient who looks offline") {
  const Me alice = login("alice");
  const Me bob = login("bob", Status::invisible);
  CHECK(send(alice, bob.email, "are you there?", "x") == Sending::kept);
  CHECK(inbox(bob).size() == 1);  // it is delivered at once
  acknowledge_all(bob);
  CHECK(inbox(alice).empty());
  REQUIRE(write([&] { return store->set_status(bob, Status::offline, now); }));
  CHECK(inbox(alice).empty());
  REQUIRE(write([&] { return store->set_status(bob, Status::away, now); }));
  CHECK(kinds(alice) == std::vector<Kind>{Kind::flushed, Kind::sent});
  CHECK(inbox(alice)[1].token == "x");
  REQUIRE(write([&] { return store->set_status(bob, Status::online, now); }));
  CHECK(inbox(alice).size() == 2);
}

TEST_CASE_METHOD(StoreFixture,
                 "a message to an address without an account is kept for the first login") {
  const Me alice = login("alice");
  REQUIRE(write([&] { return store->add(alice, "new@example.org", "New", false, now); }));
  CHECK(send(alice, "new@example.org", "welcome") == Sending::kept);
  const Me fresh = login("new");
  CHECK(kinds(fresh) == std::vector<Kind>{Kind::added_you, Kind::message});
}

TEST_CASE_METHOD(StoreFixture, "a displaced session can do nothing more and is woken") {
  const Me old = login("alice");
  const Me bob = login("bob");
  REQUIRE(store->begin(Store::Mode::write));
  Me fresh{old.account, old.email, new_session_name()};
  REQUIRE(store->begin_session(fresh, now));
  CHECK(store->wakes().count(old.session) == 1);
  REQUIRE(store->commit());
  CHECK(store->read_inbox(old, 0, 10)->displaced);
  REQUIRE(store->begin(Store::Mode::write));
  CHECK(store->set_status(old, Status::away, now).error().code == ErrorCode::not_logged_in);
  CHECK(store->set_nick(old, "x", now).error().code == ErrorCode::not_logged_in);
  CHECK(store->set_privacy(old, {}, now).error().code == ErrorCode::not_logged_in);
  CHECK(store->add(old, bob.email, "", false, now).error().code == ErrorCode::not_logged_in);
  CHECK(store->remove(old, bob.email, now).error().code == ErrorCode::not_logged_in);
  CHECK(store->rename(old, bob.email, "x").error().code == ErrorCode::not_logged_in);
  CHECK(store->block(old, bob.email, now).error().code == ErrorCode::not_logged_in);
  CHECK(store->unblock(old, bob.email, now).error().code == ErrorCode::not_logged_in);
  CHECK(store->send(old, {bob.email, {"x"}, {}}, now).error().code == ErrorCode::not_logged_in);
  CHECK(store->typing(old, bob.email, now).error().code == ErrorCode::not_logged_in);
  REQUIRE(store->end_session(old, now));  // does not end the new one
  REQUIRE(store->commit());
  CHECK_FALSE(store->read_inbox(fresh, 0, 10)->displaced);
}

TEST_CASE_METHOD(StoreFixture, "the session of a dead daemon ends like a log-off") {
  const Me alice = login("alice"), bob = login("bob");
  add(bob, alice);
  acknowledge_all(bob);
  REQUIRE(write([&] { return store->reap(alice.session, now); }));
  const auto notices = inbox(bob);
  REQUIRE(notices.size() == 1);
  CHECK(notices.front().view.status == Status::offline);
  CHECK(*store->sessions() == std::vector<std::string>{bob.session});
  REQUIRE(write([&] { return store->reap(alice.session, now); }));  // a second time has no effect
}

TEST_CASE_METHOD(StoreFixture,
                 "the number of pending messages does not reveal whether they were taken") {
  const Me alice = login("alice"), bob = login("bob", Status::invisible);
  Me carol = login("carol");
  REQUIRE(write([&] { return store->end_session(carol, now); }));
  for (int i = 0; i < 3; ++i) {
    send(alice, bob.email, "hi");
    send(alice, carol.email, "hi");
  }
  acknowledge_all(bob);
  const auto kept = store->kept(alice);
  REQUIRE(kept);
  CHECK(kept->at(bob.email) == 3);
  CHECK(kept->at(carol.email) == 3);
  // Half taken while looking offline, half while online.
  send(alice, bob.email, "more");
  REQUIRE(write([&] { return store->set_status(bob, Status::online, now); }));
  CHECK(store->kept(alice)->at(bob.email) == 1);
  CHECK(inbox(alice).empty());
  acknowledge_all(bob);
  CHECK(kinds(alice) == std::vector<Kind>{Kind::flushed});
  CHECK(store->kept(alice)->count(bob.email) == 0);
}

TEST_CASE_METHOD(StoreFixture, "a blocked sender gets no receipts for earlier messages") {
  const Me alice = login("alice");
  const auto reports = [&] {
    auto found = kinds(alice);
    std::erase(found, Kind::presence);
    return found;
  };
  Me bob = login("bob");
  REQUIRE(write([&] { return store->end_session(bob, now); }));
  send(alice, bob.email, "hi", "x");
  bob = login("bob", std::nullopt);
  SECTION("taken before the recipient looks online") {
    acknowledge_all(bob);
    REQUIRE(write([&] { return store->block(bob, alice.email, now); }));
    REQUIRE(write([&] { return store->set_status(bob, Status::online, now); }));
  }
  SECTION("taken when the recipient looks online") {
    REQUIRE(write([&] { return store->block(bob, alice.email, now); }));
    REQUIRE(write([&] { return store->set_status(bob, Status::online, now); }));
    acknowledge_all(bob);
  }
  SECTION("sent while the recipient looked online") {
    REQUIRE(write([&] { return store->set_status(bob, Status::online, now); }));
    acknowledge_all(bob);
    acknowledge_all(alice);
    send(alice, bob.email, "hi", "x");
    REQUIRE(write([&] { return store->block(bob, alice.email, now); }));
    acknowledge_all(bob);
    CHECK(reports().empty());
    REQUIRE(write([&] { return store->unblock(bob, alice.email, now); }));
    CHECK(reports() == std::vector<Kind>{Kind::sent});
    return;
  }
  CHECK(reports().empty());
  CHECK(store->kept(alice)->at(bob.email) == 1);
  REQUIRE(write([&] { return store->unblock(bob, alice.email, now); }));
  CHECK(reports() == std::vector<Kind>{Kind::flushed, Kind::sent});
}

TEST_CASE_METHOD(StoreFixture,
                 "a mark is valid while its row exists and as the last acknowledged one") {
  const Me alice = login("alice"), bob = login("bob");
  send(alice, bob.email, "one");
  const auto first = store->read_inbox(bob, 0, 10)->mark;
  CHECK(first.row > 0);
  CHECK(*store->is_valid_mark(bob, first));
  CHECK_FALSE(*store->is_valid_mark(alice, first));
  CHECK_FALSE(*store->is_valid_mark(bob, {first.row, first.stamp + 1}));
  acknowledge_all(bob);
  CHECK(*store->is_valid_mark(bob, first));
  CHECK_FALSE(*store->is_valid_mark(bob, {first.row, first.stamp + 1}));
  send(alice, bob.email, "two");
  acknowledge_all(bob);
  CHECK_FALSE(*store->is_valid_mark(bob, first));
}

TEST_CASE_METHOD(StoreFixture, "a row that does not outlive the session is no mark") {
  const Me alice = login("alice"), bob = login("bob");
  send(alice, bob.email, "one");
  REQUIRE(write([&] { return store->typing(alice, bob.email, now); }));
  const auto read = store->read_inbox(bob, 0, 10);
  REQUIRE(read->notices.size() == 2);
  CHECK(read->mark.row == read->notices[0].id);
}

TEST_CASE_METHOD(StoreFixture, "rows of a restored database are not acknowledged by number alone") {
  const Me alice = login("alice"), bob = login("bob");
  send(alice, bob.email, "one");
  const auto mark = store->read_inbox(bob, 0, 10)->mark;
  REQUIRE(write([&] {
    return store->acknowledge({bob.email, 0, mark.row, {mark.row, mark.stamp + 1}}, now);
  }));
  CHECK(inbox(bob).size() == 1);
  REQUIRE(write([&] { return store->acknowledge({bob.email, 0, mark.row, mark}, now); }));
  CHECK(inbox(bob).empty());
}

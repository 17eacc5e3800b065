// SPDX-License-Identifier: MIT
// Logs of other versions. The last program of version 1 created data/version1.db, with pages of 512
// bytes and one event each second.
#include "tests/store/support.hpp"

using namespace msn::store;
using namespace msn::store::test;

namespace {

struct Version1 : Fixture {
  Version1() { std::filesystem::copy_file(MSNC_STORE_DATA "/version1.db", path()); }

  void has_everything() {
    CHECK(queue_names() == std::vector<std::string>{"-", "all", "jobs"});
    CHECK(queue().only.empty());
    CHECK(queue().gap == 2);
    CHECK_FALSE(queue().gap_unknown);
    CHECK(queue().cursor == 7);
    CHECK(queue().pending == 9);
    CHECK(cursors() == Cursors{5, 6, 8, 9, 10, 11, 12, 13, 14});
    CHECK(queue("jobs").only == std::vector<std::string>{"MSG", "STCH"});
    CHECK(queue("jobs").gap == 0);
    CHECK(queue("jobs").cursor == 6);
    CHECK(queue("jobs").pending == 6);
    CHECK(cursors("jobs") == Cursors{5, 8, 9, 11, 12, 13});
    CHECK(queue("all").only.empty());
    CHECK(queue("all").cursor == 11);
    CHECK(queue("all").pending == 3);
    CHECK(cursors("all") == range(12, 14));
    CHECK(history() == range(3, 14));
    CHECK(history({{"TYPING"}}) == Cursors{7, 14});
    CHECK(cursors("-", {{"STCH"}}) == Cursors{6, 8, 9});
    CHECK(count() == 12);
    CHECK(missing(0) == 2);
    CHECK(missing(2) == 0);
    CHECK(log->last_cursor() == 14);
    CHECK(log->mark() == "heard 14");
    CHECK(log->open_tokens()->empty());
    const auto seen = records();
    CHECK(seen[0].wire == "MSG 3 2 bob@example.org\nA: b\n\n5\n");
    CHECK(seen[0].email == "bob@example.org");
    CHECK(seen[0].time == msn::Time{std::chrono::sys_days{std::chrono::year{2025} / 11 / 24}} +
                              std::chrono::seconds{5});
    CHECK(seen[1].keyword == "STCH");
    CHECK(seen[1].wire == "STCH bob@example.org away\n");
    CHECK(words.text().empty());
  }
};

}  // namespace

TEST_CASE_METHOD(Version1, "a log of version 1 is converted completely") {
  durability = GENERATE(Durability::full, Durability::normal, Durability::memory);
  clock.set(msn::Time{std::chrono::sys_days{std::chrono::year{2025} / 11 / 25}});
  open();
  has_everything();
  open();
  has_everything();
  SECTION("and can be written") {
    CHECK(message("next") == 15);
    CHECK(cursors("jobs").back() == 15);
    create("new", Start::oldest);
    CHECK(cursors("new") == range(3, 15));
  }
  SECTION("and drops events in the right order") {
    retention.pending_events = 10;
    REQUIRE(log->change(durability, retention));
    status("carol@example.org", "away");  // 15: carol's 9 is superseded
    CHECK(cursors() == Cursors{5, 6, 8, 9, 10, 11, 12, 13, 14, 15});
    message("16");
    CHECK(cursors() == Cursors{5, 6, 8, 9, 10, 11, 12, 13, 15, 16});  // typing
    message("17");
    CHECK(cursors() == Cursors{5, 8, 9, 10, 11, 12, 13, 15, 16, 17});
    message("18");
    CHECK(cursors() == Cursors{5, 8, 10, 11, 12, 13, 15, 16, 17, 18});
    message("19");
    CHECK(cursors() == Cursors{8, 10, 11, 12, 13, 15, 16, 17, 18, 19});
    CHECK(queue("jobs").gap == 2);
  }
  SECTION("and limits apply to its history") {
    retention.events = 1;
    REQUIRE(log->change(durability, retention));
    finish();
    CHECK(history() == range(5, 14));
  }
}

TEST_CASE_METHOD(Version1, "a log that cannot be converted for lack of space is converted later") {
  const auto whole = slurp(path());
  {
    const NoRoom full(GENERATE(as<rlim_t>{}, 1, 8'000, 20'000));
    CHECK_FALSE(EventLog::open(path(), durability, retention, clock, words));
  }
  CHECK(slurp(path()) == whole);
  open();
  has_everything();
}

TEST_CASE_METHOD(Version1, "a damaged log of version 1 is renamed") {
  const auto whole = slurp(path());
  const std::size_t page = GENERATE(Catch::Generators::range(std::size_t{0}, std::size_t{14}));
  std::string damaged = whole;
  damaged.replace(page * 512, 512, 512, '\x5a');
  spill(path(), damaged);
  open();
  const bool kept = !queue().gap_unknown;
  CAPTURE(page);
  if (kept)
    CHECK(log->last_cursor() == 14);
  else
    CHECK(words.says("is damaged"));
  CHECK(message("next") > 14);
}

TEST_CASE_METHOD(Fixture, "a log of version 2 is converted") {
  const std::string bob = "bob@example.org", eve = "eve@example.org";
  open();
  messages(1, 3);
  status(eve, "away");  // 4
  Changes changes;
  changes.tokens = {{"job", bob, clock.now()}};
  changes.settled = {{"job", "217 User not online"}};
  commit(changes);
  close();
  {
    OtherHandle file(path());
    file.run(
        "DROP INDEX event_email; ALTER TABLE token DROP COLUMN failure; PRAGMA user_version=2");
  }
  open();
  CHECK(words.text().empty());
  const auto token = log->token("job");
  REQUIRE(token);
  REQUIRE(*token);
  CHECK_FALSE((*token)->open);
  CHECK_FALSE((*token)->failure);
  CHECK(cursors() == range(1, 4));
  CHECK(cursors("-", {{}, 0, UINT64_MAX, bob}) == range(1, 3));
  CHECK(history({{}, 0, UINT64_MAX, eve}) == Cursors{4});
  CHECK(count({{}, 0, UINT64_MAX, bob}) == 3);
  CHECK(message("next") == 5);
}

TEST_CASE_METHOD(Fixture, "a log of a newer version is renamed and not changed") {
  open();
  messages(1, 3);
  close();
  OtherHandle(path()).run("PRAGMA user_version=4; CREATE TABLE later(x)");
  const std::string newer = slurp(path());
  open();
  const std::string aside = path() + ".newer-20240517T120000Z";
  CHECK(slurp(aside) == newer);
  CHECK(words.says("is from a newer version"));
  CHECK(words.says(aside));
  CHECK(queue().gap_unknown);
  CHECK(message("next") > 1'000'000'000'000'000u);
}

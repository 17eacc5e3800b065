// SPDX-License-Identifier: MIT
// Tokens of messages sent with an identity (msncd-protocol(7) 13.7).
#include "tests/store/support.hpp"

using namespace msn::store;
using namespace msn::store::test;
using std::chrono::hours;

namespace {

struct Tokens : Fixture {
  Tokens() { open(); }

  void add(const std::vector<std::string>& tokens) {
    Changes changes;
    for (const std::string& token : tokens)
      changes.tokens.push_back({token, token + "@example.org", clock.now()});
    commit(changes);
  }
  void settle(const std::string& token, const std::optional<std::string>& failure = {}) {
    Changes changes;
    changes.settled = {{token, failure}};
    changes.records = {record("SENT", token + "@example.org", "SENT " + token + "\n")};
    commit(changes);
  }
  std::optional<Token> find(const std::string& token) {
    const auto found = log->token(token);
    REQUIRE(found);
    return *found;
  }
  std::vector<std::string> open_tokens() {
    std::vector<std::string> result;
    const auto tokens = log->open_tokens();
    REQUIRE(tokens);
    for (const Token& token : *tokens) result.push_back(token.token);
    return result;
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Tokens, "a token is open until its outcome is stored and then settled") {
  add({"a", "b", "c"});
  CHECK_FALSE(find("d"));
  settle("a");
  settle("c", "913 no one is there");
  for (const bool again : {false, true}) {
    if (again) open();
    REQUIRE(find("a"));
    CHECK_FALSE(find("a")->open);
    CHECK(find("a")->email == "a@example.org");
    CHECK(find("a")->time == clock.now());
    CHECK_FALSE(find("a")->failure);
    REQUIRE(find("b"));
    CHECK(find("b")->open);
    CHECK(find("c")->failure == "913 no one is there");
    CHECK(open_tokens() == Names{"b"});
  }
  CHECK(cursors("-", {{"SENT"}}) == Cursors{1, 2});
}

TEST_CASE_METHOD(Tokens, "an accepted token stays accepted") {
  add({"a", "b"});
  Changes changes;
  changes.accepted = {"a"};
  CHECK_FALSE(changes.empty());
  commit(changes);
  open();
  CHECK(find("a")->accepted);
  CHECK(find("a")->open);
  CHECK_FALSE(find("b")->accepted);
  const auto tokens = log->open_tokens();
  REQUIRE(tokens->size() == 2);
  CHECK((*tokens)[0].accepted != (*tokens)[1].accepted);
}

TEST_CASE_METHOD(Tokens, "a refused token is deleted and can be used again") {
  add({"a"});
  Changes changes;
  changes.forgotten = {"a"};
  commit(changes);
  CHECK_FALSE(find("a"));
  add({"a"});
  open();
  CHECK(find("a")->open);
}

TEST_CASE_METHOD(Tokens, "a token added and accepted and settled in one commit is settled") {
  Changes changes;
  changes.tokens = {{"a", "a@example.org", clock.now()}};
  changes.accepted = {"a"};
  changes.settled = {{"a"}};
  commit(changes);
  CHECK_FALSE(find("a")->open);
  CHECK(find("a")->accepted);
}

TEST_CASE_METHOD(Tokens, "a settled token is kept for seven days") {
  add({"old"});
  settle("old");
  clock.advance(hours{24 * 7});
  CHECK(find("old"));
  clock.advance(hours{1});
  CHECK_FALSE(find("old"));
  add({"new"});
  close();
  CHECK(OtherHandle(path()).number("SELECT count(*) FROM token") == 1);
  open();
  CHECK(find("new"));
}

TEST_CASE_METHOD(Tokens, "only the newest 10000 tokens are kept") {
  std::vector<std::string> names;
  for (int i = 0; i < 12'000; ++i) {
    names.push_back("t" + std::to_string(i));
    if (names.size() < 500) continue;
    clock.advance(msn::Milliseconds{1000});
    add(names);
    names.clear();
  }
  CHECK_FALSE(find("t1999"));
  CHECK(find("t2000"));
  CHECK(find("t11999"));
  add({"one", "two"});
  CHECK_FALSE(find("t11999") == std::nullopt);
  close();
  CHECK(OtherHandle(path()).number("SELECT count(*) FROM token") == 10'000);
}

// SPDX-License-Identifier: MIT
// The order of answers, and answers that are produced in pieces.
#include "core/daemon/answers.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace msn::daemon {
namespace {

// Produces a number of pieces of ten bytes and records whether it was delivered.
class Pieces final : public AnswerSource {
 public:
  Pieces(int count, std::string& fate) : left_(count), fate_(fate) { fate_ = "alive"; }
  ~Pieces() override {
    if (fate_ == "alive") fate_ = "given up";
  }
  bool produce(std::string& out) override {
    if (left_ == 0) return false;
    out += "123456789\n";
    return --left_ > 0;
  }
  void delivered() override { fate_ = "delivered"; }

 private:
  int left_;
  std::string& fate_;
};

Answer in_pieces(std::string first, int count, std::string& fate) {
  return {std::move(first), std::make_unique<Pieces>(count, fate)};
}

std::string take(Answers& answers, std::size_t limit = 1000) {
  std::string out;
  answers.append(out, limit);
  return out;
}

}  // namespace

TEST_CASE("answers are appended once and in the order of their requests") {
  Answers answers;
  const auto one = answers.add(nullptr), two = answers.add(nullptr), three = answers.add(nullptr);
  CHECK_FALSE(answers.put(two, {"2"}));
  CHECK(take(answers).empty());
  CHECK(answers.put(one, {"1"}));
  CHECK(take(answers) == "12");
  CHECK_FALSE(answers.put(one, {"again"}));
  CHECK(answers.put(three, {"3"}));
  CHECK(take(answers) == "3");
  CHECK(answers.empty());
}

TEST_CASE("answers are appended only until the output is full") {
  Answers answers;
  for (int i = 0; i < 4; ++i) answers.put(answers.add(nullptr), {std::string(40, 'x')});
  CHECK(take(answers, 50).size() == 80);
  CHECK(take(answers, 50).size() == 80);
  CHECK(answers.empty());
}

TEST_CASE("an answer in pieces is produced only until the output is full") {
  Answers answers;
  std::string fate;
  answers.put(answers.add(nullptr), in_pieces("head\n", 3, fate));
  CHECK(take(answers, 1) == "head\n");
  CHECK(answers.producing());
  CHECK(take(answers, 0).empty());
  CHECK(take(answers, 11) == "123456789\n123456789\n");
  CHECK(take(answers) == "123456789\n");
  CHECK_FALSE(answers.producing());
  CHECK(answers.has_rest());
  CHECK(fate == "alive");
  CHECK(answers.delivered());
  CHECK(fate == "delivered");
  CHECK(answers.empty());
  CHECK_FALSE(answers.delivered());
}

TEST_CASE("the next answer waits until an answer in pieces is delivered") {
  Answers answers;
  std::string fate;
  answers.put(answers.add(nullptr), in_pieces("head\n", 1, fate));
  answers.put(answers.add(nullptr), {"next\n"});
  CHECK(take(answers, 1) == "head\n");
  CHECK_FALSE(answers.delivered());
  CHECK(take(answers) == "123456789\n");
  CHECK(take(answers).empty());
  CHECK(answers.delivered());
  CHECK(take(answers) == "next\n");
}

TEST_CASE("an answer in pieces is dropped undelivered when its client disconnects") {
  Answers answers;
  std::string first, second, third;
  answers.put(answers.add(nullptr), in_pieces("head\n", 1, first));
  SECTION("before its last piece") {
    take(answers, 1);
    answers.cut_short();
  }
  SECTION("when all is produced but not all is read") {
    take(answers);
    answers.cut_short();
  }
  SECTION("before it has begun or is known") {
    answers.put(answers.add(nullptr), in_pieces("head\n", 1, second));
    answers.cut_short();
    CHECK(second == "given up");
    answers.put(answers.add(nullptr), in_pieces("head\n", 1, third));
    CHECK(third == "given up");
  }
  SECTION("when a new client begins on the same pipes") {
    take(answers, 1);
    answers.clear();
  }
  CHECK(first == "given up");
  take(answers);
  CHECK(answers.empty());
  CHECK_FALSE(answers.delivered());
}

TEST_CASE("a reply that is destroyed unused answers with an internal error") {
  struct Heard final : Reply::Receiver {
    void answered(std::uint64_t number, Result<Answer>&& answer) override {
      text += std::to_string(number) + (answer ? " " + answer->bytes : " failed") + '\n';
    }
    std::string text;
  };
  const auto heard = std::make_shared<Heard>();
  { const Reply dropped(heard, 1); }
  {
    Reply first(heard, 2);
    Reply moved = std::move(first);
    moved(std::string("done"));
  }
  CHECK(heard->text == "1 failed\n2 done\n");
}

}  // namespace msn::daemon

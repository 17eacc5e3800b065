// SPDX-License-Identifier: MIT
#include "cmd/msnc/input.hpp"

#include "core/base/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace msn;
using namespace msn::msnc;
using namespace std::string_literals;

namespace {

using Lines = std::vector<std::string>;

Lines lines(std::string text) {
  auto result = message_lines(std::move(text));
  REQUIRE(result);
  return *result;
}

// A pipe that contains `text` and whose write end is closed.
UniqueFd holding(const std::string& text) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const UniqueFd write_end(ends[1]);
  REQUIRE(::write(write_end.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  return UniqueFd(ends[0]);
}

}  // namespace

TEST_CASE("line breaks of every kind become lines") {
  CHECK(lines("a") == Lines{"a"});
  CHECK(lines("a\nb\r\nc\rd") == Lines{"a", "b", "c", "d"});
  CHECK(lines("a\r\r\nb") == Lines{"a", "", "b"});
  CHECK(lines("\na\n") == Lines{"", "a", ""});
  CHECK(lines(" a ") == Lines{" a "});
}

TEST_CASE("a text that cannot be sent is refused") {
  CHECK(message_lines("").error().code == ErrorCode::usage);
  for (const auto& blank : {"\n\r\n"s, "   "s, " \t\n \r\n"s, "\u3000"s, "\u00A0\n\u200B"s})
    CHECK(message_lines(blank).error().message == "the text is empty");
  CHECK(message_lines("a\0b"s).error().code == ErrorCode::usage);
  CHECK(message_lines("caf\xe9").error().code == ErrorCode::usage);
}

TEST_CASE("a one-line field holds no control characters and is not empty") {
  CHECK(*one_line(" Café ☺ ", "NAME") == " Café ☺ ");
  for (const auto& text : {"a\rb"s, "a\nb"s, "a\0b"s, "a\tb"s, "\x1b[31m"s, "a\u0085"s, ""s, " "s,
                           "\u200B"s, "\xff"s}) {
    const auto result = one_line(text, "NAME");
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::usage);
    CHECK(result.error().message.find("NAME ") == 0);
  }
}

TEST_CASE("a name that is too long for the protocol is refused with the limit") {
  CHECK(nick(std::string(387, 'x'), "NAME"));
  CHECK(nick(std::string(388, 'x'), "NAME").error().message ==
        "NAME is too long: 388 bytes percent-encoded; at most 387 are allowed");
  std::string umlauts;
  for (int i = 0; i < 65; ++i) umlauts += "ü";  // six bytes each as %C3%BC
  CHECK_FALSE(nick(umlauts, "NAME"));
  CHECK(nick(umlauts.substr(2), "NAME"));
  CHECK(who(std::string(388, 'x')).error().code == ErrorCode::usage);
}

TEST_CASE("WHO is an address in lower case or a nick as it is") {
  CHECK(*who("Bob@Example.ORG") == "bob@example.org");
  CHECK(*who("Bob B") == "Bob B");
  CHECK(who("bob @x").error().code == ErrorCode::usage);
  CHECK(who("bob\n").error().code == ErrorCode::usage);
  CHECK(who("").error().code == ErrorCode::usage);
  CHECK(address("bob").error().code == ErrorCode::usage);
}

TEST_CASE("the name of a queue is checked before anything is sent") {
  CHECK(*queue_name("bot-1._") == "bot-1._");
  CHECK(*queue_name("-") == "-");
  CHECK(queue_name("Bot").error().code == ErrorCode::usage);
  CHECK(queue_name(std::string(33, 'a')).error().code == ErrorCode::usage);
}

TEST_CASE("read_all reads to the end or one byte more than the limit") {
  CHECK(*read_all(holding("a\nb").get(), "x", 3) == "a\nb");
  CHECK(*read_all(holding("abcdef").get(), "x", 3) == "abcd");
  CHECK(read_all(-1, "standard input", 3).error().message ==
        "standard input cannot be read: Bad file descriptor");
}

TEST_CASE("lines are read one by one and cut at the limit") {
  Lines seen;
  std::size_t number = 0;
  const auto take = [&](InputLine line) {
    CHECK(line.number == ++number);
    seen.push_back(std::move(line.text) + (line.cut ? "|" : ""));
    return seen.back() != "stop";
  };
  const auto read = [&](const std::string& text) {
    seen.clear();
    number = 0;
    REQUIRE(read_lines(holding(text).get(), 4, take));
    return seen;
  };
  CHECK(read("a\n\nb\r\nlast") == Lines{"a", "", "b\r", "last"});
  CHECK(read("a\nstop\nb\n") == Lines{"a", "stop"});
  CHECK(read("four\nfives\n" + std::string(20'000, 'x') + "\nb") ==
        Lines{"four", "five|", "xxxx|", "b"});
  CHECK(read("").empty());
  // A byte order mark is not part of the first line.
  CHECK(read("\xEF\xBB\xBF"
             "four\n\xEF\xBB\xBF"
             "a") == Lines{"four",
                           "\xEF\xBB\xBF"
                           "a"});
  CHECK(read("\xEF\xBB\xBF"
             "fives") == Lines{"five|"});
  CHECK(read("fives\n") == Lines{"five|"});
}

TEST_CASE("a byte order mark is dropped from the beginning") {
  std::string text = "\xEF\xBB\xBFhi \xEF\xBB\xBF";
  drop_byte_order_mark(text);
  CHECK(text == "hi \xEF\xBB\xBF");
}

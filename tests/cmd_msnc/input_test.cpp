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

// A pipe that holds `text` and is closed behind it.
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
  CHECK(message_lines("\n\r\n").error().code == ErrorCode::usage);
  CHECK(message_lines("a\0b"s).error().code == ErrorCode::usage);
  CHECK(message_lines("caf\xe9").error().code == ErrorCode::usage);
}

TEST_CASE("a one-line field holds no CR, LF or NUL and is not empty") {
  CHECK(*one_line("Café ☺\t", "NAME") == "Café ☺\t");
  for (const auto& text : {"a\rb"s, "a\nb"s, "a\0b"s, ""s, "\xff"s}) {
    const auto result = one_line(text, "NAME");
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::usage);
    CHECK(result.error().message.find("NAME ") == 0);
  }
}

TEST_CASE("a name that does not go over the pipe is refused, and the limit told") {
  CHECK(nick(std::string(387, 'x'), "NAME"));
  CHECK(nick(std::string(388, 'x'), "NAME").error().message ==
        "NAME is too long: 388 bytes percent-encoded, 387 are allowed");
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

TEST_CASE("all of an input is read, and lines are taken as they come") {
  CHECK(*read_all(holding("a\nb").get(), "x") == "a\nb");
  CHECK(read_all(-1, "standard input").error().message ==
        "standard input cannot be read: Bad file descriptor");
  Lines seen;
  const auto take = [&](std::string line) {
    seen.push_back(std::move(line));
    return seen.back() != "stop";
  };
  REQUIRE(read_lines(holding("a\n\nb\r\nlast").get(), take));
  CHECK(seen == Lines{"a", "", "b\r", "last"});
  seen.clear();
  REQUIRE(read_lines(holding("a\nstop\nb\n").get(), take));
  CHECK(seen == Lines{"a", "stop"});
}

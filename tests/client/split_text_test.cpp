// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/client/calls.hpp"
#include "core/protocol/limits.hpp"

#include <catch2/catch.hpp>

#include <random>

using Lines = std::vector<std::string>;

namespace {

constexpr std::size_t limit = msn::protocol::limits::legacy_text;

std::vector<Lines> split_text(const Lines& lines) {
  return msn::client::split_text(lines, limit);
}

std::size_t joined_size(const Lines& lines) {
  std::size_t size = lines.empty() ? 0 : 2 * (lines.size() - 1);
  for (const auto& line : lines) size += line.size();
  return size;
}

std::string concatenated(const Lines& lines) {
  std::string all;
  for (const auto& line : lines) all += line;
  return all;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a text within the limit is one piece") {
  for (const Lines& lines :
       {Lines{"hello"}, Lines{"a", "", "b"}, Lines{"", ""}, Lines{""}, Lines{" "},
        Lines{std::string(1500, 'x')}, Lines{std::string(749, 'x'), std::string(749, 'y')}})
    CHECK(split_text(lines) == std::vector<Lines>{lines});
}

TEST_CASE("the limit is that of the daemon") {
  CHECK(msn::client::split_text({std::string(1501, 'x')}, msn::protocol::limits::text).size() == 1);
  CHECK(msn::client::split_text({"one two three"}, 8) ==
        std::vector<Lines>{{"one two "}, {"three"}});
}

TEST_CASE("a text is cut between lines if possible") {
  CHECK(split_text({std::string(1000, 'a'), std::string(498, 'b'), "c"}) ==
        std::vector<Lines>{{std::string(1000, 'a'), std::string(498, 'b')}, {"c"}});
  CHECK(split_text({std::string(749, 'a'), std::string(750, 'b')}) ==
        std::vector<Lines>{{std::string(749, 'a')}, {std::string(750, 'b')}});
  // Although "some words" would fit into the first piece.
  CHECK(split_text({std::string(1490, 'a'), "some words " + std::string(20, 'b')}) ==
        std::vector<Lines>{{std::string(1490, 'a')}, {"some words " + std::string(20, 'b')}});
}

TEST_CASE("a line over the limit is cut between words") {
  const std::string words = repeated("four ", 400);  // 2000 bytes
  CHECK(split_text({words}) ==
        std::vector<Lines>{{repeated("four ", 300)}, {repeated("four ", 100)}});
  CHECK(split_text({"x" + words}) ==
        std::vector<Lines>{{"x" + repeated("four ", 299)}, {repeated("four ", 101)}});
  CHECK(split_text({std::string(1400, 'x') + '\t' + std::string(1400, 'y')}) ==
        std::vector<Lines>{{std::string(1400, 'x') + '\t'}, {std::string(1400, 'y')}});
}

TEST_CASE("the rest of a long line and the next lines are one piece") {
  CHECK(split_text({"before", std::string(1500, 'x') + " tail", "after"}) ==
        std::vector<Lines>{{"before"}, {std::string(1500, 'x')}, {" tail", "after"}});
}

TEST_CASE("a word over the limit is cut between characters") {
  CHECK(split_text({std::string(3001, 'x')}) ==
        std::vector<Lines>{{std::string(1500, 'x')}, {std::string(1500, 'x')}, {"x"}});
  CHECK(split_text({repeated("\xC3\xA9", 751)}) ==
        std::vector<Lines>{{repeated("\xC3\xA9", 750)}, {"\xC3\xA9"}});
  CHECK(split_text({'x' + repeated("\xC3\xA9", 750)}) ==
        std::vector<Lines>{{'x' + repeated("\xC3\xA9", 749)}, {"\xC3\xA9"}});
  CHECK(split_text({"xx" + repeated("\xF0\x9F\x98\x80", 375)}) ==
        std::vector<Lines>{{"xx" + repeated("\xF0\x9F\x98\x80", 374)}, {"\xF0\x9F\x98\x80"}});
  // Not cut after blanks before the only word: the first piece would be blank.
  CHECK(split_text({"  " + std::string(1499, 'x')}) ==
        std::vector<Lines>{{"  " + std::string(1498, 'x')}, {"x"}});
}

TEST_CASE("a grapheme cluster is never cut") {
  const std::string flag = "\U0001F1E9\U0001F1EA";
  CHECK(split_text({repeated(flag, 300)}) ==
        std::vector<Lines>{{repeated(flag, 187)}, {repeated(flag, 113)}});
  const std::string thai = "\u0E17\u0E35\u0E48";
  CHECK(split_text({repeated(thai, 200)}) ==
        std::vector<Lines>{{repeated(thai, 166)}, {repeated(thai, 34)}});
  const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467";
  CHECK(split_text({repeated(family, 100)})[0] == Lines{repeated(family, 83)});
  // Not cut after a blank with an accent.
  CHECK(split_text({"a " + std::string(1495, 'x') + " \u0301b"})[0] == Lines{"a "});
  // A cluster over the limit is cut.
  CHECK(split_text({"e" + repeated("\u0301", 1000)})[0] == Lines{"e" + repeated("\u0301", 749)});
}

TEST_CASE("no piece consists of empty lines") {
  CHECK(split_text({std::string(1500, 'a'), "", std::string(1500, 'b')}) ==
        std::vector<Lines>{{std::string(1500, 'a')}, {std::string(1500, 'b')}});
  CHECK(split_text({std::string(1500, 'a'), "", ""}) ==
        std::vector<Lines>{{std::string(1500, 'a')}});
  CHECK(split_text({std::string(1500, 'a'), "", "b"}) ==
        std::vector<Lines>{{std::string(1500, 'a')}, {"", "b"}});
}

TEST_CASE("every piece is within the limit and UTF-8, and only line breaks are lost") {
  std::mt19937 random(20261122);
  const std::vector<std::string> atoms{"a",
                                       " ",
                                       "\t",
                                       "\xC3\xA9",
                                       "\xE2\x98\xBA",
                                       "\xF0\x9F\x98\x80",
                                       "word ",
                                       "longer words here "};
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  for (int round = 0; round < 500; ++round) {
    Lines lines(1 + below(6));
    for (auto& line : lines) {
      const std::size_t atom_kinds = 1 + below(atoms.size());
      for (std::size_t left = below(2500); left > 0; --left) line += atoms[below(atom_kinds)];
    }
    const auto pieces = split_text(lines);
    std::string all;
    for (const auto& piece : pieces) {
      REQUIRE(joined_size(piece) <= limit);
      REQUIRE_FALSE(piece.empty());
      for (const auto& line : piece) REQUIRE(msn::is_utf8(line));
      all += concatenated(piece);
    }
    REQUIRE(all == concatenated(lines));
    // Two neighbouring pieces never fit into one.
    if (lines.size() == 1)
      for (std::size_t i = 1; i < pieces.size(); ++i)
        REQUIRE(joined_size(pieces[i - 1]) + joined_size(pieces[i]) > limit);
  }
}

TEST_CASE("bytes that are not UTF-8 are cut too") {
  const auto pieces = split_text({std::string(4000, '\x80')});
  std::string all;
  for (const auto& piece : pieces) {
    CHECK(joined_size(piece) <= limit);
    all += concatenated(piece);
  }
  CHECK(all == std::string(4000, '\x80'));
}

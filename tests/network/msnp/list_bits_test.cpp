// SPDX-License-Identifier: MIT
// The lists of the session, including the allow list, which no request of the pipe
// shows.
#include "core/base/text.hpp"
#include "core/network/msnp/dialect.hpp"
#include "tests/network/msnp/desk.hpp"

#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::network::msnp;

namespace {

const std::string bob = "94da7824-b64e-44ad-b267-38374a9d21af";
const std::string dave = "c647afc1-f250-4141-bd32-e837c59176d2";

// Bob is on the reverse list, Dave is not, Carol is on the pending list.
struct Lists : test::Desk {
  Lists() {
    login("SYN 5 a b 3 0\r\nLST N=bob@example.com F=Bob C=" + bob +
          " 11 \r\n"
          "LST N=carol@example.com F=Carol 16 \r\n"
          "LST N=dave@example.com F=Dave C=" +
          dave + " 3 \r\n");
  }
  // "FABR": forward, allow, block, reverse.
  std::string of(const std::string& name) const {
    const auto found = session.roster().find(name + "@example.com");
    if (found == session.roster().end()) return "nobody";
    const auto& lists = found->second.lists;
    return std::string(lists.forward ? "F" : "") + (lists.allow ? "A" : "") +
           (lists.block ? "B" : "") + (lists.reverse ? "R" : "");
  }
};

std::string entry(const std::string& line) {
  const Command words(line);
  const auto read = read_list_entry(words);
  if (!read) return "unreadable";
  return read->email + " " + (read->forward ? "F" : "") + (read->allow ? "A" : "") +
         (read->block ? "B" : "") + (read->reverse ? "R" : "") + (read->pending ? "P" : "");
}

std::string change(const std::string& line) {
  const Command words(line);
  const auto read = read_list_change(words);
  if (!read) return "unreadable";
  return std::string(list_name(read->list)) + " " + (read->email.empty() ? "-" : read->email) +
         (read->in_group ? " in a group" : "");
}

}  // namespace

TEST_CASE("the bits of LST are the lists in all versions") {
  CHECK(entry("LST N=bob@example.com F=Bob C=" + bob + " 11 ") == "bob@example.com FAR");
  CHECK(entry("LST N=bob@example.com F=Bob C=" + bob + " 19 " + dave) == "bob@example.com FAP");
  CHECK(entry("LST N=bob@example.com F=Bob C=" + bob + " 11 1 " + dave) == "bob@example.com FAR");
  CHECK(entry("LST N=carol@example.com F=Carol 16 ") == "carol@example.com P");
  CHECK(entry("LST N=carol@example.com F=Carol 2 1 ") == "carol@example.com A");
  CHECK(entry("LST bob@example.com Bob 11 1,2") == "bob@example.com FAR");
  CHECK(entry("LST carol@example.com Carol 8 0") == "carol@example.com R");
  CHECK(entry("LST eve@example.com Eve 4 0") == "eve@example.com B");
  CHECK(entry("LST eve@example.com Eve 5 3") == "eve@example.com FB");
}

TEST_CASE("ADC and ADD and REM name the list and the user in all versions") {
  CHECK(change("ADC 0 AL N=Dave@Example.com") == "AL dave@example.com");
  CHECK(change("ADC 7 FL N=bob@example.com F=Bob C=" + bob) == "FL bob@example.com");
  CHECK(change("ADC 0 FL C=" + bob + " " + dave) == "FL -");
  CHECK(change("REM 0 AL dave@example.com") == "AL dave@example.com");
  CHECK(change("REM 0 RL N=eve@example.com") == "RL eve@example.com");
  CHECK(change("REM 0 FL " + bob) == "FL -");
  CHECK(change("REM 0 FL " + bob + " " + dave) == "FL - in a group");
  CHECK(change("ADD 8 AL 3 bob@example.com bob@example.com") == "AL bob@example.com");
  CHECK(change("ADD 0 BL 9 dave@example.com dave@example.com") == "BL dave@example.com");
  CHECK(change("REM 0 AL 10 dave@example.com") == "AL dave@example.com");
  CHECK(change("REM 0 FL 2 bob@example.com 3") == "FL bob@example.com in a group");
  CHECK(change("ADC 0 ZZ N=bob@example.com") == "unreadable");
}

TEST_CASE("users on the pending list are on the reverse list") {
  Lists lists;
  CHECK(lists.of("bob") == "FAR");
  CHECK(lists.of("carol") == "R");
  CHECK(lists.of("dave") == "FA");
}

TEST_CASE("ADD adds to the allow list and DEL removes from it") {
  Lists lists;
  SECTION("ADD of a user on no list") {
    lists.session.add(3, "erin@example.com", "Erin", lists.now);
    lists.hear("ADC 6 FL N=erin@example.com F=Erin C=00000000-0000-0000-0000-000000000001\r\n");
    CHECK(lists.of("erin") == "F");
    lists.hear("ADC 7 AL N=erin@example.com\r\n");
    CHECK(lists.of("erin") == "FA");
    lists.hear("ADC 0 RL N=erin@example.com F=Erin\r\n");
    CHECK(lists.of("erin") == "FAR");
  }
  SECTION("ADD of a user on the pending list") {
    lists.session.add(3, "carol@example.com", "Carol", lists.now);
    lists.hear("ADC 6 FL N=carol@example.com F=Carol C=00000000-0000-0000-0000-00000000000c\r\n");
    lists.hear("ADC 7 AL N=carol@example.com\r\n");
    lists.hear("ADC 8 RL N=carol@example.com\r\n");
    lists.hear("REM 9 PL carol@example.com\r\n");
    CHECK(lists.of("carol") == "FAR");
  }
  SECTION("DEL") {
    lists.session.remove(3, "bob@example.com", lists.now);
    lists.hear("REM 6 FL " + bob + "\r\n");
    CHECK(lists.of("bob") == "AR");
    lists.hear("REM 7 AL bob@example.com\r\n");
    CHECK(lists.of("bob") == "R");
    lists.hear("REM 0 RL bob@example.com\r\n");
    CHECK(lists.of("bob") == "nobody");
  }
  SECTION("DEL of a user who is on no list of the server") {
    lists.session.remove(3, "bob@example.com", lists.now);
    lists.hear("208 6\r\n");
    lists.hear("216 7\r\n");
    CHECK(lists.of("bob") == "R");
  }
}

TEST_CASE("BLOCK removes from the allow list and UNBLOCK adds to it") {
  Lists lists;
  lists.session.block(3, "bob@example.com", lists.now);
  lists.hear("REM 6 AL bob@example.com\r\n");
  lists.hear("ADC 7 BL N=bob@example.com\r\n");
  CHECK(lists.of("bob") == "FBR");
  lists.session.unblock(4, "bob@example.com", lists.now);
  lists.hear("REM 8 BL bob@example.com\r\n");
  lists.hear("ADC 9 AL N=bob@example.com\r\n");
  CHECK(lists.of("bob") == "FAR");
  // Carol is on the pending list
  lists.session.block(5, "carol@example.com", lists.now);
  lists.hear("ADC 10 BL N=carol@example.com\r\n");
  lists.hear("ADC 11 RL N=carol@example.com\r\n");
  lists.hear("REM 12 PL carol@example.com\r\n");
  CHECK(lists.of("carol") == "BR");
}

TEST_CASE("list changes by another client of the account are applied") {
  Lists lists;
  lists.hear("ADC 0 BL N=dave@example.com\r\n");
  CHECK(lists.of("dave") == "FAB");
  lists.hear("REM 0 AL dave@example.com\r\n");
  CHECK(lists.of("dave") == "FB");
  lists.hear("REM 0 FL " + bob + " 9f096f31-5903-4bf0-849e-ada569f3a706\r\n");
  CHECK(lists.of("bob") == "FAR");  // only removed from a group
  lists.hear("REM 0 FL " + bob + "\r\n");
  CHECK(lists.of("bob") == "AR");
}

TEST_CASE("with PRIV x 0 users who add this account are allowed and stay so") {
  Lists lists;
  lists.session.set_privacy(3, {true, false}, lists.now);
  lists.hear("GTC 6 N\r\n");
  lists.hear("ADC 0 RL N=erin@example.com F=Erin\r\n");
  CHECK(lists.of("erin") == "R");
  lists.hear("ADC 7 AL N=erin@example.com\r\n");
  lists.hear("ADC 8 RL N=erin@example.com\r\n");
  lists.hear("REM 9 PL erin@example.com\r\n");
  CHECK(lists.of("erin") == "AR");
  lists.hear("REM 0 RL erin@example.com\r\n");
  CHECK(lists.of("erin") == "A");
}

// SPDX-License-Identifier: MIT
#include "core/daemon/commands.hpp"

#include "core/base/text.hpp"

#include <catch2/catch.hpp>

namespace msn::daemon {

TEST_CASE("every keyword finds its row and nothing else does") {
  for (const Row& row : commands()) {
    REQUIRE(find_command(row.keyword) == &row);
    CHECK(row.command->run != nullptr);
    CHECK(find_command(to_lower_ascii(row.keyword)) == nullptr);
    CHECK(find_command(std::string(row.keyword) + "X") == nullptr);
    CHECK(find_command(row.keyword.substr(0, row.keyword.size() - 1)) == nullptr);
  }
  CHECK(find_command("") == nullptr);
  CHECK(find_command("ZZZ") == nullptr);
}

TEST_CASE("the table has every request of the protocol") {
  std::string keywords;
  for (const Row& row : commands()) (keywords += row.keyword) += ' ';
  CHECK(keywords ==
        "ACK ADD ALLOW BLOCK DEL DENY GETBL GETCL GETRCL HELLO INFO LOGIN LOGOFF NICK PASSWD POLL "
        "PRIV QDEL QLIST QNEW REGISTER REN SENDMSG STATE STATUS TYPE UNBLOCK ");
}

TEST_CASE("a row with a number of words names the arguments") {
  for (const Row& row : commands()) {
    INFO(std::string(row.keyword));
    if (row.command->min_words > 0) CHECK_FALSE(row.command->arguments.empty());
    if (row.command->max_words != any_number)
      CHECK(row.command->min_words <= row.command->max_words);
  }
}

}  // namespace msn::daemon

// SPDX-License-Identifier: MIT
#include "core/model/contact.hpp"
#include "core/model/email.hpp"
#include "core/model/event.hpp"
#include "core/model/status.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace msn;
using namespace msn::model;

TEST_CASE("an address is converted to lower case and an invalid one gives the reason") {
  CHECK(parse_email("Bob@Example.ORG") == "bob@example.org");
  const std::string longest = std::string(129 - 12, 'x') + "@example.org";
  CHECK(parse_email(longest) == longest);
  for (const std::string bad :
       {"", "bob", "@example.org", "bob@", "a b@c", "a\n@b", "a\x7f@b", "\xff@b", "a\xC2\x9b@b"}) {
    INFO(bad);
    const auto email = parse_email(bad);
    REQUIRE_FALSE(email);
    CHECK(email.error().code == ErrorCode::invalid);
    CHECK_FALSE(email.error().message.empty());
  }
  CHECK_FALSE(parse_email("x" + longest));
}

TEST_CASE("statuses have the names of the pipe") {
  CHECK(statuses().size() == 9);
  for (const auto& row : statuses()) {
    CHECK(status_from_name(row.name) == row.status);
  }
  CHECK(status_name(Status::brb) == "brb");
  CHECK_FALSE(status_from_name("Online"));
  CHECK_FALSE(status_from_name("gone"));
}

TEST_CASE("a contact is shown by its nick or real nick or address") {
  Contact contact;
  contact.email = "a@b";
  CHECK(contact.shown_nick() == "a@b");
  contact.real_nick = "Ann";
  CHECK(contact.shown_nick() == "Ann");
  contact.nick = "Annie";
  CHECK(contact.shown_nick() == "Annie");
}

TEST_CASE("an event gives the address of the user concerned") {
  CHECK(event_email(Typing{"a@b"}) == "a@b");
  CHECK(event_email(Failed{"id", "a@b", "x"}) == "a@b");
  CHECK(event_email(Closed{}).empty());
  CHECK(event_email(Gap{3}).empty());
}

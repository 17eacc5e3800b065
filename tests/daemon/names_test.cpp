// SPDX-License-Identifier: MIT
#include "core/daemon/names.hpp"

#include <catch2/catch.hpp>

namespace msn::daemon {
namespace {

class People {
 public:
  // `given`: the name that the user gave; `chosen`: the name that the contact chose.
  People& add(const std::string& email, std::string given, std::string chosen = {}) {
    auto& contact = roster_[email];
    contact.email = email;
    contact.nick = std::move(given);
    contact.real_nick = std::move(chosen);
    contact.lists.forward = true;
    return *this;
  }
  // The address, or "ERR " and the words of the answer.
  std::string who(std::string_view name) const {
    const auto found = contact_named(roster_, name);
    if (found) return *found;
    CHECK(found.error().code == ErrorCode::unknown_contact);
    CHECK(found.error().name == name);
    return "ERR " + found.error().message;
  }

 private:
  model::Roster roster_;
};

}  // namespace

TEST_CASE("a name matches without regard to case and normal form - an exact given name first") {
  People people;
  people.add("bob@x", "Bob").add("zoe@x", "Zo\u00EB").add("ann@x", "", "Ann");
  CHECK(people.who("bob") == "bob@x");
  CHECK(people.who("BOB") == "bob@x");
  CHECK(people.who("zoe\u0308") == "zoe@x");
  CHECK(people.who("ann") == "ann@x");
  people.add("rob@x", "bob");
  CHECK(people.who("Bob") == "bob@x");
  CHECK(people.who("bob") == "rob@x");
  CHECK(people.who("BOB") == "ERR SEVERAL");
}

TEST_CASE("a chosen name never replaces a given name") {
  People people;
  people.add("bob@x", "Bob").add("eve@x", "", "bob").add("dan@x", "Dan", "dora");
  CHECK(people.who("Bob") == "bob@x");
  CHECK(people.who("BOB") == "ERR SEVERAL");
  CHECK(people.who("bob") == "ERR SEVERAL");  // one chosen name, and one given name in another case
  CHECK(people.who("dora") == "ERR ");        // that contact has another given name
  People own;
  own.add("bob@x", "Bob", "bob");
  CHECK(own.who("bob") == "bob@x");
}

TEST_CASE("a contact cannot take over the chosen name of another by another spelling") {
  People people;
  people.add("bob@x", "", "Bob");
  CHECK(people.who("bob") == "bob@x");
  people.add("mal@x", "", "bob");
  CHECK(people.who("bob") == "ERR SEVERAL");
  CHECK(people.who("Bob") == "ERR SEVERAL");
}

TEST_CASE("a chosen name that is an address after folding matches no contact") {
  People people;
  people.add("mal@x", "", "\uFF20bob").add("eve@x", "", "\uFE6Bbob");
  CHECK(people.who("@bob") == "ERR ");
  CHECK(people.who("\uFF20bob") == "ERR ");
  CHECK(people.who("@bobb") == "ERR ");
}

TEST_CASE("a name of invisible characters only matches no contact") {
  People people;
  people.add("mal@x", "", "\u200B").add("eve@x", "\u00AD").add("zoe@x", "");
  for (const char* name : {"\uFEFF", "\u200B", "\u00AD"}) CHECK(people.who(name) == "ERR ");
}

TEST_CASE("a name that several contacts have matches none") {
  People people;
  people.add("a@x", "Twin").add("b@x", "Twin").add("c@x", "", "Double").add("d@x", "", "Double");
  CHECK(people.who("Twin") == "ERR SEVERAL");
  CHECK(people.who("twin") == "ERR SEVERAL");
  CHECK(people.who("Double") == "ERR SEVERAL");
  CHECK(people.who("double") == "ERR SEVERAL");
}

TEST_CASE("if no name matches then the answer has the most similar one") {
  People people;
  people.add("bob@x", "Bob B").add("zoe@x", "", "Zo\u00EB").add("eve@x", "", "eve@home");
  CHECK(people.who("bbo B") == "ERR NEAR=Bob%20B");
  CHECK(people.who("zoo") == "ERR NEAR=Zo%C3%AB");
  CHECK(people.who("eve_home") == "ERR ");  // cannot be used in a request
  CHECK(people.who("Another one") == "ERR ");
  CHECK(people.who(std::string(387, 'x')) == "ERR ");
  people.add("z@x", "", "ZO\u00CB");
  CHECK(people.who("zoo") == "ERR ");  // several contacts have the most similar name
}

}  // namespace msn::daemon

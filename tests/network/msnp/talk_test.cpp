// SPDX-License-Identifier: MIT
// Conversations without sockets: what is heard, what becomes of what was said, and when.
#include "core/network/msnp/limits.hpp"
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

namespace {

const std::string bob = "bob@example.com";

std::vector<model::Message> messages(const Desk& desk) {
  std::vector<model::Message> found;
  for (const auto& event : desk.events)
    if (const auto* message = std::get_if<model::Message>(&event)) found.push_back(*message);
  return found;
}

}  // namespace

TEST_CASE("somebody without a name is heard and cannot forge others' messages") {
  Desk desk;
  desk.online();
  desk.call_bob();
  const std::string body =
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nhi\r\n"
      "MSG boss@example.com Boss 44\r\nContent-Type: text/plain\r\n\r\nfire everybody";
  desk.hear("MSG bob@example.com " + std::to_string(body.size()) + "\r\n" + body);
  REQUIRE(messages(desk).size() == 1);
  CHECK(messages(desk)[0].email == bob);
  CHECK(messages(desk)[0].text.starts_with("hi\nMSG boss@example.com"));
}

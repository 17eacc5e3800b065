// SPDX-License-Identifier: MIT
// Limits for data that servers and other users send.
#include "core/network/msnp/chunks.hpp"
#include "core/network/msnp/limits.hpp"
#include "tests/network/msnp/desk.hpp"

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;
using namespace std::chrono_literals;

TEST_CASE("names and phone numbers and IDs are limited in length") {
  const std::string endless(15'000, 'x');
  // 390 bytes of UTF-8; the cut is between characters.
  std::string smileys;
  for (int i = 0; i < 130; ++i) smileys += "\xE2\x98\xBA";
  const auto bob = "N=bob@example.com F=" + smileys + " C=" + endless.substr(0, 9000) + " 11\r\n";
  Desk desk;
  desk.online("SYN 5 a b 1 0\r\nPRP MFN " + endless + "\r\nLST " + bob + "BPR PHH " + endless +
              "\r\n");
  const auto& contact = desk.session.roster().at("bob@example.com");
  CHECK(contact.real_nick == smileys.substr(0, 387));
  CHECK(contact.home_phone.size() == limits::phone);
  CHECK(desk.session.self().nick.size() == limits::name);
  desk.hear_ns("NLN NLN bob@example.com " + endless + " 0\r\n");
  CHECK(contact.real_nick.size() == limits::name);
  // An ID that is too long is ignored: the address is sent.
  desk.session.remove(3, "bob@example.com", desk.now);
  CHECK(desk.take() == Lines{"REM 7 FL bob@example.com"});
  desk.session.add(4, "carol@example.com", "C", desk.now);
  desk.take();
  desk.hear_ns("ADC 8 FL N=carol@example.com F=" + endless + "\r\n");
  CHECK(desk.session.roster().at("carol@example.com").real_nick.size() == limits::name);
}

TEST_CASE("a message that is too large ends the conversation") {
  Desk desk;
  desk.online();
  desk.call_bob();
  desk.hear("ACK 3\r\n");
  desk.told();
  desk.hear(Desk::text_from("bob@example.com", std::string(limits::board_payload - 100, 'x')));
  CHECK(desk.told().size() == 1);
  const auto too_long = "MSG bob@example.com Bob " + std::to_string(limits::board_payload + 1);
  CHECK(desk.hear(too_long + "\r\n") == Lines{"hang up"});
  CHECK(desk.told().empty());
}

TEST_CASE("incomplete chunked texts of a conversation share one limit") {
  ChunkJoiner joiner;
  const SteadyTime now{1h};
  const std::string piece(12'000, 'x');
  const auto part = [&](int text, int number) {
    const auto id = "Message-ID: {" + std::to_string(text) + "}\r\n";
    const auto which = number == 0 ? "Chunks: 3\r\n" : "Chunk: " + std::to_string(number) + "\r\n";
    const auto payload = id + which + "\r\n" + piece;
    return joiner.add("bob@example.com", parse_mime(payload), now, 60s);
  };
  for (int text = 0; text < 4; ++text) {
    CHECK_FALSE(part(text, 0));
    CHECK_FALSE(part(text, 1));
    CHECK(joiner.bytes() <= limits::joined_text);
  }
  // The oldest ones were dropped.
  CHECK(joiner.size() == 2);
  const auto whole = part(3, 2);
  REQUIRE(whole);
  CHECK(whole->body.size() == 3 * piece.size());
  CHECK_FALSE(part(0, 2));
}

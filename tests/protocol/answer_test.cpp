// SPDX-License-Identifier: MIT
#include "core/protocol/answer.hpp"

#include "core/protocol/answer_reader.hpp"
#include "core/protocol/percent.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace msn;
using namespace msn::protocol;

TEST_CASE("an answer is one line, whatever it contains") {
  CHECK(ok() == "OK\n");
  CHECK(ok("msncd/1 utf8") == "OK msncd/1 utf8\n");
  CHECK(err({ErrorCode::login_refused, "Authentication failed", 911}) ==
        "ERR MSN 911 Authentication failed\n");
  CHECK(err({ErrorCode::not_logged_in, {}}) == "ERR ENOTCONN\n");
  CHECK(err({ErrorCode::unknown_contact, {}}).starts_with("ERR UNK USER"));
  const std::string forged = err({ErrorCode::network, "no\nOK\r\x1b[2J"});
  CHECK(std::count(forged.begin(), forged.end(), '\n') == 1);
  CHECK(forged.find('\x1b') == std::string::npos);
}

TEST_CASE("nicks in a list are encoded and never empty") {
  model::Contact bob, eve, dave;
  bob.email = "bob@example.org";
  bob.nick = "Bob B";
  bob.status = model::Status::online;
  eve.email = "eve@example.org";
  eve.real_nick = "x\ny";
  dave.email = "dave@example.org";
  const std::array<const model::Contact*, 3> all{&bob, &eve, &dave};
  CHECK(contact_list(all) ==
        "CL 3\nonline bob@example.org Bob%20B\noffline eve@example.org xy\n"
        "offline dave@example.org dave%40example.org\n");
}

TEST_CASE("a message is encoded as in Annex D") {
  model::Message message;
  message.email = "bob@example.org";
  message.headers = {{"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=UTF-8"}};
  message.text = "hi ☺";
  CHECK(encode_event(message) ==
        "MSG 4 3 bob@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\nhi "
        "\xE2\x98\xBA\n");
}

TEST_CASE("events are encoded as in the protocol") {
  using namespace model;
  CHECK(encode_event(StatusChange{"bob@example.org", "brb", {}}) == "STCH bob@example.org brb\n");
  CHECK(encode_event(StatusChange{"bob@example.org", "offline", {}}) ==
        "STCH bob@example.org offline 0\n");
  CHECK(encode_event(Closed{"dave@example.org", 1}) == "SCLOSE USER dave@example.org 1\n");
  CHECK(encode_event(Closed{}) == "SCLOSE MAIN\n");
  CHECK(encode_event(Opened{}) == "SOPEN MAIN\n");
  CHECK(encode_event(Gap{}) == "GAP ?\n");
  CHECK(encode_event(Failed{"id", "a@b", "217 User not online"}) ==
        "FAILED id a@b 217 User not online\n");
  CHECK(encode_event(ErrorEvent{"600", "Server is busy"}) == "ERR 600 Server is busy\n");
  CHECK(encode_event(ErrorEvent{"600", "\x01 busy"}) == "ERR 600 busy\n");
  CHECK(event_prefix(7, Time(Milliseconds(1))) == "EV 7 1970-01-01T00:00:00.001Z ");
  const Time first(Milliseconds(1));
  const std::string stamp = "EV 7 1970-01-01T00:00:00.001Z ";
  CHECK(event_prefix(7, first, "Bob B") == stamp + "Bob%20B ");
  CHECK(event_prefix(7, first, "") == stamp + "- ");
  CHECK(event_prefix(7, first, "\x01\n") == stamp + "- ");
  // A name never looks like a keyword or like "-".
  CHECK(event_prefix(7, first, "BOB") == stamp + "%42OB ");
  CHECK(event_prefix(7, first, "MSG") == stamp + "%4DSG ");
  CHECK(event_prefix(7, first, "A_1") == stamp + "%41_1 ");
  CHECK(event_prefix(7, first, "-") == stamp + "%2D ");
  CHECK(event_prefix(7, first, "1A") == stamp + "1A ");
  CHECK(event_prefix(7, first, std::string(2000, 'x')) == stamp + std::string(387, 'x') + ' ');
  CHECK(poll_end() == "POLLEND\n");
  CHECK(poll_end(8, 3, false) == "POLLEND 8 3\n");
  CHECK(poll_end(8, 3, true) == "POLLEND 8 3 FULL\n");
  CHECK(poll_end(8, 3, false, true) == "POLLEND 8 3 SHARED\n");
  CHECK(poll_end(8, 3, true, true) == "POLLEND 8 3 FULL SHARED\n");
}

TEST_CASE("text of another user cannot start a line") {
  using namespace model;
  for (const Event& event :
       {Event(Typing{"a@b\nOK"}), Event(ErrorEvent{"1\n2", "x\nPOLLEND"}),
        Event(Failed{"i", "a@b", "\r\nX"}), Event(StatusChange{"a@b c\nd", "on\nline", {}})}) {
    const std::string line = encode_event(event);
    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    CHECK(line.find('\r') == std::string::npos);
  }
}

TEST_CASE("units() returns single lines and complete messages") {
  const std::string answer = "STCH a@b online\nMSG 4 3 c@d\nA: b\nC: d\n\nhi\nUADD e@f\nPOLLEND\n";
  const auto all = units(answer);
  REQUIRE(all.size() == 4);
  CHECK(all[1] == "MSG 4 3 c@d\nA: b\nC: d\n\nhi\n");
  const std::string extended =
      "EV 1 2026-11-22T15:04:05.123Z MSG 3 2 c@d\nA: b\n\nhi\nPOLLEND 1 0\n";
  CHECK(units(extended).size() == 2);
  const std::string named =
      "EV 1 2026-11-22T15:04:05.123Z %4DSG MSG 3 2 c@d\nA: b\n\nhi\n"
      "EV 2 2026-11-22T15:04:05.123Z - SAID 3 2 c@d\nA: b\n\nhi\n"
      "EV 3 2026-11-22T15:04:05.123Z - GAP 3\nPOLLEND 3 0\n";
  CHECK(units(named).size() == 4);
}

TEST_CASE("a message in a plain POLL has no line over 8192 bytes, and its count is right") {
  const std::string text = std::string(8191, 'x') + "\xC3\xA9" + std::string(9000, 'y') + "\n\nz";
  const std::string encoded = encode_event(model::Message{"bob@x", {}, text, {}});
  CHECK(encoded == "MSG 5 2 bob@x\nContent-Type: text/plain; charset=UTF-8\n\n" + text + '\n');
  const std::string plain = in_plain_form(encoded);
  CHECK(plain == "MSG 7 2 bob@x\nContent-Type: text/plain; charset=UTF-8\n\n" +
                     std::string(8191, 'x') + "\n\xC3\xA9" + std::string(8190, 'y') + '\n' +
                     std::string(810, 'y') + "\n\nz\n");
  const std::string fits = encode_event(model::Message{"bob@x", {}, std::string(8192, 'x'), {}});
  CHECK(in_plain_form(fits) == fits);
}

TEST_CASE("a unit over the datagram limit is replaced by an error that names the user") {
  const std::string message = "MSG 1 1 bob@x\n" + std::string(66'000, 'x') + '\n';
  CHECK(replacement_for(message) ==
        "ERR DATAGRAM a message of bob@x is too long for a datagram, but not for a stream\n");
  CHECK(replacement_for("EV 7 2026-11-22T15:04:05.123Z " + message) ==
        "EV 7 2026-11-22T15:04:05.123Z ERR DATAGRAM a message of bob@x is too long for a datagram, "
        "but not for a stream WHO=bob@x\n");
  CHECK(replacement_for("EV 7 2026-11-22T15:04:05.123Z Bob " + message) ==
        "EV 7 2026-11-22T15:04:05.123Z Bob ERR DATAGRAM a message of bob@x is too long for a "
        "datagram, but not for a stream WHO=bob@x\n");
}

TEST_CASE("a list marks users who ask for consent on request") {
  model::Contact eve;
  eve.email = "eve@x";
  eve.real_nick = "Eve asks";
  eve.asks = true;
  const std::array<const model::Contact*, 1> all{&eve};
  CHECK(contact_list(all) == "CL 1\noffline eve@x Eve%20asks\n");
  CHECK(contact_list(all, true) == "CL 1\noffline eve@x Eve%20asks asks\n");
}

TEST_CASE("the date of a message is RFC 5322 in UTC") {
  CHECK(mail_date(Time(Milliseconds(1'796'079'000'000))) == "Mon, 30 Nov 2026 22:50:00 +0000");
  CHECK(mail_date(Time(Milliseconds(0))) == "Thu, 01 Jan 1970 00:00:00 +0000");
  CHECK(mail_date(Time(Milliseconds(-1))) == "Wed, 31 Dec 1969 23:59:59 +0000");
}

TEST_CASE("times are RFC 3339 in UTC with milliseconds, and read back") {
  const Time time(Milliseconds(1'795'359'845'123));
  CHECK(parse_rfc3339(rfc3339(time)) == time);
  CHECK(rfc3339(Time(Milliseconds(0))) == "1970-01-01T00:00:00.000Z");
  CHECK_FALSE(parse_rfc3339("yesterday"));
  CHECK_FALSE(parse_rfc3339("2026-13-01T00:00:00.000Z"));
}

TEST_CASE("a nick with a space, or a % that encodes nothing, is literal") {
  CHECK(is_literal_nick("two words"));
  CHECK(is_literal_nick("100%"));
  CHECK_FALSE(is_literal_nick("100%25"));
  CHECK(percent_encode_value("a:b,c d") == "a:b,c%20d");
}

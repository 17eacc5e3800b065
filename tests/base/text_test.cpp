// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"

#include "core/base/error.hpp"

#include <catch2/catch.hpp>

using namespace msn;

TEST_CASE("a line is UTF-8, else Windows-1252 with what is undefined replaced") {
  CHECK(decode_charset("Zoë ☺") == "Zoë ☺");
  CHECK(decode_charset("Zo\xeb") == "Zoë");
  CHECK(decode_charset("\x80 \x99") == "€ ™");
  CHECK(decode_charset("\x81\xff") == "\xEF\xBF\xBDÿ");
  CHECK(decode_charset("") == "");
}

TEST_CASE("for the original Latin-1 where the text fits, else as it is") {
  CHECK(encode_latin1_if_possible("café") == "caf\xe9");
  CHECK(encode_latin1_if_possible("snow ☃") == "snow ☃");
}

TEST_CASE("nothing that is shown can drive a terminal") {
  CHECK(visible("plain Zoë ☺") == "plain Zoë ☺");
  CHECK(visible("\x1b[2J\x07\x7f") == "\\x1b[2J\\x07\\x7f");
  CHECK(visible("a\nb\tc") == "a\\x0ab\\x09c");
  CHECK(visible("\xC2\x9b"
                "x")
            .find('\x9b') == std::string::npos);
  CHECK(visible("\xE2\x80\xAE") == "\\u{202e}");
  CHECK(visible("\xE2\x81\xA6") == "\\u{2066}");
  CHECK(visible("a\xff") == "a\\xff");
}

TEST_CASE("JSON is safe to show, and means what it meant") {
  CHECK(visible_in_json(R"({"a":"plain Zoë ☺ Привет \n"})") == R"({"a":"plain Zoë ☺ Привет \n"})");
  CHECK(visible_in_json("") == "");
  CHECK(visible_in_json("\x7f") == "\\u007f");
  CHECK(visible_in_json("\"\xC2\x9B"
                        "31m\xC2\xA0\xC2\x80\"") == "\"\\u009b31m\xC2\xA0\\u0080\"");
  CHECK(visible_in_json("\xD8\x9C\xD8\x9D") == "\\u061c\xD8\x9D");
  CHECK(visible_in_json("\xE2\x80\x8E\xE2\x80\xA8\xE2\x80\xAE\xE2\x81\xA9\xE2\x80\xAF") ==
        "\\u200e\\u2028\\u202e\\u2069\xE2\x80\xAF");
  // Wherever it stands.
  for (std::size_t before = 0; before < 20; ++before) {
    const std::string plain(before, 'x');
    CHECK(visible_in_json(plain + "\x7f") == plain + "\\u007f");
    CHECK(visible_in_json(plain + "\xE2\x80\xAE" + plain) == plain + "\\u202e" + plain);
  }
  CHECK(visible_in_json("\xC2") == "\xC2");
}

TEST_CASE("one-line fields lose controls and what is not UTF-8") {
  CHECK(without_controls("a\nb\r\x1b\x7f\xC2\x85"
                         "c\xff é") == "abc é");
}

TEST_CASE("numbers are whole words of few digits") {
  CHECK(parse_number("0") == 0u);
  CHECK(parse_number("999999999") == 999999999u);
  CHECK_FALSE(parse_number("1000000000"));
  CHECK_FALSE(parse_number(""));
  CHECK_FALSE(parse_number("-1"));
  CHECK_FALSE(parse_number("1 "));
  CHECK_FALSE(parse_number("0x1"));
}

TEST_CASE("ASCII case, and only that, is folded") {
  CHECK(to_lower_ascii("Bob@EXAMPLE.org É") == "bob@example.org É");
  CHECK(equal_ignoring_ascii_case("A@b", "a@B"));
  CHECK_FALSE(equal_ignoring_ascii_case("é", "É"));
}

TEST_CASE("splitting keeps empty pieces, base64 pads") {
  CHECK(split("a  b", ' ') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ' ').size() == 1);
  CHECK(base64("caf\xe9") == "Y2Fm6Q==");
  CHECK(base64("") == "");
  CHECK(base64("ab") == "YWI=");
}

TEST_CASE("every code on the pipe has its words, its name and its exit status") {
  CHECK(wire_words(ErrorCode::unknown_contact) == "UNK USER");
  CHECK(error_name(ErrorCode::unknown_contact) == "no_such_contact");
  CHECK(exit_status(ErrorCode::unknown_contact) == 7);
  CHECK(exit_status(ErrorCode::login_refused) == 5);
  CHECK(exit_status(ErrorCode::not_logged_in) == 4);
  CHECK(exit_status(ErrorCode::no_daemon) == 3);
  CHECK(exit_status(ErrorCode::permission) == 3);
  CHECK(exit_status(ErrorCode::output) == 12);
  CHECK(exit_status(ErrorCode::protocol) == 11);
  CHECK(exit_status(ErrorCode::unsupported) == 10);
  CHECK(exit_status(ErrorCode::busy) == 1);
}

// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"

#include "core/base/error.hpp"

#include <catch2/catch.hpp>

using namespace msn;

TEST_CASE("a line is UTF-8 or else Windows-1252 with undefined bytes replaced") {
  CHECK(decode_charset("Zoë ☺") == "Zoë ☺");
  CHECK(decode_charset("Zo\xeb") == "Zoë");
  CHECK(decode_charset("\x80 \x99") == "€ ™");
  CHECK(decode_charset("\x81\xff") == "\xEF\xBF\xBDÿ");
  CHECK(decode_charset("") == "");
}

TEST_CASE("text for an original daemon is Latin-1 if possible") {
  CHECK(encode_latin1_if_possible("café") == "caf\xe9");
  CHECK(encode_latin1_if_possible("snow ☃") == "snow ☃");
}

TEST_CASE("escaped text contains no control characters") {
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

TEST_CASE("invisible characters are escaped so that different names look different") {
  CHECK(visible("Al\u200Bice") == "Al\\u{200b}ice");
  CHECK(visible("Alice\U000E0041") == "Alice\\u{e0041}");
  for (const std::string hidden :
       {"\u00AD", "\u034F", "\u115F", "\u180E", "\u200C", "\u200D", "\u2060", "\u2064", "\u3164",
        "\uFE0F", "\uFEFF", "\uFFF9", "\uFFFB", "\U000E0001", "\U000E007F", "\U000E0100"})
    CHECK(visible("Al" + hidden + "ice").starts_with("Al\\u{"));
  // The Arabic number sign is visible.
  CHECK(visible("\u0600\u0661") == "\u0600\u0661");
}

TEST_CASE("an invisible character that the script needs is kept") {
  for (const std::string name :
       {"\U0001F468\u200D\U0001F469\u200D\U0001F467", "\U0001F3C3\U0001F3FD\u200D\u2640\uFE0F",
        "\U0001F441\uFE0F\u200D\U0001F5E8\uFE0F", "Ann \u2764\uFE0F", "1\uFE0F\u20E3",
        // Sri, with a ZWJ after the virama; a Persian name with a ZWNJ.
        "\u0DC1\u0DCA\u200D\u0DBB\u0DD3", "\u0639\u0644\u06CC\u200C\u0631\u0636\u0627"})
    CHECK(visible(name) == name);
  CHECK(visible("\U0001F468\u200D") == "\U0001F468\\u{200d}");
  CHECK(visible("\U0001F468\u200D"
                "a") == "\U0001F468\\u{200d}a");
  CHECK(visible("a\u200D\U0001F468") == "a\\u{200d}\U0001F468");
}

TEST_CASE("the text of a message keeps TABs and joiners but no controls and tags") {
  const std::string text = "a\tb\u200Cd\u200De\uFE0F";
  CHECK(visible_text(text) == text);
  CHECK(visible_text("\x1b\n\r\u202E\U000E0041\u2060a\u200Bb") ==
        "\\x1b\\x0a\\x0d\\u{202e}\\u{e0041}\\u{2060}a\\u{200b}b");
}

TEST_CASE("a text of white space and invisible characters is blank") {
  for (const std::string blank : {"", " \t\n\v\f\r", "\u0085", "\u00A0", "\u1680", "\u2003\u202F",
                                  "\u2028", "\u3000", "\u200B", "\u200D\uFE0F", "\u2060", "\uFEFF",
                                  "\u00AD", "\u3164", "\U000E0067", " \u200B\n\u3000 "})
    CHECK(is_blank(blank));
  for (const std::string seen :
       {"a", " . ", "\x1b", "\u200Ba", "\u0301", "\u0600", "\u263A\uFE0F", "\xff"})
    CHECK_FALSE(is_blank(seen));
}

TEST_CASE("a text is cut between grapheme clusters") {
  const std::string flag = "\U0001F1E9\U0001F1EA", family = "\U0001F468\u200D\U0001F469",
                    accented = "e\u0301", thai = "\u0E17\u0E35\u0E48";
  for (const std::string& cluster : {flag, family, accented, thai})
    for (std::size_t more = 0; more < cluster.size(); ++more) {
      CHECK(cut_clusters(cluster + cluster + cluster, cluster.size() + more) == cluster);
      CHECK(cut_clusters("x" + cluster, 1 + more) == "x");
    }
  CHECK(cut_clusters("abc", 3) == "abc");
  CHECK(cut_clusters("abc", 0) == "");
  // A cluster larger than the limit is cut between characters.
  CHECK(cut_clusters(accented + "\u0301\u0301", 4) == accented);
  CHECK(cut_clusters("\xff\xff\xff", 2) == "\xff\xff");
  CHECK(continues_cluster("\u0301x"));
  CHECK_FALSE(continues_cluster("x\u0301"));
  CHECK_FALSE(continues_cluster(""));
}

TEST_CASE("the width of a line is counted in columns") {
  CHECK(display_width("") == 0);
  CHECK(display_width("Bob") == 3);
  CHECK(display_width("Zoe\u0308") == 3);
  CHECK(display_width("\u6F22\u5B57") == 4);
  CHECK(display_width("\U0001F600") == 2);
  CHECK(display_width("\U0001F468\u200D\U0001F469\u200D\U0001F467") == 2);
  CHECK(display_width("\U0001F1E9\U0001F1EA") == 2);
  CHECK(display_width("\u2764\uFE0F") == 2);
  CHECK(display_width("\U0001F44D\U0001F3FD") == 2);
}

TEST_CASE("names are compared without case and normalization and invisible characters") {
  CHECK(fold_name("BOB b") == "bob b");
  CHECK(fold_name("ZOE\u0308") == fold_name("zo\u00EB"));
  CHECK(fold_name("\uFF22ob") == "bob");
  CHECK(fold_name("Al\u200Bice") == "alice");
  CHECK(fold_name("Stra\u00DFe") == fold_name("STRASSE"));
  CHECK(fold_name("\u0411\u041E\u0411") == fold_name("\u0431\u043E\u0431"));
  CHECK(fold_name("Bob") != fold_name("B\u00F6b"));
  CHECK(fold_name("") == "");
  CHECK(fold_name("\xff") == "\xff");
}

TEST_CASE("UTF-8 is checked as RFC 3629 says") {
  for (const std::string good : {"", "a", "\x7f", "\xC2\x80", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"})
    CHECK(is_utf8(good));
  for (const std::string bad :
       {"\x80", "\xC0\x80", "\xC2", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "a\xff"})
    CHECK_FALSE(is_utf8(bad));
  CHECK(is_utf8(std::string("a\0b", 3)));
}

TEST_CASE("escaped JSON is safe to show and has the same value") {
  CHECK(visible_in_json(R"({"a":"plain Zoë ☺ Привет \n"})") == R"({"a":"plain Zoë ☺ Привет \n"})");
  CHECK(visible_in_json("") == "");
  CHECK(visible_in_json("\x7f") == "\\u007f");
  CHECK(visible_in_json("\"\xC2\x9B"
                        "31m\xC2\xA0\xC2\x80\"") == "\"\\u009b31m\xC2\xA0\\u0080\"");
  CHECK(visible_in_json("\xD8\x9C\xD8\x9D") == "\\u061c\xD8\x9D");
  CHECK(visible_in_json("\xE2\x80\x8E\xE2\x80\xA8\xE2\x80\xAE\xE2\x81\xA9\xE2\x80\xAF") ==
        "\\u200e\\u2028\\u202e\\u2069\xE2\x80\xAF");
  // At any position.
  for (std::size_t before = 0; before < 20; ++before) {
    const std::string plain(before, 'x');
    CHECK(visible_in_json(plain + "\x7f") == plain + "\\u007f");
    CHECK(visible_in_json(plain + "\xE2\x80\xAE" + plain) == plain + "\\u202e" + plain);
  }
  CHECK(visible_in_json("\xC2") == "\xC2");
  CHECK(visible_in_json("\"Al\u200Bice\U000E0041\"") == "\"Al\\u200bice\\udb40\\udc41\"");
  const std::string family = "\"\U0001F468\u200D\U0001F469\"";
  CHECK(visible_in_json(family) == family);
}

TEST_CASE("controls and invalid UTF-8 are removed from one-line fields") {
  CHECK(without_controls("a\nb\r\x1b\x7f\xC2\x85"
                         "c\xff é") == "abc é");
}

TEST_CASE("a number is a whole word of a limited number of digits") {
  CHECK(parse_number("0") == 0u);
  CHECK(parse_number("999999999") == 999999999u);
  CHECK_FALSE(parse_number("1000000000"));
  CHECK_FALSE(parse_number(""));
  CHECK_FALSE(parse_number("-1"));
  CHECK_FALSE(parse_number("1 "));
  CHECK_FALSE(parse_number("0x1"));
}

TEST_CASE("only ASCII case is folded") {
  CHECK(to_lower_ascii("Bob@EXAMPLE.org É") == "bob@example.org É");
  CHECK(equal_ignoring_ascii_case("A@b", "a@B"));
  CHECK_FALSE(equal_ignoring_ascii_case("é", "É"));
}

TEST_CASE("splitting keeps empty parts and base64 pads") {
  CHECK(split("a  b", ' ') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ' ').size() == 1);
  CHECK(base64("caf\xe9") == "Y2Fm6Q==");
  CHECK(base64("") == "");
  CHECK(base64("ab") == "YWI=");
}

TEST_CASE("every error code has its words and its name and its exit status") {
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

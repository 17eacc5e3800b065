// SPDX-License-Identifier: MIT
#include "core/network/msnp/mime.hpp"

#include "core/network/msnp/limits.hpp"

#include <catch2/catch.hpp>

namespace msn::network::msnp {

TEST_CASE("headers are found in any case and the body starts after the empty line") {
  const auto mime = parse_mime(
      "MIME-Version: 1.0\r\ncontent-type: Text/Plain; charset=UTF-8\r\nX-MMS-IM-Format: "
      "FN=MS%20Shell%20Dlg; EF=\r\n"
      "\r\nline one\r\nline two");
  CHECK(mime.content_type() == "text/plain");
  CHECK(mime.header("x-mms-im-format") == "FN=MS%20Shell%20Dlg; EF=");
  CHECK(mime.header("Nothing").empty());
  CHECK(mime.body == "line one\r\nline two");
  CHECK(mime.headers.size() == 3);
}

TEST_CASE("LF line ends and lines without a colon and a missing body are accepted") {
  CHECK(parse_mime("A: b\n\nbody\n").body == "body\n");
  CHECK(parse_mime("just bytes").body.empty());
  CHECK(parse_mime("just bytes").content_type().empty());
  CHECK(parse_mime("").headers.empty());
  CHECK(parse_mime(": no name\r\n\r\nx").headers.empty());
  CHECK(parse_mime("\r\nx").body == "x");
}

TEST_CASE("headers are limited in number and size and have no control characters") {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "H: v\r\n";
  CHECK(parse_mime(many + "\r\n").headers.size() == limits::message_headers);
  CHECK(parse_mime("A: " + std::string(5000, 'x') + "\r\n\r\n").headers.empty());
  CHECK(parse_mime("A: x\x1b[0m\ty\r\n\r\n").header("a") == "x[0my");
}

TEST_CASE("a text has LF between lines and no CR and no NUL and is valid UTF-8") {
  CHECK(text_of("Hello\r\n\r\nWorld") == "Hello\n\nWorld");
  CHECK(text_of("end\r\n") == "end\n");
  CHECK(text_of("a\nb\n") == "a\nb\n");
  CHECK(text_of("") == "");
  CHECK(text_of(std::string_view("a\0b\rc", 5)) == "abc");
  CHECK(text_of("caf\xE9 \x80\r\nGr\xC3\xBC\xC3\x9F"
                "e") ==
        "caf\xC3\xA9 \xE2\x82\xAC\nGr\xC3\xBC\xC3\x9F"
        "e");
}

TEST_CASE("sent payloads are exact") {
  CHECK(text_payload("hi\r\nyou") ==
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nhi\r\nyou");
  CHECK(typing_payload("alice@example.com") ==
        "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: "
        "alice@example.com\r\n\r\n\r\n");
  CHECK(typing_payload("alice@example.com").size() == 90);
  CHECK(decline_payload("33267").size() == 162);
  CHECK(chunk_payload("part 1", {"{81CB1E28-8A20-4F4C-B13B-5D3DD8C7EA51}", 0, 2}) ==
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
        "Message-ID: {81CB1E28-8A20-4F4C-B13B-5D3DD8C7EA51}\r\nChunks: 2\r\n\r\npart 1");
  CHECK(chunk_payload("part 2", {"{81CB1E28-8A20-4F4C-B13B-5D3DD8C7EA51}", 1, 2}).size() == 89);
}

TEST_CASE("a long text is split at line ends or spaces or characters") {
  using Parts = std::vector<std::string>;
  CHECK(split_text("short", 10, false) == Parts{"short"});
  CHECK(split_text("", 10, false) == Parts{""});
  CHECK(split_text("0123456789\r\nabc", 10, false) == Parts{"0123456789", "abc"});
  CHECK(split_text("one two three", 8, false) == Parts{"one two", "three"});
  CHECK(split_text("\xC3\xA9\xC3\xA9\xC3\xA9", 3, false) ==
        Parts{"\xC3\xA9", "\xC3\xA9", "\xC3\xA9"});
  CHECK(split_text("one two three", 8, true) == Parts{"one two ", "three"});
}

TEST_CASE("a dropped break at the end makes no empty part") {
  using Parts = std::vector<std::string>;
  const std::string full(1400, 'a');
  CHECK(split_text(full + "\r\n", 1400, false) == Parts{full});
  CHECK(split_text(full + " ", 1400, false) == Parts{full, " "});
  CHECK(split_text("one two\r\n", 7, false) == Parts{"one two"});
  CHECK(split_text("one two\r\n\r\n", 7, false) == Parts{"one two", "\r\n"});
  CHECK(split_text("one two\r\n", 8, true) == Parts{"one two", "\r\n"});
}

TEST_CASE("a text is not split within a grapheme cluster") {
  using Parts = std::vector<std::string>;
  const std::string flag = "\U0001F1E9\U0001F1EA", accented = "e\u0301";
  for (const bool keep : {false, true}) {
    CHECK(split_text(flag + flag + flag, 21, keep) == Parts{flag + flag, flag});
    CHECK(split_text("aaaaaaa" + accented, 8, keep) == Parts{"aaaaaaa", accented});
    CHECK(split_text("aaaaaaa \u0301bb", 10, keep) == Parts{"aaaaaaa \u0301", "bb"});
  }
  // A cluster that is too large is split.
  std::string large = "e";
  while (large.size() < 1500) large += "\u0301";
  CHECK(split_text(std::string(700, 'a') + large, 1400, true)[0].size() == 1399);
}

TEST_CASE("the longest text has no more chunks than a receiver joins") {
  std::string text;
  while (text.size() < 60'000) text += std::string(699, 'x') + "\r\n";
  const auto parts = split_text(text, limits::message_text, true);
  CHECK(parts.size() <= limits::max_chunks);
}

TEST_CASE("joined chunks are the text") {
  std::string text;
  for (int i = 0; i < 500; ++i) text += i % 7 == 0 ? "\r\n" : i % 3 == 0 ? " \xE2\x98\xBA" : "word";
  for (const std::size_t limit : {5u, 17u, 100u, 1400u}) {
    std::string joined;
    for (const auto& part : split_text(text, limit, true)) {
      CHECK(part.size() <= limit);
      joined += part;
    }
    CHECK(joined == text);
  }
}

}  // namespace msn::network::msnp

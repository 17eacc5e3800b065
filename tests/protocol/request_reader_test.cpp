// SPDX-License-Identifier: MIT
#include "core/protocol/request_reader.hpp"

#include "core/protocol/limits.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace msn;
using namespace msn::protocol;

namespace {

// "KEYWORD|word|word", with the text lines after "/"; "!" for an unreadable request.
std::string shown(const Result<Request>& request) {
  if (!request) return "!" + std::string(wire_words(request.error().code));
  std::string all(request->keyword);
  for (const auto word : request->words) all += "|" + std::string(word);
  for (const auto& line : request->text) all += "/" + line;
  return all;
}

std::vector<std::string> read(std::vector<std::string_view> pieces,
                              RequestReader::Binding binding = RequestReader::Binding::stream) {
  RequestReader reader(binding);
  std::vector<std::string> all;
  for (const auto piece : pieces) {
    reader.feed(piece);
    while (const auto request = reader.next()) all.push_back(shown(*request));
  }
  return all;
}

// Checks that the result is the same for every cut of the stream and byte by byte.
std::vector<std::string> read_cut(std::string_view bytes) {
  const auto whole = read({bytes});
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
    REQUIRE(read({bytes.substr(0, cut), bytes.substr(cut)}) == whole);
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
  REQUIRE(read(single) == whole);
  return whole;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("requests are parsed for every division of the stream") {
  CHECK(read_cut("HELLO\nPOLL\r\nADD Gus%20G gus@example.org\nFOO bar\n\npoll\n") ==
        Lines{"HELLO", "POLL", "ADD|Gus%20G|gus@example.org", "FOO|bar", "", "poll"});
}

TEST_CASE("words are separated by exactly one space: two make an empty word") {
  CHECK(read_cut("ADD  x\nDEL \n") == Lines{"ADD||x", "DEL|"});
}

TEST_CASE("SENDMSG reads exactly its lines: spaces and empty lines kept, CR removed") {
  CHECK(read_cut("SENDMSG 1 bob@example.org\nhello there\n") ==
        Lines{"SENDMSG|1|bob@example.org/hello there"});
  CHECK(read_cut("SENDMSG 2 bob@example.org\nfirst\nsecond\nPOLL\n") ==
        Lines{"SENDMSG|2|bob@example.org/first/second", "POLL"});
  CHECK(read_cut("SENDMSG 3 bob@example.org ID=a WAIT=5\r\n  x \r\n\r\nPOLL\n") ==
        Lines{"SENDMSG|3|bob@example.org|ID=a|WAIT=5/  x //POLL"});
}

TEST_CASE("lines are read if the count is in range and not otherwise") {
  CHECK(read_cut("SENDMSG 0 a@b\nSENDMSG 999999999 a@b\nSENDMSG x a@b\nPOLL\n").back() == "POLL");
  CHECK(read_cut("SENDMSG 0 a@b\nx\n") == Lines{"!EINVAL", "x"});
  CHECK(read_cut("SENDMSG 10001 a@b\nx\n") == Lines{"!EINVAL", "x"});
  CHECK(read_cut("SENDMSG 1\nfoo\nPOLL\n").back() == "POLL");
}

TEST_CASE("a text with NUL or bad UTF-8 is refused after its lines were read") {
  CHECK(read_cut("SENDMSG 2 a@b\n\xff\nPOLL\nHELLO\n") == Lines{"!EINVAL", "HELLO"});
  CHECK(read_cut(std::string_view("SENDMSG 1 a@b\nx\0y\nHELLO\n", 24)) ==
        Lines{"!EINVAL", "HELLO"});
}

TEST_CASE("a line with NUL or over the limit is one error, then the next line is read") {
  CHECK(read_cut(std::string_view("POLL\0\nHELLO\n", 12)) == Lines{"!EINVAL", "HELLO"});
  const std::string fits = "FOO " + std::string(limits::line - 4, 'x');
  CHECK(read({fits + "\nPOLL\n"}).size() == 2);
  CHECK(read({fits + "\n"})[0].starts_with("FOO|"));
  CHECK(read({fits + "x\nPOLL\n"}) == Lines{"!EINVAL", "POLL"});
  CHECK(read({fits, "x", std::string(100'000, 'y'), "\nPOLL\n"}) == Lines{"!EINVAL", "POLL"});
}

TEST_CASE("a text over the limit is not kept in memory") {
  std::string unit = "SENDMSG 9000 a@b\n";
  for (int i = 0; i < 9000; ++i) unit += std::string(100, 'x') + "\n";
  RequestReader reader;
  reader.feed(unit);
  const auto request = reader.next();
  REQUIRE((request && *request));
  CHECK((*request)->text_bytes == 9000 * 102 - 2);
  std::size_t kept = 0;
  for (const auto& line : (*request)->text) kept += line.size();
  CHECK(kept <= limits::line + limits::text);
  const auto decoded = SendMsg::decode(**request);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().code == ErrorCode::too_long);
}

TEST_CASE("a text of 60000 bytes is accepted, one of 60001 is not") {
  for (const std::size_t more : {std::size_t{0}, std::size_t{1}}) {
    for (const std::string& text : {"1 a@b\n" + std::string(60'000 + more, 'x') + '\n',
                                    "2 a@b\n" + std::string(60'000 - 3 + more, 'x') + "\ny\n"}) {
      const std::string unit = "SENDMSG " + text;
      for (const std::size_t piece : {unit.size(), std::size_t{4096}, std::size_t{7}}) {
        RequestReader reader;
        std::optional<Result<Request>> request;
        for (std::size_t at = 0; at < unit.size() && !request; at += piece) {
          reader.feed(std::string_view(unit).substr(at, piece));
          request = reader.next();
        }
        REQUIRE((request && *request));
        CHECK(SendMsg::decode(**request).has_value() == (more == 0));
        if (more == 0) CHECK((*request)->text[0].size() + 3 >= 60'000);
      }
      const auto datagram = read_datagram(unit);
      REQUIRE(datagram);
      CHECK(SendMsg::decode(*datagram).has_value() == (more == 0));
    }
  }
}

TEST_CASE("only lines of a text may exceed the limit of a line") {
  const std::string longest(limits::line, 'x');
  CHECK(read({"SENDMSG 1 a@b\n" + longest + "x\nFOO " + longest + "\nPOLL\n"}) ==
        Lines{"SENDMSG|1|a@b/" + longest + "x", "!EINVAL", "POLL"});
  CHECK(read({"SENDMSG 1 a@b\n" + longest, longest, "\n" + longest + "x\nPOLL\n"}) ==
        Lines{"SENDMSG|1|a@b/" + longest + longest, "!EINVAL", "POLL"});
  // The line of a new client is not a part of the text.
  CHECK(read({"SENDMSG 2 a@b\nHELLO SYNC=" + longest + "\nPOLL\n"}, RequestReader::Binding::fifo) ==
        Lines{"!EINVAL", "POLL"});
}

TEST_CASE("on a FIFO HELLO SYNC= starts a new client, even inside a text") {
  const auto fifo = RequestReader::Binding::fifo;
  CHECK(read({"SENDMSG 3 a@b\none\nHELLO SYNC=7f3a\nPOLL\n"}, fifo) ==
        Lines{"HELLO|SYNC=7f3a", "POLL"});
  CHECK(read({"SENDMSG 3 a@b\none\nHELLO SYNC=7f3a\nPOLL\n"}) ==
        Lines{"SENDMSG|3|a@b/one/HELLO SYNC=7f3a/POLL"});
}

TEST_CASE("an idle reader is small") {
  CHECK(sizeof(RequestReader) <= 200);
}

TEST_CASE("a datagram is one unit: white space at its ends is ignored, a wrong count is not") {
  CHECK(shown(read_datagram("POLL")) == "POLL");
  CHECK(shown(read_datagram(" POLL\r\n")) == "POLL");
  CHECK(shown(read_datagram("")) == "");
  CHECK(shown(read_datagram("SENDMSG 1 bob@example.org\nhello there\n")) ==
        "SENDMSG|1|bob@example.org/hello there");
  CHECK(shown(read_datagram("SENDMSG 2 bob@example.org\nfirst\n second ")) ==
        "SENDMSG|2|bob@example.org/first/ second ");
  CHECK(shown(read_datagram("SENDMSG 1 a@b\nx\ny\n")) == "!EINVAL");
  CHECK(shown(read_datagram("SENDMSG 3 a@b\nx\ny\n")) == "!EINVAL");
  CHECK(shown(read_datagram("POLL\nPOLL\n")) == "!EINVAL");
}

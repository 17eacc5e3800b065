// SPDX-License-Identifier: MIT
#include "core/network/msnp/codec.hpp"

#include "core/network/msnp/limits.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace msn::network::msnp {
namespace {

struct Read {
  std::string line, payload;
  bool operator==(const Read&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Read& r) {
  return out << '[' << r.line << "][" << r.payload << ']';
}

std::vector<Read> read_all(std::string_view bytes, std::size_t step,
                           CommandReader::From from = CommandReader::From::server) {
  CommandReader reader(from);
  std::vector<Read> out;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    reader.feed(bytes.substr(at, step));
    for (;;) {
      auto next = reader.next();
      REQUIRE(next);
      if (!*next) break;
      out.push_back({std::string((*next)->line()), std::string((*next)->payload())});
    }
  }
  CHECK(reader.pending() == 0);
  return out;
}

}  // namespace

TEST_CASE("lines and payloads are parsed however the bytes are split") {
  const std::string bytes =
      "USR 4 OK alice@example.com 1 0\r\nSBS 0 null\nMSG Hotmail Hotmail 5\r\nab\r\n\n"
      "NOT 3\r\nxyzQNG 60\r\nUBX bob@example.com 0\r\nQRY 7\r\nGCF 6 Shields.xml 2\r\n<>UUX 9 "
      "0\r\n";
  const std::vector<Read> expected{{"USR 4 OK alice@example.com 1 0", ""},
                                   {"SBS 0 null", ""},
                                   {"MSG Hotmail Hotmail 5", "ab\r\n\n"},
                                   {"NOT 3", "xyz"},
                                   {"QNG 60", ""},
                                   {"UBX bob@example.com 0", ""},
                                   {"QRY 7", ""},
                                   {"GCF 6 Shields.xml 2", "<>"},
                                   {"UUX 9 0", ""}};
  for (std::size_t step = 1; step <= bytes.size(); ++step) CHECK(read_all(bytes, step) == expected);
}

TEST_CASE("commands of a client have other payload verbs than those of a server") {
  const auto read = read_all(
      "QRY 7 PROD0090YUAUV{2B 2\r\nabUUX 8 1\r\nxMSG 3 A 2\r\nhiGCF 6 Shields.xml\r\nPNG\r\n", 3,
      CommandReader::From::client);
  CHECK(read == std::vector<Read>{{"QRY 7 PROD0090YUAUV{2B 2", "ab"},
                                  {"UUX 8 1", "x"},
                                  {"MSG 3 A 2", "hi"},
                                  {"GCF 6 Shields.xml", ""},
                                  {"PNG", ""}});
}

TEST_CASE("MSG without a name has a payload") {
  for (const std::string line : {"MSG bob@example.com 5", "MSG bob@example.com  5"})
    CHECK(read_all(line + "\r\na\r\nb\nQNG 60\r\n", 4) ==
          std::vector<Read>{{line, "a\r\nb\n"}, {"QNG 60", ""}});
  // A client's MSG has three words before the length.
  CHECK(read_all("MSG 3 A\r\nPNG\r\n", 4, CommandReader::From::client) ==
        std::vector<Read>{{"MSG 3 A", ""}, {"PNG", ""}});
}

TEST_CASE("words are split at single spaces and empty ones at the end are dropped") {
  const Command list("LST N=bob@example.com F=Bob 11 ");
  CHECK(list.size() == 4);
  CHECK(list.word(3) == "11");
  CHECK(list.last() == "11");
  CHECK(list.word(4).empty());
  const Command unnamed("NLN NLN bob@example.com  0");
  CHECK(unnamed.word(3).empty());
  CHECK(unnamed.word(4) == "0");
  CHECK(Command("USR 3 TWN S a=1, b c").rest(4) == "a=1, b c");
  CHECK(Command("").size() == 0);
  CHECK(Command("   ").verb().empty());
}

TEST_CASE("rest() has the words beyond the limit") {
  std::string line = "X";
  for (int i = 0; i < 100; ++i) line += " w";
  const Command many(line);
  CHECK(many.size() == 24);
  CHECK(many.rest(1) == line.substr(2));
}

TEST_CASE("invalid input is an error") {
  CommandReader reader(CommandReader::From::server);
  SECTION("a complete line is too long") {
    reader.feed(std::string(limits::line + 1, 'x') + "\n");
    CHECK(!reader.next());
  }
  SECTION("an incomplete line is too long") {
    reader.feed(std::string(limits::line + 1, 'x'));
    CHECK(!reader.next());
  }
  SECTION("a payload is too long") {
    reader.feed("MSG a b 9999999\r\n");
    CHECK(!reader.next());
  }
  SECTION("a length is no number") {
    for (const auto* line :
         {"MSG a b c\r\n", "NOT x\r\n", "UBX a -1\r\n", "MSG a b 99999999999\r\n"}) {
      CommandReader other(CommandReader::From::server);
      other.feed(line);
      CHECK(!other.next());
    }
  }
}

TEST_CASE("ADL n OK is an answer without a payload") {
  CHECK(read_all("ADL 5 OK\r\nQNG\r\n", 4) == std::vector<Read>{{"ADL 5 OK", ""}, {"QNG", ""}});
}

TEST_CASE("written commands have single spaces and end in the length of the payload") {
  CHECK(command({"VER", "1", "MSNP11", "CVR0"}) == "VER 1 MSNP11 CVR0\r\n");
  CHECK(command({"MSG", "3", "A"}, "h\xC3\xA9") == "MSG 3 A 3\r\nh\xC3\xA9");
}

TEST_CASE("names are percent-encoded when sent and decoded when received") {
  CHECK(encode_word("B\xC3\xB6"
                    "b \xE2\x82\xAC 100%") == "B%C3%B6b%20%E2%82%AC%20100%25");
  CHECK(decode_word("B\xC3\xB6"
                    "b%20\xE2\x82\xAC%20100%25") ==
        "B\xC3\xB6"
        "b \xE2\x82\xAC 100%");
  CHECK(decode_word("Bob+plus") == "Bob+plus");
  CHECK(decode_word("100% %2 %zz %") == "100% %2 %zz %");
  CHECK(decode_name("a%0Ab%1B[0m%FF") == "ab[0m");
  for (int c = 0; c < 256; ++c) {
    const std::string one(1, static_cast<char>(c));
    CHECK(decode_word(encode_word(one)) == one);
  }
}

TEST_CASE("IDs are recognized by their form") {
  CHECK(is_guid("94da7824-b64e-44ad-b267-38374a9d21af"));
  CHECK(!is_guid("94da7824-b64e-44ad-b267-38374a9d21ag"));
  CHECK(!is_guid("94da7824b64e-44ad-b267-38374a9d21af0"));
  CHECK(!is_guid(""));
}

}  // namespace msn::network::msnp

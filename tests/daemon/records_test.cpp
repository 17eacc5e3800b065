// SPDX-License-Identifier: MIT
#include "core/daemon/records.hpp"

#include "core/protocol/answer.hpp"
#include "core/protocol/answer_reader.hpp"
#include "core/protocol/limits.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace msn::daemon {
namespace {

std::vector<store::Record> records(model::Event event) {
  std::vector<store::Record> all;
  append_records(std::move(event), Time{}, all);
  return all;
}

std::string wire(model::Event event) {
  const auto all = records(std::move(event));
  REQUIRE(all.size() == 1);
  return all[0].wire;
}

}  // namespace

TEST_CASE("a message gets the two standard headers and then its own") {
  CHECK(wire(model::Message{"bob@example.org", {}, "hi \xE2\x98\xBA", {}}) ==
        "MSG 4 3 bob@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\n"
        "hi \xE2\x98\xBA\n");
  CHECK(wire(model::Message{"bob@example.org",
                            {{"MIME-Version", "1.0"},
                             {"content-type", "text/plain; charset=iso-8859-1"},
                             {"X-MMS-IM-Format", "FN=Arial; EF="}},
                            "hi there\r\nline two",
                            {}}) ==
        "MSG 6 4 bob@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        "X-MMS-IM-Format: FN=Arial; EF=\n\nhi there\nline two\n");
}

TEST_CASE("Date and Message-ID come before the headers of the message") {
  model::Message message{
      "bob@example.org", {{"Message-Id", "<another>"}, {"DATE", "never"}, {"X-A", "b"}}, "hi", {}};
  message.sent = Time(Milliseconds(1'796'079'000'000));
  message.id = "<17 \n3@example.org>";
  CHECK(wire(message) ==
        "MSG 7 6 bob@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        "Date: Mon, 30 Nov 2026 22:50:00 +0000\nMessage-ID: <173@example.org>\nX-A: b\n\nhi\n");
  CHECK(wire(model::Said{{message}}) == "SAID" + wire(message).substr(3));
  message.sent.reset();
  message.id.clear();
  CHECK(wire(message) ==
        "MSG 7 6 bob@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        "Message-Id: <another>\nDATE: never\nX-A: b\n\nhi\n");
}

TEST_CASE("a sender cannot forge the header Participants") {
  model::Message message{
      "bob@example.org", {{"participants", "mallory@example.org"}, {"X-A", "b"}}, "hi", {}};
  CHECK(wire(message) ==
        "MSG 5 4 bob@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        "X-A: b\n\nhi\n");
  message.participants = {"carol@example.org", "dave@example.org"};
  CHECK(wire(message) ==
        "MSG 6 5 bob@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        "Participants: carol@example.org, dave@example.org\nX-A: b\n\nhi\n");
  for (int i = 0; i < 100; ++i)
    message.participants.push_back("person" + std::to_string(i) + "@example.org");
  const auto text = wire(message);
  const auto begin = text.find("Participants: ") + 14;
  CHECK(text.find('\n', begin) - begin <= 1024);
}

TEST_CASE("a text of 60000 bytes is one event and fits a datagram whatever headers it has") {
  model::Message message{"bob@example.org", {}, std::string(60'000, 'x'), {}};
  for (int i = 0; i < 40; ++i)
    message.headers.emplace_back("X-" + std::to_string(i), std::string(i < 3 ? 1500 : 300, 'y'));
  for (const std::string& text :
       {std::string(60'000, 'x'), std::string(20'000, 'x') + "\r\n" + std::string(39'998, 'y')}) {
    message.text = text;
    const std::string event = wire(message);
    CHECK(event.size() +
              protocol::event_prefix(UINT64_MAX, Time{}, std::string(1000, ' ')).size() <=
          protocol::limits::datagram);
    std::vector<model::StampedEvent> read;
    protocol::AnswerReader reader(protocol::AnswerShape::poll,
                                  protocol::AnswerReader::Binding::stream, true,
                                  [&](model::StampedEvent one) { read.push_back(std::move(one)); });
    REQUIRE(reader.feed(event + "POLLEND 1 0\n"));
    REQUIRE(read.size() == 1);
    std::string expected = text;
    std::erase(expected, '\r');
    CHECK(std::get<model::Message>(read[0].event).text == expected);
  }
}

TEST_CASE("messages that are not text are not stored") {
  for (const std::string type : {"text/x-clientcaps", "application/x-msnmsgrp2p",
                                 "text/x-msmsgscontrol", "text/x-keepalive"})
    CHECK(records(model::Message{"bob@example.org", {{"Content-Type", type}}, "x", {}}).empty());
}

TEST_CASE("a record has its keyword and address") {
  const auto all = records(model::StatusChange{"Bob@Example.org", "away", {}});
  REQUIRE(all.size() == 1);
  CHECK(all[0].keyword == "STCH");
  CHECK(all[0].email == "bob@example.org");
  CHECK(all[0].wire == "STCH bob@example.org away\n");
}

TEST_CASE("one-line fields lose characters that could form lines or fields") {
  CHECK(wire(model::Typing{"evil@x.org\nPOLLEND\r"}) == "TYPING evil@x.orgpollend\n");
  CHECK(wire(model::Typing{"a b@x.org"}) == "TYPING ab@x.org\n");
  CHECK(wire(model::StatusChange{"a@x.org", "on line\n", {}}) == "STCH a@x.org online\n");
  CHECK(wire(model::ErrorEvent{"217", "User\r\nnot \x1b[2Jonline"}) ==
        "ERR 217 Usernot [2Jonline\n");
  CHECK(wire(model::Failed{"a b\n", "b@x.org", "x\ny"}) == "FAILED ab b@x.org xy\n");
  CHECK(wire(model::Message{"e\nvil@x.org", {{"X-A\n", "b\nc"}}, "t", {}}) ==
        "MSG 5 4 evil@x.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        "X-A: bc\n\nt\n");
}

TEST_CASE("the code of an event is never a word that ends an answer") {
  for (const std::string code : {"ENOTCONN", "EINVAL", "PARAMS", "UNK", "EBUSY", "EPERM", "MSN",
                                 "SOCK", "TOOBIG", "", "lower", "TWO WORDS"})
    CHECK(wire(model::ErrorEvent{code, "x"}) == "ERR NETWORK x\n");
  CHECK(wire(model::ErrorEvent{"SERV_DISC", "x"}) == "ERR SERV_DISC x\n");
}

TEST_CASE("events without an address are not stored") {
  CHECK(records(model::Typing{""}).empty());
  CHECK(records(model::Typing{"\n \t"}).empty());
  CHECK(records(model::Message{"", {}, "x", {}}).empty());
  CHECK(records(model::Unknown{"POLLEND"}).empty());
}

TEST_CASE("a contact is never reported as invisible") {
  CHECK(wire(model::StatusChange{"a@x.org", "invisible", {}}) == "STCH a@x.org offline 0\n");
}

TEST_CASE("bytes that are not UTF-8 are decoded as in protocol 3") {
  CHECK(wire(model::Message{"a@x.org", {}, "caf\xe9", {}}).find("caf\xc3\xa9\n") !=
        std::string::npos);
}

TEST_CASE("a message over the limits is split without loss") {
  std::string text;
  for (int i = 0; i < 25'000; ++i) text += "line " + std::to_string(i) + "\n";
  text += std::string(20'000, 'x') + "\xE2\x98\xBA" + std::string(100'000, 'y');
  const auto all = records(model::Message{"a@x.org", {}, text, {}});
  CHECK(all.size() > 3);
  std::string whole;
  for (const auto& record : all) {
    CHECK(record.wire.size() <= protocol::limits::message);
    const auto count = std::count(record.wire.begin(), record.wire.end(), '\n');
    CHECK(count <= static_cast<std::ptrdiff_t>(protocol::limits::message_lines) + 1);
    const std::string body = record.wire.substr(record.wire.find("\n\n") + 2);
    CHECK(body.size() <= protocol::limits::text + 1);
    whole += body;
  }
  std::erase(whole, '\n');
  std::erase(text, '\n');
  CHECK(whole == text);
}

}  // namespace msn::daemon

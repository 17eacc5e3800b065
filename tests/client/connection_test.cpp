// SPDX-License-Identifier: MIT
#include "core/client/connection.hpp"

#include "tests/support/memory_pipe.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using msn::Error;
using msn::ErrorCode;
using msn::client::Connection;
using msn::pipe::Address;
using msn::protocol::AnswerShape;
using msn::test::MemoryPipe;
using msn::test::Wire;
using Units = std::vector<std::string>;

namespace {

const Address socket_address{Address::Kind::unix_socket, "/run/m.sock", "", 0};

Connection connect(Wire& wire, Connection::Trace trace = {}) {
  return Connection(std::make_unique<MemoryPipe>(wire), socket_address, 10s, std::move(trace));
}

}  // namespace

TEST_CASE("an answer may arrive in any pieces") {
  const std::string answer =
      "STCH bob@example.org online\nMSG 3 2 bob@example.org\nA: b\n\nhi\nPOLLEND\n";
  for (std::size_t first = 1; first < answer.size(); ++first) {
    for (std::size_t second = first + 1; second < answer.size(); second += 7) {
      Wire wire;
      wire.pieces = {answer.substr(0, first), answer.substr(first, second - first),
                     answer.substr(second)};
      auto connection = connect(wire);
      std::vector<msn::model::Event> events;
      const auto read = connection.exchange(
          "POLL\n", AnswerShape::poll, {},
          [&](msn::model::StampedEvent event) { events.push_back(std::move(event.event)); });
      REQUIRE(read);
      REQUIRE(events.size() == 2);
      REQUIRE(std::get<msn::model::Message>(events[1]).text == "hi");
      REQUIRE(wire.sent == Units{"POLL\n"});
    }
  }
}

TEST_CASE("the extra time is added to the patience") {
  Wire wire;
  wire.pieces = {"OK\n", "POLLEND\n", "OK\n"};
  auto connection = connect(wire);
  REQUIRE(connection.exchange("STATUS away\n", AnswerShape::line));
  REQUIRE(connection.exchange("POLL WAIT=60\n", AnswerShape::poll, 60s));
  connection.set_patience(std::nullopt);
  REQUIRE(connection.exchange("STATUS away\n", AnswerShape::line, 60s));
  REQUIRE(wire.waited.size() == 3);
  CHECK(wire.waited[0] == 10s);
  CHECK(wire.waited[1] == 70s);
  CHECK(wire.waited[2] == std::nullopt);
}

TEST_CASE("an ERR is an answer, not a failure of the exchange") {
  Wire wire;
  wire.pieces = {"ERR MSN 911 Authentication failed\n"};
  const auto answer = connect(wire).exchange("LOGIN me@example.org x\n", AnswerShape::line);
  REQUIRE(answer);
  REQUIRE(answer->error);
  CHECK(answer->error->code == ErrorCode::login_refused);
  CHECK(answer->error->number == 911);
  CHECK(answer->line == "ERR MSN 911 Authentication failed");
}

TEST_CASE("an end of stream before the end of the answer is an error") {
  Wire wire;
  wire.pieces = {""};
  auto answer = connect(wire).exchange("POLL\n", AnswerShape::poll);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::protocol);
  CHECK(answer.error().message == "unix:/run/m.sock closed without an answer");

  int events = 0;
  wire.pieces = {"TYPING bob@example.org\nMSG 3 2 bob@exam", ""};
  answer = connect(wire).exchange("POLL\n", AnswerShape::poll, {},
                                  [&](const msn::model::StampedEvent&) { ++events; });
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::protocol);
  CHECK(answer.error().message ==
        "unix:/run/m.sock closed in the middle of its answer: the answer was cut off");
  CHECK(events == 1);  // a complete event is passed on (protocol 9.8)
}

TEST_CASE("after a broken answer the next exchange renews the pipe") {
  Wire wire;
  wire.pieces = {"220 mail.example.org ESMTP\n", "and more of it\n"};
  auto connection = connect(wire);
  const auto answer = connection.exchange("STATUS away\n", AnswerShape::line);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::protocol);
  CHECK(wire.renewed == 0);
  wire.answer = [](const std::string&) { return Units{"OK\n"}; };
  REQUIRE(connection.exchange("STATUS away\n", AnswerShape::line));
  CHECK(wire.renewed == 1);
  REQUIRE(connection.exchange("STATUS away\n", AnswerShape::line));
  CHECK(wire.renewed == 1);
}

TEST_CASE("after a timeout or an end of stream the next exchange renews the pipe") {
  for (const bool end : {false, true}) {
    Wire wire;
    if (end) wire.pieces = {""};
    auto connection = connect(wire);
    const auto answer = connection.exchange("POLL\n", AnswerShape::poll);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == (end ? ErrorCode::protocol : ErrorCode::daemon_timeout));
    // If renewing fails, it is tried again.
    wire.renew_error = Error{ErrorCode::no_daemon, "gone", 0};
    CHECK(connection.exchange("POLL\n", AnswerShape::poll).error().code == ErrorCode::no_daemon);
    wire.renew_error.reset();
    wire.answer = [](const std::string&) { return Units{"POLLEND\n"}; };
    CHECK(connection.exchange("POLL\n", AnswerShape::poll));
    CHECK(wire.renewed == 2);
    CHECK(wire.sent == Units{"POLL\n", "POLL\n"});
  }
}

TEST_CASE("a unit that cannot be sent is an error, and the pipe is renewed") {
  Wire wire;
  wire.send_error = Error{ErrorCode::daemon_timeout, "full", 0};
  auto connection = connect(wire);
  CHECK(connection.exchange("POLL\n", AnswerShape::poll).error().code == ErrorCode::daemon_timeout);
  wire.send_error = Error{ErrorCode::too_long, "too long", 0};
  CHECK(connection.send("ACK 1\n").error().code == ErrorCode::too_long);
  CHECK(wire.renewed == 1);
  wire.send_error.reset();
  wire.pieces = {"POLLEND\n"};
  CHECK(connection.exchange("POLL\n", AnswerShape::poll));
  CHECK(wire.renewed == 1);  // nothing of the unit that was too long was sent
}

TEST_CASE("HELLO is sent once and reports version and features") {
  Wire wire;
  wire.pieces = {
      "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx "
      "type block\n"};
  auto connection = connect(wire);
  CHECK_FALSE(connection.peer().asked);
  REQUIRE(connection.hello());
  REQUIRE(connection.hello());
  CHECK(wire.sent == Units{"HELLO\n"});
  CHECK(connection.peer().asked);
  CHECK_FALSE(connection.peer().legacy);
  CHECK(connection.peer().version == "1");
  CHECK(connection.peer().features == Units{"utf8", "pct", "multiline", "ev", "wait", "max", "only",
                                            "hold", "peek", "queue", "from", "state", "sendx",
                                            "type", "block"});
  CHECK(connection.peer().has("peek"));
  CHECK_FALSE(connection.peer().has("pee"));
}

TEST_CASE("the answer to HELLO of a later version is accepted") {
  Wire wire;
  wire.pieces = {"OK  msncd/12  utf8   new-thing msncd/13\r\n"};
  auto connection = connect(wire);
  REQUIRE(connection.hello());
  CHECK(connection.peer().version == "12");
  CHECK(connection.peer().features == Units{"utf8", "new-thing", "msncd/13"});
  Wire bare;
  bare.pieces = {"OK\n"};
  auto other = connect(bare);
  REQUIRE(other.hello());
  CHECK_FALSE(other.peer().legacy);
  CHECK(other.peer().version.empty());
}

TEST_CASE("an ERR to HELLO means a legacy daemon") {
  for (const char* answer : {"ERR ENOTCONN\n", "ERR UNK\n", "ERR EINVAL what\n", "ERR\n"}) {
    Wire wire;
    wire.pieces = {answer};
    auto connection = connect(wire);
    REQUIRE(connection.hello());
    CHECK(connection.peer().legacy);
    CHECK(connection.peer().features.empty());
  }
}

TEST_CASE("EPERM and EBUSY to HELLO are errors and do not mean a legacy daemon") {
  const std::pair<const char*, ErrorCode> table[] = {{"ERR EPERM", ErrorCode::permission},
                                                     {"ERR EBUSY", ErrorCode::busy}};
  for (const auto& [line, code] : table) {
    Wire wire;
    wire.pieces = {std::string(line) + '\n', ""};
    auto connection = connect(wire);
    const auto answered = connection.hello();
    REQUIRE_FALSE(answered);
    CHECK(answered.error().code == code);
    CHECK(answered.error().message == line);
    CHECK_FALSE(connection.peer().asked);
  }
}

TEST_CASE("the greeting of a pipe replaces HELLO") {
  Wire wire;
  wire.greeting = "OK msncd/1 utf8 pct peek SYNC=7f3a";
  std::vector<std::string> trace;
  auto connection = connect(wire, [&](char direction, std::string_view line) {
    trace.push_back(direction + std::string(line));
  });
  CHECK(connection.peer().asked);
  CHECK(connection.peer().version == "1");
  CHECK(connection.peer().features == Units{"utf8", "pct", "peek"});
  REQUIRE(connection.hello());
  CHECK(wire.sent.empty());
  CHECK(trace == Units{">HELLO SYNC=7f3a", "<OK msncd/1 utf8 pct peek SYNC=7f3a"});
}

TEST_CASE("ERR UNK is unsupported") {
  Wire wire;
  wire.pieces = {"ERR UNK\n", "ERR UNK USER\n", "ERR ENOTCONN\n"};
  auto connection = connect(wire);
  const auto code = [&](std::string_view unit) {
    return connection.exchange(unit, AnswerShape::line)->error->code;
  };
  CHECK(code("TYPE bob@example.org\n") == ErrorCode::unsupported);
  CHECK(code("TYPE bob@example.org\n") == ErrorCode::unknown_contact);
  CHECK(code("TYPE bob@example.org\n") == ErrorCode::not_logged_in);
}

TEST_CASE("ERR ENOTCONN of a legacy daemon to an extension is unsupported") {
  Wire wire;
  wire.pieces = {"ERR ENOTCONN\n"};
  auto connection = connect(wire);
  REQUIRE(connection.hello());
  wire.answer = [](const std::string&) { return Units{"ERR ENOTCONN\n"}; };
  for (const char* unit :
       {"STATE\n", "ACK 1\n", "QNEW bot\n", "QDEL bot\n", "QLIST\n", "TYPE bob@x.org\n",
        "REN bob@x.org B\n", "BLOCK bob@x.org\n", "UNBLOCK bob@x.org\n", "GETBL\n"})
    CHECK(connection.exchange(unit, AnswerShape::line)->error->code == ErrorCode::unsupported);
  for (const char* unit : {"POLL\n", "STATUS away\n", "GETCL\n", "GETRCL\n", "ADD b bob@x.org\n"})
    CHECK(connection.exchange(unit, AnswerShape::line)->error->code == ErrorCode::not_logged_in);
}

TEST_CASE("the answer to send() is skipped when the next answer is read") {
  Wire wire;
  auto connection = connect(wire);
  REQUIRE(connection.send("ACK 7\n"));
  REQUIRE(connection.send("ACK 8\n"));
  wire.pieces = {"O", "K 1\nOK 2", "\nOK ms", "ncd/1\n"};
  REQUIRE(connection.hello());
  CHECK(connection.peer().version == "1");
  CHECK(wire.sent == Units{"ACK 7\n", "ACK 8\n", "HELLO\n"});
}

TEST_CASE("on datagrams the answer to send() is read before the next request is sent") {
  Wire wire;
  wire.datagrams = true;
  auto connection = connect(wire);
  REQUIRE(connection.send("ACK 7\n"));
  wire.pieces = {"OK 1\n"};
  REQUIRE(connection.send("ACK 8\n"));
  wire.pieces = {"OK 2\n", "OK msncd/1\n"};
  REQUIRE(connection.hello());
  CHECK(connection.peer().version == "1");
  // An answer that does not arrive is a timeout.
  REQUIRE(connection.send("ACK 9\n"));
  CHECK(connection.exchange("POLL\n", AnswerShape::poll).error().code == ErrorCode::daemon_timeout);
  CHECK(wire.sent == Units{"ACK 7\n", "ACK 8\n", "HELLO\n", "ACK 9\n"});
}

TEST_CASE("renewing the pipe drops the unread answers") {
  Wire wire;
  auto connection = connect(wire);
  REQUIRE(connection.send("ACK 7\n"));
  CHECK_FALSE(connection.exchange("POLL\n", AnswerShape::poll));
  wire.answer = [](const std::string&) { return Units{"OK\n"}; };
  CHECK(connection.exchange("STATUS away\n", AnswerShape::line));
}

TEST_CASE("exchange_raw() returns the exact bytes of the answer") {
  Wire wire;
  wire.pieces = {"CL 2\nonline bob@ex", "ample.org Bob%20B\r\noffline x \n"};
  CHECK(connect(wire).exchange_raw("GETCL\n", AnswerShape::contact_list) ==
        "CL 2\nonline bob@example.org Bob%20B\r\noffline x \n");
  wire.pieces = {"ERR UNK\n"};
  CHECK(connect(wire).exchange_raw("FOO bar\n", AnswerShape::line) == "ERR UNK\n");
  wire.datagrams = true;
  wire.pieces = {"CL 1", "online bob@example.org Bob"};
  CHECK(connect(wire).exchange_raw("GETCL\n", AnswerShape::contact_list) ==
        "CL 1\nonline bob@example.org Bob\n");
  wire.pieces = {};
  CHECK(connect(wire).exchange_raw("GETCL\n", AnswerShape::contact_list).error().code ==
        ErrorCode::daemon_timeout);
}

TEST_CASE("on datagrams a list entry ends with its datagram") {
  Wire wire;
  wire.datagrams = true;
  wire.pieces = {"CL 2\n", "online bob@example.org Bob\nnew line\n", "offline dave@example.org "};
  const auto answer = connect(wire).exchange("GETCL\n", AnswerShape::contact_list);
  REQUIRE(answer);
  REQUIRE(answer->contacts.size() == 2);
  CHECK(answer->contacts[0].nick == "Bob new line");
  CHECK(answer->contacts[1].nick == "dave@example.org");
}

TEST_CASE("nicks of msncd are always decoded, those of another daemon only if all can be") {
  const std::string list = "CL 2\nonline bob@example.org 100%25\nonline eve@example.org a b\n";
  const auto first_nick = [&](const std::string& hello) {
    Wire wire;
    if (!hello.empty()) wire.pieces.push_back(hello);
    wire.pieces.push_back(list);
    auto connection = connect(wire);
    if (!hello.empty()) REQUIRE(connection.hello());
    return connection.exchange("GETCL\n", AnswerShape::contact_list)->contacts[0].nick;
  };
  CHECK(first_nick("") == "100%");
  CHECK(first_nick("OK msncd/1 utf8 pct\n") == "100%");
  CHECK(first_nick("OK msncd/1 utf8\n") == "100%25");
  CHECK(first_nick("ERR UNK\n") == "100%25");
}

TEST_CASE("the trace shows every line in both directions and no password") {
  Wire wire;
  wire.pieces = {"O", "K\r\nstray\n", "CL 1\nonline bob@example.org B\n", "POLLE", "ND"};
  std::vector<std::string> trace;
  auto connection = connect(wire, [&](char direction, std::string_view line) {
    trace.push_back(direction + std::string(line));
  });
  REQUIRE(connection.exchange("LOGIN me@example.org open sesame\n", AnswerShape::line));
  REQUIRE(connection.exchange("GETCL\n", AnswerShape::contact_list));
  CHECK_FALSE(connection.exchange("POLL\n", AnswerShape::poll));
  CHECK(trace == Units{">LOGIN me@example.org ***", "<OK", "<stray", ">GETCL", "<CL 1",
                       "<online bob@example.org B", ">POLL", "<POLLEND"});
}

TEST_CASE("the trace shows a message's lines") {
  Wire wire;
  wire.datagrams = true;
  wire.pieces = {"OK"};
  std::vector<std::string> trace;
  auto connection = connect(wire, [&](char direction, std::string_view line) {
    trace.push_back(direction + std::string(line));
  });
  REQUIRE(connection.exchange("SENDMSG 2 bob@example.org\nhi\n\n", AnswerShape::line));
  CHECK(trace == Units{">SENDMSG 2 bob@example.org", ">hi", ">", "<OK"});
}

TEST_CASE("a request over 4096 bytes is not sent to a legacy daemon") {
  Wire wire;
  wire.pieces = {"ERR UNK\n"};
  auto connection = connect(wire);
  REQUIRE(connection.hello());
  const auto answer = connection.exchange(std::string(4096, 'x') + '\n', AnswerShape::line);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::too_long);
  CHECK(wire.sent == Units{"HELLO\n"});
}

TEST_CASE("a recording connection records what open() would send to msncd") {
  Units units;
  auto on_socket = Connection::recording(socket_address, units);
  CHECK(units.empty());
  CHECK_FALSE(on_socket.peer().asked);
  auto on_udp = Connection::recording({Address::Kind::udp, "", "127.0.0.1", 3030}, units);
  CHECK(units == Units{"HELLO\n"});
  CHECK(on_udp.peer().has("peek"));
  units.clear();
  auto on_fifo = Connection::recording({Address::Kind::fifo, "/run/pipes", "", 0}, units);
  CHECK(units.empty());
  CHECK(on_fifo.peer().has("peek"));
}

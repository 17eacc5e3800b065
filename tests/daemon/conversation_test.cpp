// SPDX-License-Identifier: MIT
// One client: framing, order, and isolation from other clients.
#include "core/protocol/request.hpp"
#include "tests/support/daemons.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace msn::test {
namespace {

using Binding = daemon::Conversation::Binding;
const std::string greeting =
    "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type block "
    "once allow long quiet said who with last since nicks shared register passwd\n";

struct Fixture {
  FakeLoop loop;
  FakeClock clock;
  FakeDaemon daemon{loop, clock};
};

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("all answers that are ready are sent in one write") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.say("HELLO\nPOLL\nFOO\nHELLO\n");
  CHECK(client.heard == greeting + "ERR ENOTCONN\nERR UNK\n" + greeting);
  CHECK(client.writes == 1);
}

TEST_CASE("input may be split at any byte") {
  Fixture f;
  const std::string bytes =
      "LOGIN me@example.org x\r\nSENDMSG 2 bob@example.org\nhi\nthere\nGETCL\nPOLL\n";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    FakeClient client = f.daemon.client();
    client.ask(bytes.substr(0, cut));
    client.heard += client.ask(bytes.substr(cut));
    // LOGIN ends the session of the previous iteration.
    CHECK(lines(client.heard) <= 4);
  }
  FakeClient client = f.daemon.client();
  std::string heard;
  for (char c : bytes) heard += client.ask(std::string(1, c));
  CHECK(heard == "OK\nOK\nCL 0\nPOLLEND\n");
}

TEST_CASE("a client without requests needs almost no memory") {
  CHECK(sizeof(daemon::Conversation) <= 64);
}

TEST_CASE("idle - answering - blocked report the state to the binding") {
  Fixture f;
  FakeClient client = f.daemon.client();
  auto& conversation = *client.conversation;
  CHECK(conversation.idle());
  client.say("HEL");
  CHECK_FALSE(conversation.idle());
  CHECK_FALSE(conversation.answering());
  client.say("LO\n");
  CHECK(conversation.idle());
  client.ask("LOGIN me@example.org x\n");
  client.listen();
  client.say("POLL WAIT=10\n");
  CHECK_FALSE(conversation.idle());
  CHECK(conversation.answering());
  CHECK(conversation.blocked());

  // Input after a blocking request is not consumed.
  client.say("HELLO\nHEL");
  CHECK(client.unread == "HELLO\nHEL");
  f.daemon.network->say(model::Typing{"bob@example.org"});
  f.loop.run();
  CHECK(client.unread.empty());
  CHECK_FALSE(conversation.blocked());
  CHECK_FALSE(conversation.answering());
  CHECK(client.listen().ends_with("POLLEND 1 0\n" + greeting));
  client.ask("LO\n");
  CHECK(conversation.idle());

  client.ask("POLL HOLD\n");
  f.daemon.network->say(model::Typing{"bob@example.org"});
  f.loop.run();
  client.ask("POLL HOLD\n");
  CHECK_FALSE(conversation.idle());
  CHECK_FALSE(conversation.answering());
  client.ask("ACK 2\n");
  CHECK(conversation.idle());
  CHECK(conversation.has_unacked());  // a second ACK finds nothing
  client.ask("POLL EV\n");
  CHECK_FALSE(conversation.has_unacked());
}

TEST_CASE("pipelined messages are sent together and answered in order") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  f.daemon.network->asked.clear();
  std::string many;
  for (int i = 0; i < 2000; ++i)
    many += "SENDMSG 1 bob@example.org ID=m" + std::to_string(i) + "\ntext\n";
  client.say(many);
  f.loop.turn();  // commits their tokens
  CHECK(client.heard.empty());
  CHECK(f.daemon.network->asked.size() == 512);
  f.loop.run();
  CHECK(f.daemon.network->asked.size() == 2000);
  std::string expected;
  for (int i = 0; i < 2000; ++i) expected += "OK m" + std::to_string(i) + "\n";
  CHECK(client.heard == expected);
}

TEST_CASE("a message that waits for its outcome does not delay the next one") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  CHECK(client.ask("SENDMSG 1 b@example.org ID=1 WAIT=60\nx\n"
                   "SENDMSG 1 b@example.org ID=2 WAIT=60\ny\n") == "");
  f.daemon.network->say(model::Sent{"2", "b@example.org"});
  f.loop.run();
  CHECK(client.listen() == "");
  f.daemon.network->say(model::Failed{"1", "b@example.org", "gone"});
  f.loop.run();
  CHECK(client.listen() == "ERR SEND 1 gone\nOK 2 sent\n");
}

TEST_CASE("answers are sent in order even if later ones are known first") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  const auto send = [&](int from, int to) {
    std::string texts;
    for (int i = from; i < to; ++i)
      texts += "SENDMSG 1 b@example.org ID=" + std::to_string(i) + " WAIT=60\nx\n";
    return client.ask(texts);
  };
  const auto sent = [&](std::initializer_list<int> ids) {
    for (const int id : ids)
      f.daemon.network->say(model::Sent{std::to_string(id), "b@example.org"});
    f.loop.run();
    return client.listen();
  };
  const auto answers = [](int from, int to) {
    std::string text;
    for (int i = from; i < to; ++i) text += "OK " + std::to_string(i) + " sent\n";
    return text;
  };
  CHECK(send(0, 9) == "");
  CHECK(sent({1, 2, 8}) == "");
  CHECK(sent({0}) == answers(0, 3));
  CHECK(send(9, 12) == "");
  CHECK(sent({10, 4, 3}) == answers(3, 5));
  CHECK(sent({5}) == answers(5, 6));
  CHECK(sent({7, 6}) == answers(6, 9));
  CHECK(client.ask("HELLO\n") == "");  // after all of them
  CHECK(sent({9}) == answers(9, 11));
  CHECK(sent({11}).starts_with(answers(11, 12) + "OK msncd/1"));
}

TEST_CASE("the outcome of a message may be known before it is accepted") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  f.daemon.network->on_send = [&](const network::OutgoingMessage& message) {
    f.daemon.network->say(model::Sent{message.id, message.to});
  };
  CHECK(client.ask("SENDMSG 1 b@example.org ID=1 WAIT=60\nx\n") == "OK 1 sent\n");
  CHECK(client.ask("SENDMSG 1 b@example.org ID=1\nx\n") == "OK 1\n");
  CHECK(client.ask("SENDMSG 1 b@example.org ID=1 WAIT=0\nx\n") == "OK 1 sent\n");
}

TEST_CASE("tokens that the daemon creates are valid and unique") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  const std::string first = client.ask("SENDMSG 1 b@example.org WAIT=0\nx\n");
  const std::string second = client.ask("SENDMSG 1 b@example.org WAIT=0\nx\n");
  CHECK(first != second);
  CHECK(protocol::is_message_id(first.substr(3, first.find(' ', 3) - 3)));
}

TEST_CASE("the daemon keeps serving when a client disconnects at any point") {
  Fixture f;
  for (const std::string start :
       {"LOGIN me@example.org x\n", "POLL WAIT=60\n", "SENDMSG 1 b@example.org\nx\n",
        "SENDMSG 5 b@example.org\nx\n", "SENDMSG 1 b@example.org WAIT=60\nx\n", "ACK 1\n",
        "QNEW bot\n", "POLL HOLD\n", "STATUS online\n", "HAL", "LOGOFF\n"}) {
    FakeClient client = f.daemon.client();
    client.say(start);
    client.conversation.reset();
    f.loop.run();
    pass(
        f.loop, f.clock, [&] { f.daemon.daemon->on_time(); }, std::chrono::minutes(2));
    FakeClient other = f.daemon.client();
    CHECK(other.ask("HELLO\n") == greeting);
  }
}

TEST_CASE("a datagram is one request and its answers are sent one at a time") {
  Fixture f;
  FakeClient client = f.daemon.client(Binding::datagram);
  client.room = 1;
  const auto ask = [&](std::string_view datagram) {
    client.conversation->datagram(datagram);
    return client.ask({});
  };
  CHECK(ask("HELLO") == greeting);
  CHECK(ask("  \r\nLOGIN me@example.org open sesame\r\n") == "OK\n");
  CHECK(f.daemon.network->passwords.back() == "open sesame");
  CHECK(ask("GETCL\n") == "CL 0\n");
  CHECK(ask("SENDMSG 2 bob@example.org\nfirst\nsecond") == "OK\n");
  CHECK(ask("SENDMSG 1 bob@example.org\nfirst\nsecond\n") == "ERR EINVAL\n");
  CHECK(ask("SENDMSG 2 bob@example.org\nfirst\n") == "ERR EINVAL\n");
  CHECK(ask("") == "ERR UNK\n");
  CHECK(ask("POLL\nPOLL\n") == "ERR EINVAL\n");
  client.writes = 0;
  client.conversation->datagram("SENDMSG 1 bob@example.org\nfirst");
  client.conversation->datagram("SENDMSG 1 bob@example.org\nsecond");
  CHECK(client.ask({}) == "OK\nOK\n");
  CHECK(client.writes == 2);
}

TEST_CASE("garbage gets one answer per line and affects only its sender") {
  Fixture f;
  FakeClient other = f.daemon.client();
  other.ask("LOGIN me@example.org x\n");
  std::mt19937 random(20);  // a fixed seed
  const std::string_view words[] = {"LOGIN ",  "POLL ",   "SENDMSG ",  "GETCL", "ACK ",  "QNEW ",
                                    "QDEL ",   "HELLO ",  "STATE",     "MAX=",  "HOLD ", "PEEK ",
                                    "1 ",      "999999 ", "bob@x.org", "FROM=", "ONLY=", "\n",
                                    "\r\n",    "%",       "%zz",       "\xff",  "\0",    "  ",
                                    "STATUS ", "INFO ",   "DEL ",      "ID=",   "NICK ", "-"};
  for (int round = 0; round < 300; ++round) {
    FakeClient client = f.daemon.client();
    std::string bytes;
    for (int i = 0; i < 40; ++i) bytes += words[random() % std::size(words)];
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t count = 1 + random() % 30;
      client.ask(bytes.substr(at, count));
      at += count;
    }
    // The input may be inside a text of up to 10000 lines.
    client.ask("\n");
    CHECK(other.ask("HELLO\n") == greeting);
  }
  CHECK(f.daemon.log.text.find("internal error in") == std::string::npos);
}

TEST_CASE("a line without LF is not buffered completely") {
  Fixture f;
  FakeClient client = f.daemon.client();
  for (int i = 0; i < 1000; ++i) client.ask(std::string(4096, 'x'));
  CHECK(client.ask("\nHELLO\n") == "ERR EINVAL\n" + greeting);
}

TEST_CASE("an exception in a handler is answered and logged and affects no other client") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  f.daemon.network->on_send = [](const auto&) { throw std::runtime_error("a defect"); };
  CHECK(client.ask("SENDMSG 1 bob@example.org\nhi\n") == "ERR EINVAL internal error\n");
  CHECK(f.daemon.log.text.find("internal error in SENDMSG: a defect") != std::string::npos);
  f.daemon.network->on_send = {};
  CHECK(client.ask("SENDMSG 1 bob@example.org\nhi\n") == "OK\n");
}

TEST_CASE("no log contains a password") {
  Fixture f;
  FakeClient client = f.daemon.client();
  f.daemon.network->command("refuse 911 Authentication failed");
  client.ask("LOGIN me@example.org sesame\nLOGIN me@example.org sesame\nLOGIN sesame\n");
  CHECK(f.daemon.log.text.find("sesame") == std::string::npos);
  CHECK(f.daemon.status.find("sesame") == std::string::npos);
}

}  // namespace msn::test

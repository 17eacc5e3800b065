// SPDX-License-Identifier: MIT
// The exact bytes of every call, and what is made of the answers.
#include "core/client/calls.hpp"

#include "tests/support/memory_pipe.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace msn::client;
using msn::ErrorCode;
using msn::Result;
using msn::pipe::Address;
using msn::protocol::Poll;
using msn::protocol::SendMsg;
using msn::test::MemoryPipe;
using msn::test::Wire;
using Units = std::vector<std::string>;

namespace {

constexpr const char* every_feature =
    "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type block "
    "once allow long quiet said who with last since nicks shared\n";

struct Session {
  explicit Session(std::deque<std::string> pieces) { wire.pieces = std::move(pieces); }
  Wire wire;
  Connection connection{std::make_unique<MemoryPipe>(wire),
                        Address{Address::Kind::unix_socket, "/run/m.sock", "", 0}, 10s};
};

// One call that is answered with `answer`; gives the call's result and checks what it sent.
template <class Call>
auto call(const std::string& sends, const std::string& answer, Call run) {
  Session session({answer});
  auto result = run(session.connection);
  CHECK(session.wire.sent == Units{sends});
  return result;
}

}  // namespace

TEST_CASE("login sends the address in lower case and the password as it is") {
  CHECK(call("LOGIN me@example.org open  sesame \n", "OK\n", [](auto& c) {
    return login(c, {"Me@Example.ORG", "open  sesame "});
  }));
  const auto refused =
      call("LOGIN me@example.org wrong\n", "ERR MSN 911 Authentication failed\n", [](auto& c) {
        return login(c, {"me@example.org", "wrong"});
      });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::login_refused);
  CHECK(refused.error().number == 911);
  CHECK(refused.error().message == "ERR MSN 911 Authentication failed");
}

TEST_CASE("an account and another password are asked for, but not of an original daemon") {
  CHECK(call("REGISTER me@example.org open  sesame\n", "OK\n", [](auto& c) {
    return create_account(c, {"Me@Example.ORG", "open  sesame"});
  }));
  const auto there =
      call("REGISTER me@example.org x\n", "ERR EINVAL EXISTS there is an account\n", [](auto& c) {
        return create_account(c, {"me@example.org", "x"});
      });
  REQUIRE_FALSE(there);
  CHECK(there.error().code == ErrorCode::exists);
  CHECK(call("PASSWD open%20sesame 100%25\n", "OK\n", [](auto& c) {
    return change_password(c, {"open sesame", "100%"});
  }));
  Session original({"ERR ENOTCONN\n"});
  REQUIRE(original.connection.hello());
  CHECK(create_account(original.connection, {"me@example.org", "x"}).error().code ==
        ErrorCode::unsupported);
  CHECK(change_password(original.connection, {"x", "y"}).error().code == ErrorCode::unsupported);
  CHECK(original.wire.sent == Units{"HELLO\n"});
}

TEST_CASE("an ERR is told with the line as it came") {
  const std::tuple<const char*, ErrorCode> table[] = {
      {"ERR ENOTCONN", ErrorCode::not_logged_in},
      {"ERR PARAMS", ErrorCode::params},
      {"ERR EINVAL too long a nick", ErrorCode::invalid},
      {"ERR UNK STATUS", ErrorCode::unknown_status},
      {"ERR UNK USER", ErrorCode::unknown_contact},
      {"ERR UNK", ErrorCode::unsupported},
      {"ERR SOCK [Errno 111] Connection refused", ErrorCode::network},
      {"ERR EPERM", ErrorCode::permission},
      {"ERR EBUSY", ErrorCode::busy},
      {"ERR WHATEVER new", ErrorCode::refused},
      {"ERR", ErrorCode::refused},
  };
  for (const auto& [line, code] : table) {
    const auto result = call("STATUS away\n", std::string(line) + '\n',
                             [](auto& c) { return set_status(c, msn::model::Status::away); });
    REQUIRE_FALSE(result);
    CHECK(result.error().code == code);
    CHECK(result.error().message == line);
  }
}

TEST_CASE("logoff is done when it is done, or was before") {
  CHECK(call("LOGOFF\n", "OK\n", [](auto& c) { return logoff(c); }));
  CHECK(call("LOGOFF\n", "ERR ENOTCONN\n", [](auto& c) { return logoff(c); }));
  const auto refused = call("LOGOFF\n", "ERR EPERM\n", [](auto& c) { return logoff(c); });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::permission);
  // One of ours does not vanish: silence is no answer.
  Session silent({});
  CHECK(logoff(silent.connection).error().code == ErrorCode::unknown_outcome);
  CHECK(silent.wire.waited.front() == 10s);
}

TEST_CASE("the requests about ourselves") {
  for (const auto& status : msn::model::statuses())
    CHECK(call("STATUS " + std::string(status.name) + '\n', "OK\n",
               [&](auto& c) { return set_status(c, status.status); }));
  CHECK(call("NICK Caf%C3%A9%20owner\n", "OK\n",
             [](auto& c) { return nick(c, "Caf\xC3\xA9 owner"); }));
  CHECK(call("PRIV 1 0\n", "OK\n", [](auto& c) { return priv(c, {true, false}); }));
  CHECK(call("PRIV 0 1\n", "OK\n", [](auto& c) { return priv(c, {false, true}); }));
}

TEST_CASE("state gives the attributes as they come") {
  const auto attributes = call("STATE\n", "account = default\nstate = online\nnew = thing\n\n",
                               [](auto& c) { return state(c); });
  REQUIRE(attributes);
  REQUIRE(attributes->size() == 3);
  CHECK((*attributes)[1].name == "state");
  CHECK((*attributes)[1].value == "online");
  CHECK((*attributes)[2].name == "new");
}

TEST_CASE("the requests about others name an address as it is and a nick encoded") {
  CHECK(call("ADD Gus%20G gus@example.org\n", "OK\n",
             [](auto& c) { return add(c, "Gus@example.org", "Gus G"); }));
  CHECK(call("DEL gus@example.org\n", "OK\n",
             [](auto& c) { return contact_request(c, "DEL", "gus@example.org"); }));
  CHECK(call("DEL Gus%20G\n", "OK\n", [](auto& c) { return contact_request(c, "DEL", "Gus G"); }));
  CHECK(call("REN gus@example.org Gustav\n", "OK\n",
             [](auto& c) { return ren(c, "gus@example.org", "Gustav"); }));
  CHECK(call("REN Gus Gus%202\n", "OK\n", [](auto& c) { return ren(c, "Gus", "Gus 2"); }));
  CHECK(call("BLOCK eve@example.org\n", "OK\n",
             [](auto& c) { return contact_request(c, "BLOCK", "eve@example.org"); }));
  CHECK(call("UNBLOCK eve@example.org\n", "OK\n",
             [](auto& c) { return contact_request(c, "UNBLOCK", "eve@example.org"); }));
  CHECK(call("TYPE bob@example.org\n", "OK\n",
             [](auto& c) { return contact_request(c, "TYPE", "bob@example.org"); }));
}

TEST_CASE("info gives the attributes") {
  const auto attributes = call("INFO bob@example.org\n",
                               "email = bob@example.org\nnick = Bob%20B\nhomep = 555 1234\n\n",
                               [](auto& c) { return info(c, "bob@example.org"); });
  REQUIRE(attributes);
  REQUIRE(attributes->size() == 3);
  CHECK((*attributes)[2].name == "homep");
  CHECK((*attributes)[2].value == "555 1234");
  const auto unknown = call("INFO nobody@example.org\n", "ERR UNK USER\n",
                            [](auto& c) { return info(c, "nobody@example.org"); });
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::unknown_contact);
}

TEST_CASE("the lists, without entries that are no addresses") {
  const auto forward =
      call("GETCL\n",
           "CL 4\nonline bob@example.org Bob%20B\noffline dave@example.org 100%25\naway "
           "carol@example.org Caf%C3%A9%20%E2%98%83\noffline Bob%20B \n",
           [](auto& c) { return contacts(c, List::forward); });
  REQUIRE(forward);
  REQUIRE(forward->size() == 3);
  CHECK((*forward)[0].nick == "Bob B");
  CHECK((*forward)[1].nick == "100%");
  CHECK((*forward)[2].nick == "Caf\xC3\xA9 \xE2\x98\x83");
  CHECK((*forward)[2].status == "away");
  const auto reverse = call(
      "GETRCL ASKS\n", "CL 2\noffline eve@example.org eve%40example.org\noffline f@x Fred asks\n",
      [](auto& c) { return contacts(c, List::reverse); });
  REQUIRE(reverse);
  CHECK(reverse->front().nick == "eve@example.org");
  CHECK_FALSE(reverse->front().asks);
  CHECK(reverse->back().asks);
  CHECK(call("GETBL\n", "CL 0\n", [](auto& c) { return contacts(c, List::blocked); })->empty());
}

TEST_CASE("send tells what became of the message as far as it is known") {
  using State = SendResult::State;
  const auto sent = [](const std::string& sends, const std::string& answer,
                       const SendMsg& message) {
    return call(sends, answer, [&](auto& c) { return send(c, message); });
  };
  auto result = sent("SENDMSG 2 bob@example.org\nhi Bob\ncoffee?\n", "OK\n",
                     {"bob@example.org", {"hi Bob", "coffee?"}, {}, {}});
  REQUIRE(result);
  CHECK(result->state == State::accepted);
  CHECK(result->id == std::nullopt);
  result = sent("SENDMSG 1 bob@example.org ID=a1\nhi\n", "OK a1\n",
                {"bob@example.org", {"hi"}, "a1", {}});
  REQUIRE(result);
  CHECK(result->state == State::accepted);
  CHECK(result->id == "a1");
  result = sent("SENDMSG 1 bob@example.org ID=a1 WAIT=5\nhi\n", "OK a1 sent\n",
                {"bob@example.org", {"hi"}, "a1", 5s});
  REQUIRE(result);
  CHECK(result->state == State::sent);
  result = sent("SENDMSG 1 bob@example.org ID=a1 WAIT=5\nhi\n", "OK a1 queued\n",
                {"bob@example.org", {"hi"}, "a1", 5s});
  REQUIRE(result);
  CHECK(result->state == State::queued);
  result =
      sent("SENDMSG 1 bob@example.org ID=a1\nhi\n", "OK\n", {"bob@example.org", {"hi"}, "a1", {}});
  REQUIRE(result);
  CHECK(result->id == std::nullopt);
  result = sent("SENDMSG 1 bob@example.org ID=a1 WAIT=5\nhi\n", "ERR SEND a1 217 User not online\n",
                {"bob@example.org", {"hi"}, "a1", 5s});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::send_failed);
  CHECK(result.error().message == "ERR SEND a1 217 User not online");
}

TEST_CASE("the option --confirm is added to the patience") {
  Session session({"OK a1 sent\n"});
  REQUIRE(send(session.connection, {"bob@example.org", {"hi"}, "a1", 30s}));
  CHECK(session.wire.waited == std::vector<msn::pipe::Patience>{40s});
}

TEST_CASE("a person is named by the address, if the daemon tells it") {
  CHECK(call("BLOCK Bob%20B\n", "OK bob@x\n",
             [](auto& c) { return contact_request(c, "BLOCK", "Bob B"); }) == "bob@x");
  CHECK(call("ALLOW Bob\n", "OK\n", [](auto& c) { return contact_request(c, "ALLOW", "Bob"); }) ==
        "Bob");
  CHECK(call("REN Bob Rob\n", "OK bob@x\n", [](auto& c) { return ren(c, "Bob", "Rob"); }) ==
        "bob@x");
  for (const auto& [answer, email] :
       {std::pair{"OK a1 bob@x\n", "bob@x"}, {"OK a1 sent bob@x\n", "bob@x"}, {"OK a1\n", "Bob"}}) {
    const auto result = call("SENDMSG 1 Bob ID=a1 QUIET\nhi\n", answer, [](auto& c) {
      SendMsg message{"Bob", {"hi"}, "a1", {}};
      message.quiet = true;
      return send(c, message);
    });
    REQUIRE(result);
    CHECK(result->email == email);
    CHECK(result->id == "a1");
  }
}

TEST_CASE("allow and deny are for a daemon that has them") {
  for (const std::string keyword : {"ALLOW", "DENY"}) {
    CHECK(call(keyword + " eve@x\n", "OK\n",
               [&](auto& c) { return contact_request(c, keyword, "eve@x"); }) == "eve@x");
    for (const std::string answer : {"ERR UNK\n", "ERR UNSUPPORTED no consent here\n"}) {
      const auto refused = call(keyword + " eve@x\n", answer,
                                [&](auto& c) { return contact_request(c, keyword, "eve@x"); });
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == ErrorCode::unsupported);
    }
  }
}

TEST_CASE("a text's size is that of its lines joined by CR LF") {
  CHECK(text_size({"hello"}) == 5);
  CHECK(text_size({"a", "", "b"}) == 6);
  CHECK(text_size({}) == 0);
}

TEST_CASE("a text over the limit of the daemon is not sent") {
  const auto text = [](std::size_t size) {
    return SendMsg{"bob@x", {std::string(1000, 'x'), std::string(size - 1002, 'y')}, {}, {}};
  };
  const auto unit = [&](std::size_t size) { return text(size).encode(); };
  {
    // Every daemon takes so much.
    Session session({"OK\n"});
    CHECK(send(session.connection, text(1500)));
    CHECK(session.wire.sent == Units{unit(1500)});
  }
  {
    Session session({every_feature, "state = online\ntext_limit = 60000\n\n", "OK\n"});
    CHECK(send(session.connection, text(60'000)));
    CHECK(session.wire.sent == Units{"HELLO\n", "STATE\n", unit(60'000)});
    const auto refused = send(session.connection, text(60'001));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::too_long);
    CHECK(refused.error().message ==
          "the text has 60001 bytes (each line break counts as two), this msncd accepts at most "
          "60000: use "
          "--split");
    CHECK(session.wire.sent.size() == 3);
  }
  {
    // A network may carry less.
    Session session({every_feature, "text_limit = 2000\n\n"});
    CHECK(send(session.connection, text(2001)).error().code == ErrorCode::too_long);
  }
  {
    Session older({"OK msncd/1 utf8 pct sendx once\n"});
    const auto refused = send(older.connection, text(1501));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message ==
          "the text has 1501 bytes (each line break counts as two), this msncd accepts at most "
          "1500: use "
          "--split");
    CHECK(older.wire.sent == Units{"HELLO\n"});
  }
  Session silent({});
  CHECK(send(silent.connection, text(1501)).error().code == ErrorCode::daemon_timeout);
}

TEST_CASE("a text with too many lines for one message is not sent") {
  const SendMsg message{"bob@x", Units(10'001, "y"), {}, {}};
  Session session({every_feature, "text_limit = 60000\n\n"});
  const auto refused = send(session.connection, message);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::too_long);
  CHECK(session.wire.sent.size() == 2);
  const auto pieces = split_text(message.lines, 60'000);
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[0].size() == 10'000);
  CHECK(pieces[1].size() == 1);
}

TEST_CASE("a change that is not answered has an unknown outcome, a question has not") {
  const SendMsg message{"bob@x", {"hi"}, "a1", {}};
  const std::string unknown = "; it is not known whether it was carried out";
  const std::vector<std::pair<std::function<msn::Error(Connection&)>, std::string>> changes{
      {[](auto& c) {
         return login(c, {"me@x", "pw"}).error();
       },
       unknown},
      {[](auto& c) { return logoff(c).error(); }, unknown},
      {[](auto& c) { return set_status(c, msn::model::Status::away).error(); }, unknown},
      {[](auto& c) { return nick(c, "Me").error(); }, unknown},
      {[](auto& c) {
         return priv(c, {true, false}).error();
       },
       unknown},
      {[](auto& c) { return add(c, "bob@x", "Bob").error(); }, unknown},
      {[](auto& c) { return contact_request(c, "DEL", "bob@x").error(); }, unknown},
      {[](auto& c) { return ren(c, "bob@x", "Bob").error(); }, unknown},
      {[](auto& c) {
         return ack(c, {17, std::nullopt}).error();
       },
       unknown},
      {[](auto& c) {
         return queue_new(c, {"bot", msn::protocol::QNew::Start::now, 0, {}}).error();
       },
       unknown},
      {[](auto& c) { return queue_del(c, "bot").error(); }, unknown},
      {[&](auto& c) { return send(c, message).error(); },
       "; it is not known whether the message was sent"},
      {[](auto& c) {
         return send(c, {"bob@x", {"hi"}, "a1", 5s}).error();
       },
       "; it is not known whether the message was sent"},
  };
  for (const auto& [change, ending] : changes) {
    Session silent({});
    auto error = change(silent.connection);
    CHECK(error.code == ErrorCode::unknown_outcome);
    CHECK(error.message == "memory: no answer" + ending);
    for (const std::string torn : {"", "O"}) {
      Session broken(torn.empty() ? std::deque<std::string>{""}
                                  : std::deque<std::string>{torn, ""});
      error = change(broken.connection);
      CHECK(error.code == ErrorCode::unknown_outcome);
    }
    // It did not go out.
    Session full({});
    full.wire.send_error = msn::Error{ErrorCode::daemon_timeout, "full", 0};
    CHECK(change(full.connection).code == ErrorCode::daemon_timeout);
    // What is no answer of the protocol is an answer.
    Session foreign({"HTTP/1.1 400 Bad Request\n"});
    CHECK(change(foreign.connection).code == ErrorCode::protocol);
  }
  const std::vector<std::function<msn::Error(Connection&)>> questions{
      [](auto& c) { return state(c).error(); },
      [](auto& c) { return info(c, "bob@x").error(); },
      [](auto& c) { return contacts(c, List::forward).error(); },
      [](auto& c) { return poll(c, {}, {}).error(); },
      [](auto& c) { return queue_list(c).error(); },
      [](auto& c) { return c.hello().error(); },
  };
  for (const auto& question : questions) {
    Session silent({});
    CHECK(question(silent.connection).code == ErrorCode::daemon_timeout);
    Session broken({""});
    CHECK(question(broken.connection).code == ErrorCode::protocol);
  }
}

TEST_CASE("a request typed by hand asks only, if its keyword does") {
  for (const auto* unit : {"HELLO\n", "STATE\n", "INFO bob@x\n", "GETCL\n", "QLIST\n", "POLL EV\n"})
    CHECK(only_asks(unit));
  for (const auto* unit :
       {"SENDMSG 1 bob@x\nhi\n", "ADD Bob bob@x\n", "LOGOFF\n", "GETCLX\n", "\n"})
    CHECK_FALSE(only_asks(unit));
}

TEST_CASE("a daemon without identities gets none, and cannot confirm") {
  Session session({"OK msncd/1 utf8 pct\n", "OK\n"});
  REQUIRE(session.connection.hello());
  const auto refused = send(session.connection, {"bob@example.org", {"hi"}, "a1", 5s});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::unsupported);
  const auto result = send(session.connection, {"bob@example.org", {"hi"}, "a1", {}});
  REQUIRE(result);
  CHECK(result->id == std::nullopt);
  CHECK(session.wire.sent == Units{"HELLO\n", "SENDMSG 1 bob@example.org\nhi\n"});
}

TEST_CASE("poll hands out the events as they come, with what stands behind them") {
  Session session(
      {"EV 41 2026-11-22T15:04:05.123Z TYPING bob@example.org\nEV 42 "
       "2026-11-22T15:04:06.000Z STCH bob@example.org offline 2\n",
       "POLLEND 42 7\n"});
  Poll request;
  request.extended = request.hold = true;
  request.max = 2;
  std::vector<msn::model::StampedEvent> events;
  const auto result = poll(session.connection, request,
                           [&](msn::model::StampedEvent event) { events.push_back(event); });
  REQUIRE(result);
  CHECK(session.wire.sent == Units{"POLL HOLD EV MAX=2\n"});
  CHECK(result->extended);
  CHECK(result->cursor == "42");
  CHECK(result->more == 7);
  CHECK(result->events == 2);
  REQUIRE(events.size() == 2);
  CHECK(events[0].stamp.cursor == 41);
  CHECK(std::get<msn::model::StatusChange>(events[1].event).discarded == 2);
}

TEST_CASE("a plain poll is the plain request and needs nobody to listen") {
  Session session({"STCH bob@example.org online\nPOLLEND\n"});
  const auto result = poll(session.connection, {}, {});
  REQUIRE(result);
  CHECK(session.wire.sent == Units{"POLL\n"});
  CHECK_FALSE(result->extended);
  CHECK(result->cursor.empty());
  CHECK(result->events == 1);
  Session offline({"ERR ENOTCONN\n"});
  CHECK(poll(offline.connection, {}, {}).error().code == ErrorCode::not_logged_in);
}

TEST_CASE("names need no HELLO, they come with the events, and POLLEND tells a shared queue") {
  Session session(
      {"EV 41 2026-11-22T15:04:05.123Z Bob STCH bob@example.org away\n"
       "POLLEND 41 0 SHARED\n"});
  Poll request;
  request.nicks = true;
  std::string nick;
  const auto result = poll(session.connection, request,
                           [&](const msn::model::StampedEvent& event) { nick = event.nick; });
  REQUIRE(result);
  CHECK(session.wire.sent == Units{"POLL NICKS\n"});
  CHECK(nick == "Bob");
  CHECK(result->shared);
  CHECK_FALSE(result->storage_full);
}

TEST_CASE("the option --wait is sent and added to the patience") {
  Session session({"POLLEND 42 0\n"});
  Poll request;
  request.wait = 60s;
  request.only = {"MSG", "TYPING"};
  REQUIRE(poll(session.connection, request, {}));
  CHECK(session.wire.sent == Units{"POLL WAIT=60 ONLY=MSG,TYPING\n"});
  CHECK(session.wire.waited == std::vector<msn::pipe::Patience>{70s});
}

TEST_CASE("what would destroy events elsewhere goes only after a HELLO that names it") {
  const auto with = [](auto change) {
    Poll request;
    request.extended = true;
    change(request);
    return request;
  };
  const std::tuple<Poll, const char*, const char*> table[] = {
      {with([](Poll& p) { p.peek = true; }), "POLL PEEK EV\n", "peek"},
      {with([](Poll& p) { p.queue = "bot"; }), "POLL EV QUEUE=bot\n", "queue"},
      {with([](Poll& p) {
         p.from = {false, 7};
       }),
       "POLL EV FROM=7\n", "from"},
      {with([](Poll& p) {
         p.from = {true, 0};
       }),
       "POLL EV FROM=oldest\n", "from"},
      {with([](Poll& p) { p.last = 20; }), "POLL EV LAST=20\n", "last"},
      {with([](Poll& p) { p.since = msn::Time(); }), "POLL EV SINCE=1970-01-01T00:00:00.000Z\n",
       "since"},
      {with([](Poll& p) { p.with = "bob@example.org"; }), "POLL EV WITH=bob@example.org\n", "with"},
  };
  for (const auto& [request, unit, feature] : table) {
    INFO(unit);
    Session session({every_feature, "POLLEND 7 0\n", "POLLEND 7 0\n"});
    REQUIRE(poll(session.connection, request, {}));
    REQUIRE(poll(session.connection, request, {}));  // HELLO once only
    CHECK(session.wire.sent == Units{"HELLO\n", unit, unit});

    std::string without = every_feature;
    without.erase(without.find(std::string(" ") + feature), std::string(feature).size() + 1);
    for (const auto& answer : {without, std::string("ERR UNK\n"), std::string("ERR ENOTCONN\n")}) {
      Session other({answer, "POLLEND\n"});
      const auto result = poll(other.connection, request, {});
      REQUIRE_FALSE(result);
      CHECK(result.error().code == ErrorCode::unsupported);
      CHECK(other.wire.sent == Units{"HELLO\n"});
    }
    Session silent({});
    CHECK(poll(silent.connection, request, {}).error().code == ErrorCode::daemon_timeout);
    CHECK(silent.wire.sent == Units{"HELLO\n"});
  }
}

TEST_CASE("ack tells how many it removed, and need not be waited for") {
  CHECK(call("ACK 42\n", "OK 3\n", [](auto& c) { return ack(c, {42, {}}); }) == 3U);
  CHECK(call("ACK 42\n", "OK\n", [](auto& c) { return ack(c, {42, {}}); }) == 0U);
  Session session({});
  REQUIRE(send_ack(session.connection, {42, "bot"}));
  CHECK(session.wire.sent == Units{"ACK 42 QUEUE=bot\n"});
  CHECK(session.wire.waited.empty());
}

TEST_CASE("ack on a named queue goes after a HELLO that names queues") {
  Session session({every_feature, "OK 3\n"});
  CHECK(ack(session.connection, {42, "bot"}) == 3U);
  CHECK(session.wire.sent == Units{"HELLO\n", "ACK 42 QUEUE=bot\n"});
  Session other({"ERR UNK\n"});
  CHECK(ack(other.connection, {42, "bot"}).error().code == ErrorCode::unsupported);
  CHECK(other.wire.sent == Units{"HELLO\n"});
}

TEST_CASE("queues are made, listed and removed") {
  using msn::protocol::QNew;
  CHECK(call("QNEW bot\n", "OK\n", [](auto& c) {
    return queue_new(c, {"bot", QNew::Start::now, 0, {}});
  }));
  CHECK(call("QNEW bot FROM=oldest ONLY=MSG\n", "OK\n", [](auto& c) {
    return queue_new(c, {"bot", QNew::Start::oldest, 0, {"MSG"}});
  }));
  CHECK(call("QNEW bot FROM=9\n", "OK\n", [](auto& c) {
    return queue_new(c, {"bot", QNew::Start::cursor, 9, {}});
  }));
  CHECK(call("QDEL bot\n", "OK\n", [](auto& c) { return queue_del(c, "bot"); }));
  const auto missing =
      call("QDEL bot\n", "ERR UNK QUEUE\n", [](auto& c) { return queue_del(c, "bot"); });
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::unknown_queue);
  const auto queues =
      call("QLIST\n", "QL 2\n- 3 17\nbot 0 42\n", [](auto& c) { return queue_list(c); });
  REQUIRE(queues);
  REQUIRE(queues->size() == 2);
  CHECK((*queues)[0].name == "-");
  CHECK((*queues)[0].pending == 3);
  CHECK((*queues)[1].cursor == "42");
}

TEST_CASE("every call runs on a recording and leaves its unit there") {
  Units units;
  auto c = Connection::recording({Address::Kind::unix_socket, "/run/m.sock", "", 0}, units);
  CHECK(login(c, {"me@example.org", "secret"}));
  CHECK(create_account(c, {"me@example.org", "secret"}));
  CHECK(change_password(c, {"secret", "new"}));
  CHECK(logoff(c));
  CHECK(set_status(c, msn::model::Status::away));
  CHECK(state(c)->empty());
  CHECK(nick(c, "Me"));
  CHECK(priv(c, {true, false}));
  CHECK(add(c, "bob@example.org", "Bob"));
  CHECK(contact_request(c, "DEL", "bob@example.org"));
  CHECK(info(c, "bob@example.org")->empty());
  CHECK(contacts(c, List::blocked)->empty());
  CHECK(ren(c, "bob@example.org", "B"));
  CHECK(send(c, {"bob@example.org", {"hi"}, "a1", 5s})->id == "a1");
  Poll request;
  request.extended = request.peek = true;
  CHECK(poll(c, request, {})->extended == false);
  CHECK(send_ack(c, {7, {}}));
  CHECK(ack(c, {7, {}}) == 0U);
  CHECK(queue_list(c)->empty());
  CHECK(units == Units{"LOGIN me@example.org secret\n", "REGISTER me@example.org secret\n",
                       "PASSWD secret new\n", "LOGOFF\n", "STATUS away\n", "STATE\n", "NICK Me\n",
                       "PRIV 1 0\n", "ADD Bob bob@example.org\n", "DEL bob@example.org\n",
                       "INFO bob@example.org\n", "GETBL\n", "REN bob@example.org B\n",
                       "SENDMSG 1 bob@example.org ID=a1 WAIT=5\nhi\n", "HELLO\n", "POLL PEEK EV\n",
                       "ACK 7\n", "ACK 7\n", "QLIST\n"});
}

TEST_CASE("where an answer typed by hand ends is told by its keyword") {
  using Shape = msn::protocol::AnswerShape;
  CHECK(answer_shape("POLL\n") == Shape::poll);
  CHECK(answer_shape("POLL WAIT=3") == Shape::poll);
  CHECK(answer_shape("GETCL\n") == Shape::contact_list);
  CHECK(answer_shape("GETRCL x\n") == Shape::contact_list);
  CHECK(answer_shape("GETBL") == Shape::contact_list);
  CHECK(answer_shape("QLIST\r\n") == Shape::queue_list);
  CHECK(answer_shape("INFO bob@example.org\n") == Shape::attributes);
  CHECK(answer_shape("STATE\n") == Shape::attributes);
  CHECK(answer_shape("SENDMSG 1 bob@example.org\nPOLL\n") == Shape::line);
  CHECK(answer_shape("poll\n") == Shape::line);
  CHECK(answer_shape("") == Shape::line);
}

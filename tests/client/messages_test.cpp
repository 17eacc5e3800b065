// SPDX-License-Identifier: MIT
// Calls for messages, events and queues: the exact bytes, and the results.
#include "core/client/calls.hpp"
#include "tests/client/session.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace msn::client;
using msn::ErrorCode;
using msn::protocol::Poll;
using msn::protocol::SendMsg;
using msn::test::call;
using msn::test::every_feature;
using msn::test::Session;
using msn::test::Units;

TEST_CASE("send returns the outcome of the message if it is known") {
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
    // Every daemon accepts this size.
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
    // The limit of a network may be lower.
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

TEST_CASE("a daemon without sendx gets no id and cannot confirm") {
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

TEST_CASE("poll passes on the events with their fields") {
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

TEST_CASE("a poll without options works without a callback") {
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

TEST_CASE("NICKS needs no HELLO, and POLLEND reports a shared queue") {
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

TEST_CASE("options that an older daemon would ignore need a HELLO that names them") {
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

TEST_CASE("ack returns the number of removed events and send_ack does not wait") {
  CHECK(call("ACK 42\n", "OK 3\n", [](auto& c) { return ack(c, {42, {}}); }) == 3U);
  CHECK(call("ACK 42\n", "OK\n", [](auto& c) { return ack(c, {42, {}}); }) == 0U);
  Session session({});
  REQUIRE(send_ack(session.connection, {42, "bot"}));
  CHECK(session.wire.sent == Units{"ACK 42 QUEUE=bot\n"});
  CHECK(session.wire.waited.empty());
}

TEST_CASE("ack on a named queue is sent after a HELLO that names queues") {
  Session session({every_feature, "OK 3\n"});
  CHECK(ack(session.connection, {42, "bot"}) == 3U);
  CHECK(session.wire.sent == Units{"HELLO\n", "ACK 42 QUEUE=bot\n"});
  Session other({"ERR UNK\n"});
  CHECK(ack(other.connection, {42, "bot"}).error().code == ErrorCode::unsupported);
  CHECK(other.wire.sent == Units{"HELLO\n"});
}

TEST_CASE("queues are created, listed and deleted") {
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

// SPDX-License-Identifier: MIT
// The client with a legacy daemon (protocol Annex C), over UDP.
#include "core/client/legacy.hpp"

#include "core/client/calls.hpp"
#include "tests/support/legacy_msncd.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace msn::client;
using msn::ErrorCode;
using msn::pipe::parse_address;
using msn::protocol::Poll;
using msn::test::LegacyMsncd;
using msn::test::LegacyServer;
using Units = std::vector<std::string>;

namespace {

LegacyMsncd online() {
  LegacyMsncd daemon;
  daemon.contacts = {{"online", "bob@example.org", "Bob B"},
                     {"away", "carol@example.org", "Caf\xC3\xA9"},
                     {"busy", "zoe@example.org", "Zo\xEB"},
                     {"offline", "Bob%20B", ""},
                     {"offline", "dave@example.org", ""}};
  daemon.be_online();
  return daemon;
}

struct Session {
  explicit Session(LegacyMsncd daemon = online())
      : server(std::move(daemon)),
        connection(*Connection::open(*parse_address(server.address()), 60s)) {}
  // The units that the daemon received after the HELLO of open().
  Units heard() const {
    auto units = server.daemon().heard;
    REQUIRE_FALSE(units.empty());
    CHECK(units.front() == "HELLO\n");
    units.erase(units.begin());
    return units;
  }
  LegacyServer server;
  Connection connection;
};

template <class R>
void check_refused(const R& result, ErrorCode code, std::string_view part) {
  REQUIRE_FALSE(result);
  CHECK(result.error().code == code);
  INFO(result.error().message);
  CHECK(result.error().message.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("on UDP HELLO is sent first, and a legacy daemon does not know it") {
  Session offline{LegacyMsncd()};
  CHECK(offline.connection.peer().asked);
  CHECK(offline.connection.peer().legacy);
  CHECK(offline.heard().empty());
  Session online_one;
  CHECK(online_one.connection.peer().legacy);
}

TEST_CASE("an unused port is no_daemon") {
  std::string address;
  {
    const LegacyServer server{LegacyMsncd()};
    address = server.address();
  }
  check_refused(Connection::open(*parse_address(address), 60s), ErrorCode::no_daemon, address);
}

TEST_CASE("a silent legacy daemon is a timeout") {
  LegacyMsncd dead;
  dead.handle("LOGOFF\n");
  // The socket exists until the first request.
  const LegacyServer server(dead);
  const auto connection = Connection::open(*parse_address(server.address()), 5ms);
  REQUIRE_FALSE(connection);
  CHECK(connection.error().code == ErrorCode::daemon_timeout);
}

TEST_CASE("requests that would kill a legacy daemon are refused and not sent") {
  Session session;
  check_refused(contact_request(session.connection, "DEL", "bob@example.org"),
                ErrorCode::unsupported, "DEL would kill an original msncd: nothing was sent");
  check_refused(nick(session.connection, "Me"), ErrorCode::unsupported,
                "NICK would kill an original msncd: nothing was sent");
  check_refused(info(session.connection, "bob@example.org"), ErrorCode::unsupported,
                "INFO would kill an original msncd: nothing was sent");
  CHECK(session.heard().empty());
  CHECK(session.server.daemon().alive());
}

TEST_CASE("PRIV is sent, and its error is returned") {
  Session session;
  const auto result = priv(session.connection, {true, false});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::invalid);
  CHECK(result.error().message == "ERR EINVAL");
  CHECK(session.heard() == Units{"PRIV 1 0\n"});
}

TEST_CASE("login works unless the password has a space") {
  LegacyMsncd daemon;
  daemon.password = "open";
  Session session{daemon};
  check_refused(login(session.connection, {"me@example.org", "open sesame"}),
                ErrorCode::unsupported, "a password with a space");
  CHECK(session.heard().empty());
  CHECK(login(session.connection, {"Me@Example.org", "open"}));
  CHECK(session.heard() == Units{"LOGIN me@example.org open\n"});
  const auto wrong = login(session.connection, {"me@example.org", "wrong"});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::login_refused);
}

TEST_CASE("a text is sent as one request for each line that is not blank") {
  Session session;
  const auto result =
      send(session.connection, {"Bob@Example.org", {"first", "", " \t", "  second "}, "a1", {}});
  REQUIRE(result);
  CHECK(result->state == SendResult::State::accepted);
  CHECK(result->id == std::nullopt);
  CHECK(session.heard() ==
        Units{"SENDMSG 1 bob@example.org\nfirst\n", "SENDMSG 1 bob@example.org\n  second \n"});
  CHECK(session.server.daemon().delivered ==
        std::vector<std::pair<std::string, std::string>>{{"bob@example.org", "first"},
                                                         {"bob@example.org", "second"}});
}

TEST_CASE("a text is sent as Latin-1 if possible") {
  Session session;
  REQUIRE(send(session.connection, {"bob@example.org", {"caf\xC3\xA9"}, {}, {}}));
  REQUIRE(send(session.connection, {"bob@example.org", {"snow \xE2\x98\x83"}, {}, {}}));
  CHECK(session.heard() == Units{"SENDMSG 1 bob@example.org\ncaf\xE9\n",
                                 "SENDMSG 1 bob@example.org\nsnow \xE2\x98\x83\n"});
  CHECK(session.server.daemon().delivered[0].second == "caf\xC3\xA9");
}

TEST_CASE("a blank text is not sent") {
  Session session;
  check_refused(send(session.connection, {"bob@example.org", {" ", "", "\t\x0b\x0c"}, {}, {}}),
                ErrorCode::usage, "a blank text would kill an original msncd");
  CHECK(session.heard().empty());
}

TEST_CASE("a legacy daemon needs the e-mail address") {
  Session session;
  const std::string_view reason =
      "an original msncd does not know nicks: give the e-mail address of 'Bob B'";
  check_refused(send(session.connection, {"Bob B", {"hi"}, {}, {}}), ErrorCode::unknown_contact,
                reason);
  check_refused(ren(session.connection, "Bob B", "Bob"), ErrorCode::unknown_contact, reason);
  check_refused(contact_request(session.connection, "BLOCK", "Bob B"), ErrorCode::unknown_contact,
                reason);
  check_refused(contact_request(session.connection, "UNBLOCK", "Bob B"), ErrorCode::unknown_contact,
                reason);
  check_refused(contact_request(session.connection, "TYPE", "Bob B"), ErrorCode::unknown_contact,
                reason);
  check_refused(add(session.connection, "Bob B", "Bob"), ErrorCode::unknown_contact, reason);
  CHECK(session.heard().empty());
}

TEST_CASE("the option --confirm is refused because the outcome is not reported") {
  Session session;
  check_refused(send(session.connection, {"bob@example.org", {"hi"}, "a1", 5s}),
                ErrorCode::unsupported, "does not report the outcome of a message");
  CHECK(session.heard().empty());
}

TEST_CASE("a text over the limit is refused because a legacy daemon would drop it") {
  Session session;
  check_refused(send(session.connection, {"bob@example.org", {std::string(1501, 'x')}, {}, {}}),
                ErrorCode::too_long, "an original msncd accepts at most 1500");
  CHECK(session.heard().empty());
}

TEST_CASE("add sends the nick encoded and the address in lower case") {
  Session session;
  REQUIRE(add(session.connection, "Gus@Example.org", "Gus G"));
  CHECK(session.heard() == Units{"ADD Gus%20G gus@example.org\n"});
}

TEST_CASE("lists have unencoded nicks, and words that are not addresses are left out") {
  Session session;
  const auto list = contacts(session.connection, List::forward);
  REQUIRE(list);
  REQUIRE(list->size() == 4);
  CHECK((*list)[0].nick == "Bob B");
  CHECK((*list)[1].nick == "Caf\xC3\xA9");
  CHECK((*list)[2].nick == "Zo\xC3\xAB");
  CHECK((*list)[3].nick == "dave@example.org");
  CHECK(contacts(session.connection, List::reverse)->empty());
}

TEST_CASE("logoff succeeds if a legacy daemon answers, dies or is dead") {
  Session answers;
  CHECK(logoff(answers.connection));
  answers.server.wait_for_death();
  CHECK(answers.heard() == Units{"LOGOFF\n"});
  // The daemon has ended; the next request goes to a closed port.
  CHECK(logoff(answers.connection));
  const auto gone = poll(answers.connection, {}, {});
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == ErrorCode::no_daemon);

  Session dies{LegacyMsncd()};
  dies.connection.set_patience(5ms);
  CHECK(logoff(dies.connection));
  dies.server.wait_for_death();
  CHECK(dies.heard() == Units{"LOGOFF\n"});
  CHECK(dies.connection.patience() == 5ms);
}

TEST_CASE("a poll with options gets all events, and the result is not extended") {
  auto daemon = online();
  daemon.events = {
      "TYPING bob@example.org\n",
      "MSG 5 4 bob@example.org\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
      "charset=UTF-8\r\nX-MMS-IM-Format: FN=Arial; EF=; CO=0; CS=0; PF=22\r\n\r\ncaf\xE9\n",
      "STCH zoe@example.org offline 2\n"};
  Session session{daemon};
  Poll request;
  request.extended = request.hold = true;
  request.max = 1;
  std::vector<msn::model::StampedEvent> events;
  const auto result = poll(session.connection, request,
                           [&](msn::model::StampedEvent event) { events.push_back(event); });
  REQUIRE(result);
  CHECK(session.heard() == Units{"POLL HOLD EV MAX=1\n"});
  CHECK_FALSE(result->extended);
  CHECK(result->cursor.empty());
  REQUIRE(result->events == 3);
  CHECK(events[0].stamp == msn::model::Stamp{});
  const auto& message = std::get<msn::model::Message>(events[1].event);
  CHECK(message.text == "caf\xC3\xA9");
  CHECK(message.exact_text == "caf\xE9");
}

TEST_CASE("options that would remove events are refused before anything is sent") {
  Session session;
  Poll peek, queue, log;
  peek.extended = peek.peek = true;
  queue.extended = true;
  queue.queue = "bot";
  log.extended = true;
  log.from = {true, 0};
  check_refused(poll(session.connection, peek, {}), ErrorCode::unsupported,
                "an original msncd does not know PEEK");
  check_refused(poll(session.connection, queue, {}), ErrorCode::unsupported,
                "an original msncd does not know QUEUE");
  check_refused(poll(session.connection, log, {}), ErrorCode::unsupported,
                "an original msncd does not know FROM");
  check_refused(ack(session.connection, {7, "bot"}), ErrorCode::unsupported, "QUEUE");
  CHECK(session.heard().empty());
}

TEST_CASE("extensions are unsupported with and without a session") {
  for (const bool logged_in : {false, true}) {
    Session session{logged_in ? online() : LegacyMsncd()};
    auto& c = session.connection;
    CHECK(state(c).error().code == ErrorCode::unsupported);
    CHECK(ren(c, "bob@example.org", "B").error().code == ErrorCode::unsupported);
    CHECK(contact_request(c, "BLOCK", "bob@example.org").error().code == ErrorCode::unsupported);
    CHECK(contact_request(c, "UNBLOCK", "bob@example.org").error().code == ErrorCode::unsupported);
    CHECK(contact_request(c, "TYPE", "bob@example.org").error().code == ErrorCode::unsupported);
    CHECK(contacts(c, List::blocked).error().code == ErrorCode::unsupported);
    CHECK(queue_new(c, {"bot", msn::protocol::QNew::Start::now, 0, {}}).error().code ==
          ErrorCode::unsupported);
    CHECK(queue_del(c, "bot").error().code == ErrorCode::unsupported);
    CHECK(queue_list(c).error().code == ErrorCode::unsupported);
    const auto acked = ack(c, {7, {}});
    CHECK(acked.error().code == ErrorCode::unsupported);
    CHECK(acked.error().message == (logged_in ? "ERR UNK" : "ERR ENOTCONN"));
    CHECK(session.server.daemon().alive());
  }
}

TEST_CASE("a legacy daemon that dies during an exchange is no_daemon") {
  Session session;
  session.connection.set_patience(5ms);
  // No call would send this.
  const auto raw = session.connection.exchange_raw("NICK x\n", answer_shape("NICK x\n"));
  REQUIRE_FALSE(raw);
  CHECK(raw.error().code == ErrorCode::daemon_timeout);
  session.server.wait_for_death();
  const auto next = poll(session.connection, {}, {});
  REQUIRE_FALSE(next);
  CHECK(next.error().code == ErrorCode::no_daemon);
}

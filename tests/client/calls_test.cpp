// SPDX-License-Identifier: MIT
// Calls for the account and its contacts, and what all calls share: the exact bytes, and the
// results.
#include "core/client/calls.hpp"

#include "tests/client/session.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace msn::client;
using msn::ErrorCode;
using msn::pipe::Address;
using msn::protocol::Poll;
using msn::protocol::SendMsg;
using msn::test::call;
using msn::test::Session;
using msn::test::Units;

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

TEST_CASE("REGISTER and PASSWD are not sent to a legacy daemon") {
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

TEST_CASE("an ERR answer is an error with the line as its message") {
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

TEST_CASE("logoff succeeds also without a session") {
  CHECK(call("LOGOFF\n", "OK\n", [](auto& c) { return logoff(c); }));
  CHECK(call("LOGOFF\n", "ERR ENOTCONN\n", [](auto& c) { return logoff(c); }));
  const auto refused = call("LOGOFF\n", "ERR EPERM\n", [](auto& c) { return logoff(c); });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::permission);
  // msncd never ends without an answer, so silence is an error.
  Session silent({});
  CHECK(logoff(silent.connection).error().code == ErrorCode::unknown_outcome);
  CHECK(silent.wire.waited.front() == 10s);
}

TEST_CASE("requests about the account itself") {
  for (const auto& status : msn::model::statuses())
    CHECK(call("STATUS " + std::string(status.name) + '\n', "OK\n",
               [&](auto& c) { return set_status(c, status.status); }));
  CHECK(call("NICK Caf%C3%A9%20owner\n", "OK\n",
             [](auto& c) { return nick(c, "Caf\xC3\xA9 owner"); }));
  CHECK(call("PRIV 1 0\n", "OK\n", [](auto& c) { return priv(c, {true, false}); }));
  CHECK(call("PRIV 0 1\n", "OK\n", [](auto& c) { return priv(c, {false, true}); }));
}

TEST_CASE("state returns the attributes unchanged") {
  const auto attributes = call("STATE\n", "account = default\nstate = online\nnew = thing\n\n",
                               [](auto& c) { return state(c); });
  REQUIRE(attributes);
  REQUIRE(attributes->size() == 3);
  CHECK((*attributes)[1].name == "state");
  CHECK((*attributes)[1].value == "online");
  CHECK((*attributes)[2].name == "new");
}

TEST_CASE("requests about contacts send an address unchanged and a nick encoded") {
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

TEST_CASE("info returns the attributes") {
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

TEST_CASE("lists leave out entries that are not addresses") {
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

TEST_CASE("results have the contact's address if the daemon reports it") {
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

TEST_CASE("allow and deny are unsupported without the extension") {
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

TEST_CASE("only a request that changes something can have an unknown outcome") {
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
    // The request was not sent.
    Session full({});
    full.wire.send_error = msn::Error{ErrorCode::daemon_timeout, "full", 0};
    CHECK(change(full.connection).code == ErrorCode::daemon_timeout);
    // A broken answer is not an unknown outcome.
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

TEST_CASE("only_asks() depends on the keyword") {
  for (const auto* unit : {"HELLO\n", "STATE\n", "INFO bob@x\n", "GETCL\n", "QLIST\n", "POLL EV\n"})
    CHECK(only_asks(unit));
  for (const auto* unit :
       {"SENDMSG 1 bob@x\nhi\n", "ADD Bob bob@x\n", "LOGOFF\n", "GETCLX\n", "\n"})
    CHECK_FALSE(only_asks(unit));
}

TEST_CASE("every call works on a recording connection") {
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

TEST_CASE("answer_shape() depends on the keyword") {
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

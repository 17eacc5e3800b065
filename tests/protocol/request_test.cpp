// SPDX-License-Identifier: MIT
#include "core/protocol/answer.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/request_reader.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace msn;
using namespace msn::protocol;

namespace {

template <class T>
Result<T> decode(std::string_view unit) {
  RequestReader reader;
  reader.feed(unit);
  const auto request = reader.next();
  REQUIRE((request && *request));
  return T::decode(**request);
}

template <class T>
ErrorCode error(std::string_view unit) {
  const auto decoded = decode<T>(unit);
  REQUIRE_FALSE(decoded);
  return decoded.error().code;
}

}  // namespace

TEST_CASE("requests are encoded as in the examples of the protocol") {
  CHECK(Login{"me@example.org", "open sesame"}.encode() == "LOGIN me@example.org open sesame\n");
  CHECK(Logoff{}.encode() == "LOGOFF\n");
  CHECK(SetStatus{model::Status::online}.encode() == "STATUS online\n");
  CHECK(Nick{"Café owner"}.encode() == "NICK Caf%C3%A9%20owner\n");
  CHECK(Priv{{true, false}}.encode() == "PRIV 1 0\n");
  CHECK(Add{"Gus G", "gus@example.org"}.encode() == "ADD Gus%20G gus@example.org\n");
  CHECK(ContactRequest{"DEL", "gus@example.org"}.encode() == "DEL gus@example.org\n");
  CHECK(ContactRequest{"INFO", "Gus G"}.encode() == "INFO Gus%20G\n");
  CHECK(Ren{"gus@example.org", "100% ☺"}.encode() == "REN gus@example.org 100%25%20%E2%98%BA\n");
  CHECK(SendMsg{"bob@example.org", {"hi Bob", "coffee?"}, {}, {}}.encode() ==
        "SENDMSG 2 bob@example.org\nhi Bob\ncoffee?\n");
  CHECK(SendMsg{"bob@example.org", {""}, "a.b", std::chrono::seconds(5)}.encode() ==
        "SENDMSG 1 bob@example.org ID=a.b WAIT=5\n\n");
  CHECK(Hello{}.encode() == "HELLO\n");
  CHECK(Hello{"7f3a"}.encode() == "HELLO SYNC=7f3a\n");
  CHECK(Ack{12, {}}.encode() == "ACK 12\n");
  CHECK(Ack{12, "bot"}.encode() == "ACK 12 QUEUE=bot\n");
  CHECK(QNew{"bot", QNew::Start::oldest, 0, {"MSG"}}.encode() == "QNEW bot FROM=oldest ONLY=MSG\n");
  CHECK(QDel{"bot"}.encode() == "QDEL bot\n");
  CHECK(encode_bare("GETCL") == "GETCL\n");
  CHECK(Poll{}.encode() == "POLL\n");
}

TEST_CASE("POLL checks known options and ignores unknown ones") {
  const auto poll = decode<Poll>("POLL WAIT=5 MAX=10 ONLY=MSG,STCH HOLD QUEUE=bot COLOUR=red\n");
  REQUIRE(poll);
  CHECK(poll->extended);
  CHECK(poll->wait == std::chrono::seconds(5));
  CHECK(poll->max == 10u);
  CHECK(poll->only == Keywords{"MSG", "STCH"});
  CHECK(poll->hold);
  CHECK_FALSE(poll->peek);
  CHECK(poll->queue == "bot");
  CHECK(decode<Poll>("POLL EV\n")->extended);
  CHECK_FALSE(decode<Poll>("POLL COLOUR=red LOUD\n")->extended);
  CHECK(decode<Poll>("POLL FROM=oldest\n")->from->oldest);
  CHECK(decode<Poll>("POLL FROM=17 PEEK\n")->from->cursor == 17);
  CHECK(decode<Poll>("POLL WAIT=3600 MAX=100000\n"));
  CHECK(error<Poll>("POLL WAIT=3601\n") == ErrorCode::invalid);
  CHECK(error<Poll>("POLL MAX=0\n") == ErrorCode::invalid);
  CHECK(error<Poll>("POLL MAX=100001\n") == ErrorCode::invalid);
  CHECK(error<Poll>("POLL WAIT=soon\n") == ErrorCode::invalid);
  CHECK(error<Poll>("POLL FROM=yesterday\n") == ErrorCode::invalid);
  CHECK(error<Poll>("POLL QUEUE=NO%2FSUCH\n") == ErrorCode::invalid);
}

TEST_CASE("POLL for a part of the history, for one contact, and with names") {
  const auto poll =
      decode<Poll>("POLL LAST=20 SINCE=2026-11-22T15:04:05.5Z WITH=Bob@Example.org NICKS\n");
  REQUIRE(poll);
  CHECK(poll->extended);
  CHECK(poll->history());
  CHECK(poll->last == 20u);
  CHECK(poll->since == parse_rfc3339("2026-11-22T15:04:05.500Z"));
  CHECK(poll->with == "bob@example.org");
  CHECK(poll->nicks);
  CHECK(poll->encode() ==
        "POLL EV LAST=20 SINCE=2026-11-22T15:04:05.500Z WITH=bob@example.org NICKS\n");
  for (const char* word : {"WITH=a@b", "LAST=1", "SINCE=2026-11-22T15:04:05Z", "NICKS"})
    CHECK(decode<Poll>("POLL " + std::string(word) + "\n")->extended);
  CHECK_FALSE(decode<Poll>("POLL WITH=a@b NICKS\n")->history());
  CHECK(decode<Poll>("POLL FROM=7\n")->history());
  // An offset is accepted, and an address may be percent-encoded.
  CHECK(decode<Poll>("POLL SINCE=1970-01-01T02:00:00%2B02:00\n")->since == Time());
  CHECK(decode<Poll>("POLL WITH=%2525%40b\n")->with == "%25@b");
  Poll about;
  about.with = "%25@b";
  CHECK(about.encode() == "POLL WITH=%2525@b\n");
  for (const char* wrong :
       {"LAST=0", "LAST=100001", "LAST=", "LAST=x", "SINCE=", "SINCE=yesterday", "SINCE=2026-11-22",
        "SINCE=1969-12-31T23:59:59Z", "SINCE=9999-12-31T23:59:59-01:00", "WITH=", "WITH=bob",
        "WITH=a%20@b", "WITH=@b"}) {
    INFO(wrong);
    CHECK(error<Poll>("POLL " + std::string(wrong) + "\n") == ErrorCode::invalid);
  }
  CHECK(decode<Poll>("POLL LAST=0\n").error().message == "LAST is 1 to 100000");
  CHECK(decode<Poll>("POLL WITH=bob\n").error().message == "WITH takes an e-mail address");
  CHECK(decode<Poll>("POLL SINCE=x\n").error().message ==
        "SINCE is a time as in 2026-11-22T15:04:05Z");
}

TEST_CASE("values out of range have their own errors") {
  CHECK(error<Login>("LOGIN me secret\n") == ErrorCode::invalid);
  CHECK(decode<Login>("LOGIN Me@Example.ORG  two  spaces \n")->password == " two  spaces ");
  CHECK(decode<Login>("LOGIN Me@Example.ORG x\n")->email == "me@example.org");
  CHECK(error<SetStatus>("STATUS gone\n") == ErrorCode::unknown_status);
  CHECK(error<Priv>("PRIV 1 2\n") == ErrorCode::invalid);
  CHECK(error<Nick>("NICK " + std::string(388, 'x') + "\n") == ErrorCode::invalid);
  CHECK(decode<Nick>("NICK " + std::string(387, 'x') + "\n"));
  CHECK(decode<Nick>("NICK Caf%c3%a9%zz\n")->nick == "Café%zz");
  CHECK(error<QNew>("QNEW Bot\n") == ErrorCode::invalid);
  CHECK(error<QNew>("QNEW " + std::string(33, 'x') + "\n") == ErrorCode::invalid);
  CHECK(error<Ack>("ACK x\n") == ErrorCode::invalid);
  CHECK(error<SendMsg>("SENDMSG 1 a@b ID=a/b\nx\n") == ErrorCode::invalid);
  CHECK(error<SendMsg>("SENDMSG 1 a@b WAIT=3601\nx\n") == ErrorCode::invalid);
}

TEST_CASE("the passwords of PASSWD are two words with the limit of LOGIN's password") {
  CHECK(error<Passwd>("PASSWD a\n") == ErrorCode::params);
  CHECK(error<Passwd>("PASSWD a \n") == ErrorCode::params);
  CHECK(error<Passwd>("PASSWD a b c\n") == ErrorCode::params);
  CHECK(error<Passwd>("PASSWD a b%0Ac\n") == ErrorCode::invalid);
  CHECK(error<Passwd>("PASSWD a%00 b\n") == ErrorCode::invalid);
  CHECK(decode<Passwd>("PASSWD a " + std::string(1024, 'x') + "\n"));
  CHECK(error<Passwd>("PASSWD a " + std::string(1025, 'x') + "\n") == ErrorCode::invalid);
}

TEST_CASE("queue names and message ids") {
  CHECK(is_queue_name("-"));
  CHECK(is_queue_name("a-b_c.9"));
  CHECK_FALSE(is_queue_name(""));
  CHECK_FALSE(is_queue_name("A"));
  CHECK(is_message_id("A.b_c-9"));
  CHECK_FALSE(is_message_id(""));
  CHECK_FALSE(is_message_id(std::string(65, 'a')));
}

TEST_CASE("a password is masked in traces, with all its spaces") {
  CHECK(masked("LOGIN me@example.org open sesame\n") == "LOGIN me@example.org ***\n");
  CHECK(masked("register me@example.org open sesame\n") == "register me@example.org ***\n");
  CHECK(masked("PASSWD open%20sesame new\n") == "PASSWD ***\n");
  CHECK(masked(" passwd x\nPOLL\n") == " passwd ***\nPOLL\n");
  CHECK(masked("PASSWD\n") == "PASSWD\n");
  CHECK(masked("POLL\n") == "POLL\n");
  CHECK(masked("SENDMSG 1 a@b\nLOGIN is a word\n") == "SENDMSG 1 a@b\nLOGIN is a word\n");
}

TEST_CASE("encode and decode are inverse") {
  std::mt19937 random(1);
  const auto text = [&](std::size_t most) {
    std::string all;
    for (auto count = 1 + random() % most; count > 0; --count) {
      constexpr std::string_view pieces[] = {"a", "Z", "9", " ", "%", "é", "☺", "@", "+", "&", "/"};
      all += pieces[random() % std::size(pieces)];
    }
    return all;
  };
  for (int round = 0; round < 500; ++round) {
    const Nick nick{text(30)};
    CHECK(decode<Nick>(nick.encode())->nick == nick.nick);
    const Add add{text(30), "a" + std::to_string(random() % 100) + "@example.org"};
    CHECK(decode<Add>(add.encode())->nick == add.nick);
    CHECK(decode<Add>(add.encode())->email == add.email);
    const Login login{"me@example.org", text(40)};
    CHECK(decode<Login>(login.encode())->password == login.password);
    const Register account{"me@example.org", text(40)};
    CHECK(decode<Register>(account.encode())->password == account.password);
    const Passwd change{text(40), text(40)};
    CHECK(decode<Passwd>(change.encode())->old_password == change.old_password);
    CHECK(decode<Passwd>(change.encode())->new_password == change.new_password);
    Poll poll;
    poll.extended = true;
    poll.hold = random() % 2 != 0;
    if (random() % 2 != 0) poll.max = 1 + random() % limits::poll_max;
    if (random() % 2 != 0) poll.wait = std::chrono::seconds(random() % 3601);
    if (random() % 2 != 0) poll.only = {"MSG", "UADD"};
    const auto again = decode<Poll>(poll.encode());
    REQUIRE(again);
    CHECK(again->encode() == poll.encode());
    const SendMsg message{
        "bob@example.org", {text(20), "", text(20)}, "id" + std::to_string(round), {}};
    RequestReader reader;
    const std::string unit = message.encode();
    reader.feed(unit);
    const auto request = reader.next();
    REQUIRE((request && *request));
    CHECK((*request)->text == message.lines);
    CHECK(SendMsg::decode(**request)->id == message.id);
  }
}

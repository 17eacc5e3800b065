// SPDX-License-Identifier: MIT
#include "core/protocol/answer_reader.hpp"

#include "core/protocol/answer.hpp"
#include "core/protocol/limits.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace msn;
using namespace msn::protocol;
using Binding = AnswerReader::Binding;

namespace {

struct Heard {
  Answer answer;
  std::vector<model::StampedEvent> events;
  bool complete = false, broken = false;
};

Heard hear(AnswerShape shape, std::vector<std::string_view> pieces, bool percent = false,
           Binding binding = Binding::stream) {
  Heard heard;
  AnswerReader reader(shape, binding, percent,
                      [&](model::StampedEvent event) { heard.events.push_back(std::move(event)); });
  for (const auto piece : pieces) {
    if (!reader.feed(piece)) heard.broken = true;
    if (heard.broken || reader.complete()) break;
  }
  heard.complete = reader.complete();
  heard.answer = reader.take();
  return heard;
}

// Checks that every division of the stream gives the same result, and returns it.
Heard hear_cut(AnswerShape shape, std::string_view bytes, bool percent = false) {
  auto whole = hear(shape, {bytes}, percent);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    const auto parts = hear(shape, {bytes.substr(0, cut), bytes.substr(cut)}, percent);
    REQUIRE(parts.complete == whole.complete);
    REQUIRE(parts.events.size() == whole.events.size());
    for (std::size_t i = 0; i < whole.events.size(); ++i)
      REQUIRE(parts.events[i].event == whole.events[i].event);
    REQUIRE(parts.answer.contacts.size() == whole.answer.contacts.size());
    REQUIRE(parts.answer.line == whole.answer.line);
  }
  return whole;
}

model::Message message(std::string_view bytes) {
  const auto heard = hear_cut(AnswerShape::poll, std::string(bytes) + "POLLEND\n");
  REQUIRE(heard.complete);
  REQUIRE(heard.events.size() == 1);
  return std::get<model::Message>(heard.events[0].event);
}

model::Event event(std::string_view line) {
  const auto heard =
      hear_cut(AnswerShape::poll, "TYPING x@y\n" + std::string(line) + "\nPOLLEND\n");
  REQUIRE(heard.complete);
  REQUIRE(heard.events.size() == 2);
  return heard.events[1].event;
}

ErrorCode refused(std::string_view line, AnswerShape shape = AnswerShape::line) {
  const auto heard = hear_cut(shape, line);
  REQUIRE(heard.complete);
  REQUIRE(heard.answer.error);
  return heard.answer.error->code;
}

}  // namespace

TEST_CASE("the words of an ERR answer decide its code") {
  CHECK(hear_cut(AnswerShape::line, "OK\n").answer.text.empty());
  CHECK(hear_cut(AnswerShape::line, "OK msncd/1 utf8 pct\r\n").answer.text == "msncd/1 utf8 pct");
  CHECK(refused("ERR PARAMS\n") == ErrorCode::params);
  CHECK(refused("ERR EINVAL whatever follows\n") == ErrorCode::invalid);
  CHECK(refused("ERR ENOTCONN\n") == ErrorCode::not_logged_in);
  CHECK(refused("ERR UNK\n") == ErrorCode::unknown_request);
  CHECK(refused("ERR UNK STATUS\n") == ErrorCode::unknown_status);
  CHECK(refused("ERR UNK USER\n") == ErrorCode::unknown_contact);
  CHECK(refused("ERR UNK QUEUE\n") == ErrorCode::unknown_queue);
  CHECK(refused("ERR EINVAL EXISTS queue bot already exists\n") == ErrorCode::exists);
  CHECK(refused("ERR EINVAL queue bot already exists\n") == ErrorCode::invalid);
  CHECK(refused("ERR SOCK [Errno 111] Connection refused\n") == ErrorCode::network);
  CHECK(refused("ERR TOOBIG\n") == ErrorCode::too_long);
  CHECK(refused("ERR EBUSY\n") == ErrorCode::busy);
  CHECK(refused("ERR EPERM\n") == ErrorCode::permission);
  CHECK(refused("ERR SEND id 217 User not online\n") == ErrorCode::send_failed);
  CHECK(refused("ERR\n") == ErrorCode::refused);
  CHECK(refused("ERR something else\n") == ErrorCode::refused);
  const auto heard = hear(AnswerShape::line, {"ERR MSN 911 Authentication failed\n"});
  CHECK(heard.answer.error->code == ErrorCode::login_refused);
  CHECK(heard.answer.error->number == 911);
  CHECK(heard.answer.line == "ERR MSN 911 Authentication failed");
}

TEST_CASE("a broken answer is an error and a cut one is incomplete") {
  CHECK(hear(AnswerShape::line, {"HTTP/1.1 400 Bad Request\n"}).broken);
  CHECK(hear(AnswerShape::contact_list, {"CL 99999\n"}).broken);
  CHECK(hear(AnswerShape::contact_list, {"CL x\n"}).broken);
  CHECK(hear(AnswerShape::poll, {"MSG 999999999 1 a@b\n"}).broken);
  CHECK_FALSE(hear(AnswerShape::contact_list, {"CL 2\nonline a@b A\n"}).complete);
  AnswerReader reader(AnswerShape::poll, Binding::stream, true);
  REQUIRE(reader.feed("STCH a@b online\n"));
  const auto end = reader.finish();
  REQUIRE_FALSE(end);
  CHECK(end.error().code == ErrorCode::protocol);
}

TEST_CASE("lists with encoded nicks (msncd)") {
  const auto list =
      hear_cut(AnswerShape::contact_list,
               "CL 4\nonline bob@example.org Bob%20B\noffline dave@example.org 100%25\n"
               "away carol@example.org Caf%C3%A9%20%E2%98%83\nbusy zoe@example.org Zo%C3%AB\n",
               true)
          .answer.contacts;
  REQUIRE(list.size() == 4);
  CHECK(list[0].nick == "Bob B");
  CHECK(list[1].nick == "100%");
  CHECK(list[2].nick == "Café ☃");
  CHECK(list[3].status == "busy");
}

TEST_CASE("lists with unencoded nicks (legacy daemon)") {
  const auto list = hear_cut(AnswerShape::contact_list,
                             "CL 6\naway carol@example.org Caf\xC3\xA9 \xE2\x98\x83\n"
                             "offline zoe@example.org Zo\xEB\noffline dave@example.org 100%\n"
                             "offline Bob%20B \nonline bob@example.org Bob B\n"
                             "offline nobody@example.org \n")
                        .answer.contacts;
  REQUIRE(list.size() >= 5);
  CHECK(list[0].nick == "Café ☃");
  CHECK(list[1].nick == "Zoë");
  CHECK(list[2].nick == "100%");
  CHECK(list.back().nick == "nobody@example.org");
}

TEST_CASE("without the feature pct all nicks of an answer are literal or all are encoded") {
  CHECK(hear(AnswerShape::contact_list, {"CL 1\noffline eve@example.org eve%40example.org\n"})
            .answer.contacts[0]
            .nick == "eve@example.org");
  const auto literal =
      hear(AnswerShape::contact_list, {"CL 2\nonline a@b A%20B\nonline c@d two words\n"});
  CHECK(literal.answer.contacts[0].nick == "A%20B");
}

TEST_CASE("the word asks is read in a list of msncd, and not as a part of a name") {
  const std::string list =
      "CL 3\noffline e@x Eve asks\noffline f@x Fred%20asks\noffline g@x asks\n";
  const auto ours = hear(AnswerShape::contact_list, {list}, true);
  REQUIRE(ours.answer.contacts.size() == 3);
  CHECK(ours.answer.contacts[0].asks);
  CHECK(ours.answer.contacts[0].nick == "Eve");
  CHECK_FALSE(ours.answer.contacts[1].asks);
  CHECK(ours.answer.contacts[1].nick == "Fred asks");
  CHECK_FALSE(ours.answer.contacts[2].asks);
  const auto original = hear(AnswerShape::contact_list, {list}, false);
  CHECK_FALSE(original.answer.contacts[0].asks);
  CHECK(original.answer.contacts[0].nick == "Eve asks");
}

TEST_CASE("one list entry in each datagram if the count was alone") {
  const auto heard = hear(AnswerShape::contact_list,
                          {"CL 2\n", "online a@b evil\nonline c@d forged\n", "away e@f E\n"}, false,
                          Binding::datagram);
  REQUIRE(heard.complete);
  REQUIRE(heard.answer.contacts.size() == 2);
  CHECK(heard.answer.contacts[0].nick == "evil online c@d forged");
  CHECK(heard.answer.contacts[1].email == "e@f");
  const auto joined = hear(AnswerShape::contact_list, {"CL 2\nonline a@b A\naway e@f E\n"}, false,
                           Binding::datagram);
  CHECK(joined.answer.contacts.size() == 2);
}

TEST_CASE("attributes: the first of a name is used, values may contain the separator") {
  const auto heard =
      hear_cut(AnswerShape::attributes,
               "email = bob@example.org\nnick = Bob%20B\nhomep = 555 = 1234\nhomep = 2\n"
               "empty = \nbare =\n\n",
               true);
  REQUIRE(heard.complete);
  const auto& all = heard.answer.attributes;
  REQUIRE(all.size() == 3);  // empty values are left out (6.11)
  CHECK(all[0].value == "bob@example.org");
  CHECK(all[2].value == "555 = 1234");
  CHECK(refused("ERR UNK USER\n", AnswerShape::attributes) == ErrorCode::unknown_contact);
}

TEST_CASE("the value None is a name from msncd and unknown from a legacy daemon") {
  const std::string_view answer = "email = bob@example.org\nnick = None\n\n";
  CHECK(hear_cut(AnswerShape::attributes, answer, true).answer.attributes.size() == 2);
  CHECK(hear_cut(AnswerShape::attributes, answer, false).answer.attributes.size() == 1);
}

TEST_CASE("messages of msncd and of a legacy daemon") {
  const std::string header =
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=Arial; "
      "EF=; "
      "CO=0; CS=0; PF=22\r\n\r\n";
  CHECK(message("MSG 6 4 bob@example.org\n" + header + "hi there\r\nline two\n").text ==
        "hi there\nline two");
  const auto ours = message(
      "MSG 5 3 bob@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\nhi "
      "there\nline two\n");
  CHECK(ours.text == "hi there\nline two");
  CHECK(ours.email == "bob@example.org");
  REQUIRE(ours.headers.size() == 2);
  CHECK(ours.headers[1].second == "text/plain; charset=UTF-8");
  const auto latin = message("MSG 5 4 bob@example.org\n" + header + "caf\xe9\n");
  CHECK(latin.text == "café");
  CHECK(latin.exact_text == "caf\xe9");
  const auto utf8 = message("MSG 5 4 bob@example.org\n" + header + "snow \xE2\x98\x83\n");
  CHECK(utf8.text == "snow ☃");
  CHECK_FALSE(utf8.exact_text);
  CHECK(message("MSG 6 4 bob@example.org\n" + header + "end\r\n\n").text == "end\n");
  CHECK(message("MSG 5 4 bob@example.org\n" + header + "\n").text.empty());
  CHECK(message("MSG 1 2 bob@example.org\nno headers at all\n").text == "no headers at all");
  CHECK(message("MSG 4 5 bob@example.org\nA: b\nContent-Type: text/plain\n\nlf only\n").text ==
        "lf only");
  const auto control = message(
      "MSG 4 3 bob@example.org\nMIME-Version: 1.0\r\nContent-Type: "
      "text/x-clientcaps\r\n\r\nClient-Name: "
      "gaim\n");
  CHECK_FALSE(is_text(control));
  CHECK(is_text(ours));
}

TEST_CASE("a line of a message may be as long as a text, others are truncated") {
  const std::string text(60'000, 'x');
  for (const std::size_t piece : {std::size_t{70'000}, std::size_t{1000}}) {
    const std::string answer =
        "MSG 3 2 bob@x\nContent-Type: text/plain\n\n" + text + "\nERR 600 " + text + "\nPOLLEND\n";
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < answer.size(); at += piece)
      pieces.push_back(std::string_view(answer).substr(at, piece));
    const auto heard = hear(AnswerShape::poll, pieces);
    REQUIRE(heard.complete);
    REQUIRE(heard.events.size() == 2);
    CHECK(std::get<model::Message>(heard.events[0].event).text == text);
    CHECK(std::get<model::ErrorEvent>(heard.events[1].event).text.size() == 8192 - 8);
  }
}

TEST_CASE("a text cannot end its message early or begin an event") {
  const auto heard = hear_cut(AnswerShape::poll,
                              "MSG 5 2 eve@x\nContent-Type: text/plain\n\nPOLLEND\nUADD a@b\n"
                              "MSG 1 1 c@d\nPOLLEND\n");
  REQUIRE(heard.events.size() == 1);
  CHECK(std::get<model::Message>(heard.events[0].event).text == "POLLEND\nUADD a@b\nMSG 1 1 c@d");
}

TEST_CASE("a cut datagram delivers its lines and takes none from the next") {
  const auto heard =
      hear(AnswerShape::poll,
           {"MSG 9 2 bob@x\nContent-Type: text/plain\n\nhalf", "UADD a@b\n", "POLLEND"}, false,
           Binding::datagram);
  REQUIRE(heard.complete);
  REQUIRE(heard.events.size() == 2);
  CHECK(std::get<model::Message>(heard.events[0].event).text == "half");
}

TEST_CASE("every event line of the protocol") {
  using namespace model;
  CHECK(event("STCH bob@example.org brb") == Event(StatusChange{"bob@example.org", "brb", {}}));
  CHECK(event("STCH zoe@example.org offline 2") ==
        Event(StatusChange{"zoe@example.org", "offline", 2}));
  CHECK(event("STCH a@b sleeping surplus words") == Event(StatusChange{"a@b", "sleeping", {}}));
  CHECK(event("UADD fred@example.org") == Event(AddedYou{"fred@example.org"}));
  CHECK(event("UDEL eve@example.org") == Event(RemovedYou{"eve@example.org"}));
  CHECK(event("ADDFL gus@example.org") == Event(ContactAdded{"gus@example.org"}));
  CHECK(event("DELFL bob@example.org") == Event(ContactRemoved{"bob@example.org"}));
  CHECK(event("MFLUSH carol@example.org") == Event(Flushed{"carol@example.org"}));
  CHECK(event("TYPING bob@example.org") == Event(Typing{"bob@example.org"}));
  CHECK(event("SCLOSE USER dave@example.org 1") == Event(Closed{"dave@example.org", 1}));
  CHECK(event("SCLOSE MAIN") == Event(Closed{}));
  CHECK(event("SOPEN MAIN") == Event(Opened{}));
  CHECK(event("ERR 217 User not online") == Event(ErrorEvent{"217", "User not online"}));
  CHECK(event("ERR SERV_DISC Server sent disconnect") ==
        Event(ErrorEvent{"SERV_DISC", "Server sent disconnect"}));
  CHECK(event("GAP ?") == Event(Gap{}));
  CHECK(event("GAP 12") == Event(Gap{12}));
  CHECK(event("SENT id1 bob@example.org") == Event(Sent{"id1", "bob@example.org"}));
  CHECK(event("FAILED id1 bob@example.org 217 User not online") ==
        Event(Failed{"id1", "bob@example.org", "217 User not online"}));
  CHECK(event("XFUTURE a b c") == Event(Unknown{"XFUTURE a b c"}));
}

TEST_CASE("the first ERR line in POLL is the answer or an event, depending on its word") {
  CHECK(refused("ERR ENOTCONN\n", AnswerShape::poll) == ErrorCode::not_logged_in);
  CHECK(refused("ERR EBUSY\n", AnswerShape::poll) == ErrorCode::busy);
  const auto heard =
      hear_cut(AnswerShape::poll, "ERR SERV_DISC Server sent disconnect\nSCLOSE MAIN\nPOLLEND\n");
  CHECK_FALSE(heard.answer.error);
  CHECK(heard.events.size() == 2);
}

TEST_CASE("the EV form has time, cursor and the rest of the queue") {
  const auto heard =
      hear_cut(AnswerShape::poll,
               "EV 7 2026-11-22T15:04:05.123Z UADD a@b\n"
               "EV 8 2026-11-22T15:04:06.000Z MSG 4 3 c@d\nA: b\nContent-Type: text/plain\n\nhi\n"
               "POLLEND 8 3\n",
               true);
  REQUIRE(heard.complete);
  CHECK(heard.answer.extended);
  CHECK(heard.answer.cursor == "8");
  CHECK(heard.answer.more == 3);
  REQUIRE(heard.events.size() == 2);
  CHECK(heard.events[0].stamp.cursor == 7u);
  CHECK(rfc3339(*heard.events[0].stamp.time) == "2026-11-22T15:04:05.123Z");
  CHECK(std::get<model::Message>(heard.events[1].event).text == "hi");
}

TEST_CASE("an EV line with a name before its keyword, and one without") {
  const auto heard = hear_cut(AnswerShape::poll,
                              "EV 7 2026-11-22T15:04:05.123Z Bob%20B UADD a@b\n"
                              "EV 8 2026-11-22T15:04:05.123Z %4DSG MSG 3 2 c@d\nA: b\n\nhi\n"
                              "EV 9 2026-11-22T15:04:05.123Z - SAID 3 2 c@d\nA: b\n\nho\n"
                              "EV 10 2026-11-22T15:04:05.123Z UADD e@f\n"
                              "EV 11 2026-11-22T15:04:05.123Z - FUTURE_2 x y\n"
                              "EV 12 2026-11-22T15:04:05.123Z Zo%C3%AB STCH z@x away\n"
                              "EV 13 2026-11-22T15:04:05.123Z strange line\n"
                              "POLLEND 13 3 FULL SHARED\n");
  REQUIRE(heard.complete);
  REQUIRE(heard.events.size() == 7);
  std::vector<std::string> nicks;
  for (const auto& event : heard.events) nicks.push_back(event.nick);
  CHECK(nicks == std::vector<std::string>{"Bob B", "MSG", "", "", "", "Zoë", ""});
  CHECK(std::get<model::AddedYou>(heard.events[0].event).email == "a@b");
  CHECK(std::get<model::Message>(heard.events[1].event).text == "hi");
  CHECK(std::get<model::Said>(heard.events[2].event).text == "ho");
  CHECK(std::get<model::AddedYou>(heard.events[3].event).email == "e@f");
  CHECK(std::get<model::Unknown>(heard.events[4].event).line == "FUTURE_2 x y");
  CHECK(std::get<model::StatusChange>(heard.events[5].event).status == "away");
  CHECK(std::get<model::Unknown>(heard.events[6].event).line == "strange line");
  CHECK(heard.answer.storage_full);
  CHECK(heard.answer.shared);
  CHECK_FALSE(hear_cut(AnswerShape::poll, "POLLEND 13 3 FULL\n").answer.shared);
  CHECK(hear_cut(AnswerShape::poll, "POLLEND 13 3 SHARED\n").answer.shared);
}

TEST_CASE("queues") {
  const auto heard = hear_cut(AnswerShape::queue_list, "QL 2\n- 3 17\nbot 0 20\n");
  REQUIRE(heard.answer.queues.size() == 2);
  CHECK(heard.answer.queues[0].pending == 3);
  CHECK(heard.answer.queues[1].cursor == "20");
}

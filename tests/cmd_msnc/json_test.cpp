// SPDX-License-Identifier: MIT
#include "cmd/msnc/kinds.hpp"
#include "cmd/msnc/output.hpp"
#include "tests/cmd_msnc/capture.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace msn;
using namespace msn::msnc;
using msn::test::Capture;

constexpr Time noon{std::chrono::milliseconds(1795359845123)};

struct Printed {
  Capture out, err;
  Writer writer{out.fd()};
  std::unique_ptr<Output> output;
  explicit Printed(OutputOptions options = {})
      : output(make_json_output(writer, err.fd(), std::move(options))) {}
};

std::string json(const CommandResult& noun) {
  Printed printed;
  printed.output->result(noun);
  CHECK(printed.writer.flush());
  CHECK(printed.err.text().empty());
  return printed.out.text();
}

std::string json(model::Event event, model::Stamp stamp = {noon, 17}) {
  return event_json({stamp, std::move(event)}, "default");
}

// The keys that every event begins with.
std::string begin(const std::string& kind, const std::string& email) {
  return R"({"event":")" + kind +
         R"(","time":"2026-11-22T15:04:05.123Z","cursor":"17","account":"default","email":)" +
         email + R"(,"nick":null)";
}

}  // namespace

TEST_CASE("control characters are escaped") {
  const std::string line = json(model::Message{"bob@x",
                                               {},
                                               "\x1b[2J \xC2\x9B 2J \x7f \xE2\x80\xAE"
                                               "fdp.exe",
                                               std::nullopt});
  CHECK(line.find(R"("text":"\u001b[2J \u009b 2J \u007f \u202efdp.exe")") != line.npos);
  CHECK(json(NickSet{"\xC2\x85"}) == R"({"command":"nick","nick":"\u0085"})"
                                     "\n");
}

TEST_CASE("each result is the object that msnc-json describes") {
  CHECK(json(LoggedIn{"me@x"}) == R"({"command":"login","email":"me@x"})"
                                  "\n");
  CHECK(json(LoggedOff{}) == R"({"command":"logoff"})"
                             "\n");
  CHECK(json(StatusSet{"away"}) == R"({"command":"status","status":"away"})"
                                   "\n");
  CHECK(
      json(State{{{"account", "default"},
                  {"state", "online"},
                  {"email", "me@x"},
                  {"nick", "Me"},
                  {"status", "away"},
                  {"public", "1"},
                  {"auth", "0"},
                  {"since", "2026-11-22T15:04:05.123Z"},
                  {"network", "local"},
                  {"queued", "0"},
                  {"pending", "3"},
                  {"text_limit", "60000"},
                  {"invisible", "1"},
                  {"offline_messages", "0"},
                  {"version", "1.0.0"}}}) ==
      R"({"account":"default","state":"online","email":"me@x","nick":"Me","status":"away",)"
      R"("public":true,"auth":false,"since":"2026-11-22T15:04:05.123Z","network":"local","server":null,)"
      R"("pending":3,"queued":0,"storage":null,"text_limit":60000,"invisible":true,)"
      R"("offline_messages":false,"consent":null,"daemon":"1.0.0"})"
      "\n");
  CHECK(
      json(State{}) ==
      R"({"account":null,"state":null,"email":null,"nick":null,"status":null,"public":null,"auth":null,)"
      R"("since":null,"network":null,"server":null,"pending":null,"queued":null,"storage":null,)"
      R"("text_limit":null,"invisible":null,"offline_messages":null,"consent":null,"daemon":null})"
      "\n");
  CHECK(json(NickSet{"Me"}) == R"({"command":"nick","nick":"Me"})"
                               "\n");
  CHECK(json(PrivSet{{true, false}}) == R"({"command":"priv","public":true,"auth":false})"
                                        "\n");
  CHECK(json(ContactDone{"add", "bob@x", "Bob"}) ==
        R"({"command":"add","email":"bob@x","nick":"Bob"})"
        "\n");
  for (const std::string command : {"allow", "block", "del", "deny", "type", "unblock"})
    CHECK(json(ContactDone{command, "bob@x", {}, "Bob"}) == R"({"command":")" + command +
                                                                R"(","email":"bob@x"})"
                                                                "\n");
  CHECK(json(Info{{{"email", "bob@x"}, {"nick", "Bob"}}}) ==
        R"({"email":"bob@x","nick":"Bob","home_phone":null,"work_phone":null,"mobile_phone":null})"
        "\n");
  CHECK(json(Info{{{"forward", "1"}, {"reverse", "0"}, {"blocked", ""}}}) ==
        R"({"email":null,"nick":null,"home_phone":null,"work_phone":null,"mobile_phone":null,)"
        R"("forward":true,"reverse":false,"blocked":null})"
        "\n");
  CHECK(
      json(Info{{{"homep", "555 1234"},
                 {"workp", ""},
                 {"note", "None"},
                 {"mobilep", ""},
                 {"realnick", "Bobby"},
                 {"x", ""}}}) ==
      R"({"email":null,"nick":null,"home_phone":"555 1234","work_phone":null,"mobile_phone":null,)"
      R"("note":"None","realnick":"Bobby","x":null})"
      "\n");
  CHECK(json(Contacts{client::List::forward, {{"online", "bob@x", "Bob"}}}) ==
        R"({"list":"forward","contacts":[{"email":"bob@x","nick":"Bob","status":"online"}]})"
        "\n");
  CHECK(json(Info{{{"asks", "1"}, {"awaited", "1"}, {"note", "busy"}}}) ==
        R"({"email":null,"nick":null,"home_phone":null,"work_phone":null,"mobile_phone":null,)"
        R"("asks":true,"awaited":true,"note":"busy"})"
        "\n");
  CHECK(
      json(Contacts{client::List::reverse, {{"offline", "eve@x", "Eve", true}}}) ==
      R"({"list":"reverse","contacts":[{"email":"eve@x","nick":"Eve","status":"offline","asks":true}]})"
      "\n");
  CHECK(json(Contacts{client::List::reverse, {}}) == R"({"list":"reverse","contacts":[]})"
                                                     "\n");
  CHECK(json(Contacts{client::List::blocked, {}}) == R"({"list":"blocked","contacts":[]})"
                                                     "\n");
  CHECK(json(SendDone{"bob@x", 1, 5, "accepted", {}, {}}) ==
        R"({"command":"send","email":"bob@x","lines":1,"bytes":5,"state":"accepted","id":null})"
        "\n");
  CHECK(json(QueueDone{"queue new", "bot"}) == R"({"command":"queue new","queue":"bot"})"
                                               "\n");
  CHECK(json(RawReply{"OK\n"}) == R"({"command":"raw","reply":["OK"]})"
                                  "\n");
  CHECK(json(RawReply{"CL 1\r\na\x1b\xe9 b\n"}) ==
        R"({"command":"raw","reply":["CL 1","a\u001bé b"]})"
        "\n");
  CHECK(json(Queues{{{"-", 3, "17"}}}) == R"({"queues":[{"name":"-","pending":3,"cursor":"17"}]})"
                                          "\n");
  CHECK(json(Acknowledged{"-", "17", 3}) ==
        R"({"command":"ack","queue":"-","cursor":"17","removed":3})"
        "\n");
  CHECK(json(Pong{"1", {"wait", "hold"}, 0.4}) ==
        R"({"command":"ping","protocol":"1","features":["wait","hold"],"legacy":false,"ms":0.4})"
        "\n");
  CHECK(json(Pong{{}, {}, 0.25}) ==
        R"({"command":"ping","protocol":null,"features":[],"legacy":true,"ms":0.25})"
        "\n");
  CHECK(json(DryRun{{"POLL"}}) == R"({"dry_run":["POLL"]})"
                                  "\n");
}

TEST_CASE("a failed message among several carries its error") {
  const auto failure =
      make_failure({ErrorCode::unknown_contact, "ERR UNK USER"}, "send", "/run/a.sock");
  CHECK(json(SendDone{"eve@x", 1, 5, "failed", {}, failure}) ==
        R"({"command":"send","email":"eve@x","lines":1,"bytes":5,"state":"failed","id":null,)"
        R"("error":{"code":"no_such_contact","message":"no such contact","exit":7,)"
        R"("command":"send","reply":"ERR UNK USER","socket":"/run/a.sock","outcome":null}})"
        "\n");
}

TEST_CASE("each event has exactly its keys in their order") {
  const model::Message message{
      "bob@x",
      {{"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=UTF-8"}},
      "hi\n\"two\" \xe2\x98\xba",
      std::nullopt};
  CHECK(json(message) ==
        begin("message", R"("bob@x")") +
            R"(,"text":"hi\n\"two\" ☺","content_type":"text/plain; charset=UTF-8",)"
            R"("headers":{"mime-version":"1.0","content-type":"text/plain; charset=UTF-8"},)"
            R"("text_base64":null})");
  CHECK(json(model::Message{"bob@x", {}, "café", "caf\xe9"}) ==
        begin("message", R"("bob@x")") +
            R"(,"text":"café","content_type":null,"headers":{},"text_base64":"Y2Fm6Q=="})");
  CHECK(json(model::Typing{"bob@x"}) == begin("typing", R"("bob@x")") + "}");
  CHECK(json(model::StatusChange{"bob@x", "away", {}}) ==
        begin("status", R"("bob@x")") + R"(,"status":"away","discarded":null})");
  CHECK(json(model::StatusChange{"bob@x", "offline", 2}) ==
        begin("status", R"("bob@x")") + R"(,"status":"offline","discarded":2})");
  CHECK(json(model::AddedYou{"bob@x"}) == begin("added_you", R"("bob@x")") + "}");
  CHECK(json(model::RemovedYou{"bob@x"}) == begin("removed_you", R"("bob@x")") + "}");
  CHECK(json(model::ContactAdded{"bob@x"}) == begin("contact_added", R"("bob@x")") + "}");
  CHECK(json(model::ContactRemoved{"bob@x"}) == begin("contact_removed", R"("bob@x")") + "}");
  CHECK(json(model::Flushed{"bob@x"}) == begin("flushed", R"("bob@x")") + "}");
  CHECK(json(model::Closed{"bob@x", 1}) ==
        begin("closed", R"("bob@x")") + R"(,"scope":"user","lost":1})");
  CHECK(json(model::Closed{}) == begin("closed", "null") + R"(,"scope":"main","lost":null})");
  CHECK(json(model::Opened{}) == begin("opened", "null") + R"(,"scope":"main"})");
  CHECK(json(model::ErrorEvent{"217", "User not online"}) ==
        begin("error", "null") +
            R"(,"code":"217","message":"User not online","id":null,"request":null})");
  CHECK(json(model::ErrorEvent{"215", "User already there", "bob@x", "i1", "ADD"}) ==
        begin("error", R"("bob@x")") +
            R"(,"code":"215","message":"User already there","id":"i1","request":"ADD"})");
  CHECK(json(model::Said{message}) ==
        begin("said", R"("bob@x")") + json(message).substr(begin("message", R"("bob@x")").size()));
  CHECK(json(model::Gap{3}) == begin("gap", "null") + R"(,"lost":3})");
  CHECK(json(model::Gap{}) == begin("gap", "null") + R"(,"lost":null})");
  CHECK(json(model::Sent{"i1", "bob@x"}) == begin("sent", R"("bob@x")") + R"(,"id":"i1"})");
  CHECK(json(model::Failed{"i1", "bob@x", "217 User not online"}) ==
        begin("failed", R"("bob@x")") + R"(,"id":"i1","reason":"217 User not online"})");
  CHECK(json(model::Unknown{"XFUTURE a b"}) ==
        begin("unknown", "null") + R"(,"raw":"XFUTURE a b"})");
}

TEST_CASE("values that an original msncd does not report are null") {
  CHECK(
      json(model::Typing{"bob@x"}, {}) ==
      R"({"event":"typing","time":null,"cursor":null,"account":"default","email":"bob@x","nick":null})");
}

TEST_CASE("the first of repeated headers counts and names are in lower case") {
  const std::string text = json(
      model::Message{"b@x", {{"X-A", "1"}, {"x-a", "2"}, {"CONTENT-type", "text/plain"}}, "", {}});
  CHECK(text.find(R"("headers":{"x-a":"1","content-type":"text/plain"})") != std::string::npos);
  CHECK(text.find(R"("content_type":"text/plain")") != std::string::npos);
}

TEST_CASE("every line on stderr is an object") {
  Printed printed;
  printed.output->failure(
      make_failure({ErrorCode::not_logged_in, "ERR ENOTCONN"}, "poll", "/run/x.sock"));
  printed.output->failure(make_failure({ErrorCode::usage, "no"}, "", {}));
  printed.output->warning("careful");
  printed.output->note("by \x1b the way");
  printed.output->trace('>', "POLL");
  printed.output->trace('<', "caf\xe9");
  CHECK(
      printed.err.text() ==
      R"({"error":{"code":"not_logged_in","message":"not logged in","exit":4,"command":"poll","reply":"ERR ENOTCONN","socket":"/run/x.sock","outcome":null}})"
      "\n"
      R"({"error":{"code":"usage","message":"no","exit":2,"command":null,"reply":null,"socket":null,"outcome":null}})"
      "\n"
      R"({"warning":{"message":"careful"}})"
      "\n"
      R"({"note":{"message":"by \u001b the way"}})"
      "\n"
      R"({"trace":{"dir":">","line":"POLL"}})"
      "\n"
      R"({"trace":{"dir":"<","line":"café"}})"
      "\n");
}

TEST_CASE("quiet leaves out actions but not results and failures") {
  OutputOptions options;
  options.quiet = true;
  Printed printed(options);
  printed.output->result(LoggedOff{});
  printed.output->result(Queues{});
  printed.output->result(
      SendDone{"e@x", 1, 1, "failed", {}, make_failure({ErrorCode::busy, "x"}, "send", {})});
  REQUIRE(printed.writer.flush());
  CHECK(printed.out.text().find("logoff") == std::string::npos);
  CHECK(printed.out.text().find(R"({"queues":[]})") == 0);
  CHECK(printed.out.text().find(R"("state":"failed")") != std::string::npos);
}

TEST_CASE("each kind of event has one name that parses to its keyword") {
  for (const auto& kind : kinds()) {
    const auto parsed = parse_kinds(kind.name);
    CAPTURE(kind.name);
    if (kind.keyword.empty()) {
      CHECK_FALSE(parsed);
    } else {
      REQUIRE(parsed);
      CHECK(*parsed == protocol::Keywords{std::string(kind.keyword)});
    }
  }
  CHECK(kind_name(model::Event(model::AddedYou{})) == "added_you");
  CHECK(kind_name(model::Event(model::Unknown{})) == "unknown");
  CHECK(*parse_kinds("message,typing") == protocol::Keywords{"MSG", "TYPING"});
  CHECK(parse_kinds("mesage").error().message ==
        "'mesage' is not a kind of event; did you mean 'message'?");
  CHECK(parse_kinds("message,").error().code == ErrorCode::usage);
  CHECK(parse_kinds("MSG").error().code == ErrorCode::usage);
}

// SPDX-License-Identifier: MIT
#include "cmd/msnc/output.hpp"
#include "tests/cmd_msnc/capture.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <ctime>

namespace {

using namespace msn;
using namespace msn::msnc;
using msn::test::Capture;
using namespace std::chrono;

// 2026-11-22T15:04:05.123Z
constexpr Time noon{milliseconds(1795359845123)};

class Printed {
 public:
  explicit Printed(bool tty, OutputOptions options = {}) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    options.out_is_tty = options.err_is_tty = tty;
    if (options.color == OutputOptions::Color::automatic)
      options.color = OutputOptions::Color::never;
    if (!options.today) options.today = noon;
    output_ = make_text_output(writer_, err_.fd(), options);
  }
  Printed& event(model::Event event, std::optional<Time> time = noon) {
    output_->event({{time, 7}, std::move(event)});
    return *this;
  }
  Printed& result(const CommandResult& result) {
    output_->result(result);
    return *this;
  }
  Output& output() { return *output_; }
  std::string out() {
    CHECK(writer_.flush());
    return out_.text();
  }
  std::string err() { return err_.text(); }

 private:
  Capture out_, err_;
  Writer writer_{out_.fd()};
  std::unique_ptr<Output> output_;
};

std::string on_terminal(model::Event event) {
  return Printed(true).event(std::move(event)).out();
}
std::string done_on_terminal(const CommandResult& result) {
  return Printed(true).result(result).out();
}

model::Message message(std::string text) {
  return {"bob@x", {{"Content-Type", "text/plain"}}, std::move(text), std::nullopt};
}

}  // namespace

TEST_CASE("a message on a terminal has the local time and further lines are marked") {
  CHECK(on_terminal(message("hello\nsecond line of the same message")) ==
        "15:04:05  bob@x: hello\n"
        "          | second line of the same message\n");
}

TEST_CASE("a contact is shown with address and nick unless they are equal") {
  const auto named = [](model::Event event, std::string nick) {
    Printed printed(true);
    printed.output().event({{noon, 7}, std::move(event), std::move(nick)});
    return printed.out();
  };
  CHECK(named(message("hello"), "Bob") == "15:04:05  bob@x (Bob): hello\n");
  CHECK(named(model::Said{message("hello")}, "Bob") == "15:04:05  to bob@x (Bob): hello\n");
  CHECK(named(model::StatusChange{"bob@x", "away", {}}, "Zoë 100% ☺") ==
        "15:04:05  bob@x (Zoë 100% ☺) is away\n");
  CHECK(named(message("hello"), "\x1b[2J\n") == "15:04:05  bob@x (\\x1b[2J\\x0a): hello\n");
  CHECK(named(message("hello"), "Bob@X") == "15:04:05  bob@x: hello\n");
  CHECK(named(model::Opened{}, "") == "15:04:05  reconnected to the network\n");
}

TEST_CASE("in a pipe the full time is printed") {
  CHECK(Printed(false).event(message("hello\n\nx")).out() ==
        "2026-11-22T15:04:05.123Z  bob@x: hello\n"
        "                          | \n"
        "                          | x\n");
}

TEST_CASE("a message to several recipients names them") {
  auto shared = message("hello");
  shared.headers.emplace_back("participants", "carol@x, d\x1b@x");
  CHECK(on_terminal(shared) == "15:04:05  bob@x (also to carol@x, d\\x1b@x): hello\n");
}

TEST_CASE("a missing time is shown as missing") {
  CHECK(Printed(true).event(message("a\nb"), std::nullopt).out() ==
        "--:--:--  bob@x: a\n          | b\n");
  CHECK(Printed(false).event(message("a\nb"), std::nullopt).out() == "-  bob@x: a\n   | b\n");
}

TEST_CASE("the date is printed when it changes") {
  Printed printed(true);
  printed.event(model::AddedYou{"a@x"}, noon - days(1));
  printed.event(model::AddedYou{"b@x"}, noon - days(1));
  printed.event(model::AddedYou{"c@x"}, noon);
  CHECK(printed.out() ==
        "-- 2026-11-21 --\n"
        "15:04:05  a@x added you as a contact\n"
        "15:04:05  b@x added you as a contact\n"
        "-- 2026-11-22 --\n"
        "15:04:05  c@x added you as a contact\n");
}

TEST_CASE("control characters in events are escaped on terminals and in pipes") {
  for (const bool tty : {true, false}) {
    const std::string text = Printed(tty)
                                 .event(message("\x1b[2J\r15:04:05  eve@x: forged\x07\x7f\xc2\x9b"
                                                "1m\xe2\x80\xae\ttab"))
                                 .out();
    CHECK(text.find_first_of("\x1b\r\x07\x7f") == std::string::npos);
    CHECK(text.find("\xc2\x9b") == std::string::npos);
    CHECK(text.find("\xe2\x80\xae") == std::string::npos);
    CHECK(text.find("\\x1b[2J\\x0d15:04:05  eve@x: forged\\x07\\x7f") != std::string::npos);
  }
  CHECK(on_terminal(model::Unknown{"X\x1b]0;t\x07"}) ==
        "15:04:05  unknown event: X\\x1b]0;t\\x07\n");
  CHECK(done_on_terminal(Contacts{client::List::forward, {{"on\x1bline", "e@x", "a\nb\tc"}}}) ==
        "on\\x1bline  e@x  a\\x0ab\\x09c\n");
}

TEST_CASE("a TAB is printed only in the text of a message") {
  CHECK(on_terminal(message("a\tb\nc\td")) == "15:04:05  bob@x: a\tb\n          | c\td\n");
  CHECK(Printed(false).result(RawReply{"a\tb"}).out() == "a\\x09b\n");
}

TEST_CASE("columns are aligned for wide characters and combining characters") {
  CHECK(done_on_terminal(Contacts{client::List::reverse,
                                  {{"online", "a@x", "\u6F22\u5B57", true},
                                   {"online", "b@x", "\U0001F468\u200D\U0001F469", true},
                                   {"online", "c@x", "Zoe\u0308", true},
                                   {"online", "d@x", "Al\u200Bice", true}}}) ==
        "online  a@x  \u6F22\u5B57           asks\n"
        "online  b@x  \U0001F468\u200D\U0001F469             asks\n"
        "online  c@x  Zoe\u0308            asks\n"
        "online  d@x  Al\\u{200b}ice  asks\n");
}

TEST_CASE("each kind of event has its sentence") {
  const auto is = [](model::Event event, const std::string& sentence) {
    CHECK(on_terminal(std::move(event)) == "15:04:05  " + sentence + "\n");
  };
  is(message(""), "bob@x: ");
  is(model::StatusChange{"bob@x", "away", std::nullopt}, "bob@x is away");
  is(model::StatusChange{"bob@x", "offline", 0}, "bob@x is offline");
  is(model::StatusChange{"bob@x", "offline", 1},
     "bob@x is offline (1 message to this contact may be lost)");
  is(model::StatusChange{"bob@x", "offline", 2},
     "bob@x is offline (2 messages to this contact may be lost)");
  is(model::AddedYou{"eve@x"}, "eve@x added you as a contact");
  is(model::RemovedYou{"eve@x"}, "eve@x removed you from their contacts");
  is(model::ContactAdded{"gus@x"}, "gus@x was added to your contacts");
  is(model::ContactRemoved{"gus@x"}, "gus@x was removed from your contacts");
  is(model::Flushed{"bob@x"}, "queued messages were sent to bob@x");
  is(model::Typing{"bob@x"}, "bob@x is typing");
  is(model::Closed{"dave@x", 1}, "the conversation with dave@x was interrupted, 1 message lost");
  is(model::Closed{"dave@x", std::nullopt}, "the conversation with dave@x was interrupted");
  is(model::Closed{}, "the connection to the network was lost");
  is(model::Opened{}, "reconnected to the network");
  is(model::ErrorEvent{"217", "User not online"}, "error 217: User not online");
  is(model::ErrorEvent{"X", ""}, "error X");
  is(model::ErrorEvent{"215", "User already there", "bob@x", {}, "ADD"},
     "error 215 when adding bob@x: User already there");
  is(model::ErrorEvent{"217", "User not online", "bob@x", "id1", "SENDMSG"},
     "error 217 when sending a message to bob@x: User not online");
  is(model::ErrorEvent{"TIMEOUT", "", {}, {}, "STATUS"}, "error TIMEOUT when setting your status");
  is(model::ErrorEvent{"600", "Server is busy", "bob@x", {}, {}},
     "error 600 about bob@x: Server is busy");
  is(model::ErrorEvent{"600", "Server is busy", {}, {}, "FUTURE"}, "error 600: Server is busy");
  is(model::Gap{3}, "3 events are missing here");
  is(model::Gap{}, "an unknown number of events is missing here");
  is(model::Sent{"id1", "bob@x"}, "your message to bob@x was delivered");
  is(model::Failed{"id1", "bob@x", "217 User not online"},
     "your message to bob@x was not delivered: 217 User not online");
  is(model::Said{message("hello")}, "to bob@x: hello");
  is(model::Unknown{"XFUTURE a b"}, "unknown event: XFUTURE a b");
}

TEST_CASE("contacts are aligned on a terminal and separated by tabs in a pipe") {
  const Contacts contacts{client::List::forward,
                          {{"online", "bob@example.org", "Bob B"}, {"offline", "zoë@x", "Zoë"}}};
  CHECK(Printed(true).result(contacts).out() ==
        "online   bob@example.org  Bob B\n"
        "offline  zoë@x            Zoë\n");
  CHECK(Printed(false).result(contacts).out() ==
        "online\tbob@example.org\tBob B\n"
        "offline\tzoë@x\tZoë\n");
}

TEST_CASE("a pending contact request is marked in its own column") {
  const Contacts contacts{client::List::reverse,
                          {{"offline", "eve@x", "Eve", true}, {"offline", "zo@x", "Zo"}}};
  CHECK(Printed(true).result(contacts).out() == "offline  eve@x  Eve  asks\noffline  zo@x   Zo\n");
  CHECK(Printed(false).result(contacts).out() == "offline\teve@x\tEve\tasks\noffline\tzo@x\tZo\n");
}

TEST_CASE("features of the network are not shown as text") {
  CHECK(Printed(true)
            .result(State{{{"state", "online"},
                           {"text_limit", "60000"},
                           {"invisible", "1"},
                           {"offline_messages", "1"},
                           {"consent", "0"}}})
            .out() ==
        "state   online\nstatus  not set; others see you as offline until you run: msnc status "
        "online\n");
}

TEST_CASE("queues and attributes are tables without unknown values") {
  CHECK(Printed(false).result(Queues{{{"-", 3, "17"}, {"bot", 0, "12"}}}).out() ==
        "-\t3\t17\nbot\t0\t12\n");
  CHECK(Printed(false)
            .result(Info{{{"email", "bob@x"}, {"homep", "555"}, {"workp", ""}, {"nick", "None"}}})
            .out() == "email\tbob@x\nhome_phone\t555\nnick\tNone\n");
  CHECK(Printed(true).result(State{{{"public", "1"}, {"auth", "0"}, {"version", "1.0.0"}}}).out() ==
        "public   yes\nauth     no\nversion  1.0.0\n");
}

TEST_CASE("an action prints one line on a terminal") {
  CHECK(done_on_terminal(LoggedIn{"me@x"}) ==
        "logged in as me@x; others see you as offline until you run: msnc status online\n");
  CHECK(done_on_terminal(LoggedIn{"me@x", "away"}) == "logged in as me@x; status set to away\n");
  CHECK(done_on_terminal(PasswordChanged{}) == "password changed\n");
  CHECK(done_on_terminal(PasswordChanged{"password_file"}) ==
        "password changed; update password_file in the configuration, which has the old one\n");
  CHECK(done_on_terminal(LoggedOff{}) == "logged off\n");
  CHECK(done_on_terminal(StatusSet{"away"}) == "status set to away\n");
  CHECK(done_on_terminal(NickSet{"M\x1b"}) == "display name set to M\\x1b\n");
  CHECK(done_on_terminal(PrivSet{{true, false}}) == "anyone can message you; anyone can add you\n");
  CHECK(done_on_terminal(PrivSet{{false, true}}) ==
        "only contacts can message you; you are asked before a user adds you\n");
  CHECK(done_on_terminal(ContactDone{"add", "bob@x", "Bob"}) == "added bob@x as Bob\n");
  CHECK(done_on_terminal(ContactDone{"add", "bob@x", "bob@x"}) == "added bob@x\n");
  CHECK(done_on_terminal(ContactDone{"ren", "bob@x", "Bo"}) == "renamed bob@x to Bo\n");
  CHECK(done_on_terminal(ContactDone{"del", "bob@x", {}}) == "removed bob@x\n");
  CHECK(done_on_terminal(ContactDone{"ren", "bob@x", "Bo", "Bob"}) ==
        "renamed bob@x (Bob) to Bo\n");
  CHECK(done_on_terminal(ContactDone{"allow", "eve@x", {}}) == "allowed eve@x\n");
  CHECK(done_on_terminal(ContactDone{"deny", "eve@x", {}, "E\x1b"}) == "denied eve@x (E\\x1b)\n");
  CHECK(done_on_terminal(ContactDone{"block", "bob@x", {}}) == "blocked bob@x\n");
  CHECK(done_on_terminal(ContactDone{"unblock", "bob@x", {}}) == "unblocked bob@x\n");
  CHECK(done_on_terminal(ContactDone{"type", "bob@x", {}}) ==
        "sent a typing notification to bob@x\n");
  CHECK(done_on_terminal(SendDone{"bob@x", 1, 5, "accepted", {}, {}}) ==
        "message to bob@x accepted\n");
  CHECK(done_on_terminal(SendDone{"bob@x", 1, 5, "accepted", {}, {}, "Bob"}) ==
        "message to bob@x (Bob) accepted\n");
  CHECK(done_on_terminal(SendDone{"bob@x", 1, 5, "sent", "i", {}}) ==
        "message delivered to bob@x\n");
  CHECK(done_on_terminal(SendDone{"bob@x", 1, 5, "queued", "i", {}}) ==
        "message queued until bob@x can be reached\n");
  CHECK(done_on_terminal(QueueDone{"queue new", "bot"}) == "created queue bot\n");
  CHECK(done_on_terminal(QueueDone{"queue rm", "bot"}) == "removed queue bot\n");
  CHECK(done_on_terminal(Acknowledged{"-", "17", 1}) ==
        "marked 1 event as read in the default queue\n");
}

TEST_CASE("the result of ping is printed in a pipe but not with quiet") {
  CHECK(Printed(false).result(Pong{"1", {"wait", "hold"}, 0.42}).out() ==
        "msncd/1 answered in 0.4 ms\nfeatures: wait hold\n");
  CHECK(Printed(true).result(Pong{{}, {}, 0.42}).out() == "an original msncd answered in 0.4 ms\n");
  OutputOptions quiet;
  quiet.quiet = true;
  CHECK(Printed(true, quiet).result(Pong{"1", {"wait"}, 0.42}).out().empty());
}

TEST_CASE("accounts are a table with a dash for unknown values") {
  CHECK(Printed(false)
            .result(Accounts{{{"default", "me@x", "online", "away", "/run/default.sock"},
                              {"work", "", "not running", "", "/run/work.sock"}}})
            .out() ==
        "default\tme@x\tonline, away\t/run/default.sock\nwork\t-\tnot running\t/run/work.sock\n");
}

TEST_CASE("commands in hints are for the same daemon") {
  OutputOptions options;
  options.program = "msnc -a work";
  CHECK(Printed(true, options).result(LoggedIn{"me@x"}).out() ==
        "logged in as me@x; others see you as offline until you run: msnc -a work status online\n");
  CHECK(Printed(true, options).result(State{{{"state", "online"}}}).out() ==
        "state   online\nstatus  not set; others see you as offline until you run: msnc -a work "
        "status "
        "online\n");
  Printed printed(false, options);
  Failure failure = make_failure({ErrorCode::unknown_queue, "ERR UNK QUEUE"}, "poll", {});
  failure.queue = "bot";
  printed.output().failure(failure);
  CHECK(printed.err() ==
        "msnc: no such queue\n"
        "      create it with: msnc -a work queue new bot\n");
}

TEST_CASE("an action prints nothing in a pipe or with quiet but results are printed") {
  CHECK(Printed(false).result(LoggedIn{"me@x"}).out().empty());
  OutputOptions quiet;
  quiet.quiet = true;
  CHECK(Printed(true, quiet).result(LoggedIn{"me@x"}).out().empty());
  CHECK(Printed(true, quiet).result(Queues{{{"-", 3, "17"}}}).out() == "-  3  17\n");
}

TEST_CASE("a raw reply is printed line by line with controls escaped") {
  CHECK(Printed(false).result(RawReply{"CL 1\r\nonline b@x \x1b[m\n"}).out() ==
        "CL 1\nonline b@x \\x1b[m\n");
}

TEST_CASE("a dry run prints lines with the password masked") {
  const auto lines = dry_run({"LOGIN me@x secret\n", "SENDMSG 2 bob@x\none\n\x1b\n"});
  CHECK(Printed(false).result(lines).out() == "LOGIN me@x ***\nSENDMSG 2 bob@x\none\n\\x1b\n");
}

TEST_CASE("an error has the reason and the daemon's answer and advice") {
  Printed printed(false);
  printed.output().failure(
      make_failure({ErrorCode::not_logged_in, "ERR ENOTCONN"}, "poll", "/run/x"));
  CHECK(printed.err() ==
        "msnc: not logged in (the daemon said: ERR ENOTCONN)\n"
        "      log in with: msnc login EMAIL\n");
  CHECK(printed.out().empty());
}

TEST_CASE("a failed message among several is reported with its recipient") {
  Printed printed(true);
  printed.result(SendDone{"eve@x",
                          1,
                          5,
                          "failed",
                          {},
                          make_failure({ErrorCode::unknown_contact, "ERR UNK USER"}, "send", {})});
  CHECK(printed.out().empty());
  CHECK(
      printed.err() ==
      "msnc: eve@x: no such contact\n"
      "      check the name or address with: msnc contacts; a new user must first run: msnc login "
      "--register\n");
}

TEST_CASE("warnings and notes and traces are printed on stderr with controls escaped") {
  Printed printed(false);
  printed.output().warning("careful");
  printed.output().note("by the way");
  printed.output().trace('>', "POLL \x1b");
  printed.output().trace('<', "POLLEND");
  CHECK(printed.err() == "msnc: careful\nmsnc: by the way\n> POLL \\x1b\n< POLLEND\n");
}

TEST_CASE("colors are used as requested") {
  OutputOptions options;
  options.color = OutputOptions::Color::always;
  CHECK(
      Printed(false, options).event(model::AddedYou{"e\x1b@x"}).out() ==
      "\x1b[2m2026-11-22T15:04:05.123Z\x1b[0m  \x1b[1;36me\\x1b@x\x1b[0m added you as a contact\n");
  // automatic: only on a terminal that supports it
  Capture out, err;
  Writer writer(out.fd());
  for (const auto& [tty, possible] : {std::pair{true, true}, {true, false}, {false, true}}) {
    OutputOptions automatic;
    automatic.out_is_tty = tty;
    automatic.color_possible = possible;
    automatic.today = noon;
    const std::string before = out.text();
    make_text_output(writer, err.fd(), automatic)->event({{noon, 1}, model::AddedYou{"e@x"}});
    REQUIRE(writer.flush());
    const bool colored = out.text().substr(before.size()).find('\x1b') != std::string::npos;
    CHECK(colored == (tty && possible));
  }
}

TEST_CASE("each error has advice except where there is nothing to advise") {
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    const auto it = static_cast<ErrorCode>(code);
    const bool silent = it == ErrorCode::params || it == ErrorCode::invalid ||
                        it == ErrorCode::unknown_status || it == ErrorCode::refused ||
                        it == ErrorCode::nothing || it == ErrorCode::partial ||
                        it == ErrorCode::output;
    CAPTURE(code);
    CHECK(advice(make_failure({it, "x"}, "poll", {})).empty() == silent);
  }
  CHECK(advice(make_failure({ErrorCode::usage, "x"}, "poll", {})) == "see: msnc poll --help");
  CHECK(advice(make_failure({ErrorCode::usage, "x"}, "frob", {})) == "see: msnc --help");
}

TEST_CASE("the advice for a refused login depends on the network's number") {
  const auto advised = [](int number) {
    return advice(make_failure({ErrorCode::login_refused, "ERR MSN", number}, "login", {}));
  };
  for (const int number : {500, 600, 604, 713, 800, 910, 912, 913, 921, 928})
    CHECK(advised(number) == "the server refuses logins at the moment; try again later");
  for (const int number : {511, 924, 927})
    CHECK(advised(number) == "the server refuses this account; ask its operator");
  CHECK(advised(207) ==
        "another client has logged in with this account; to log in here instead: msnc login EMAIL");
  for (const int number : {0, 911, 917})
    CHECK(advised(number) == "check the address and the password, then try again");
  CHECK(advised(205) == "check the address; to create an account: msnc login --register EMAIL");
}

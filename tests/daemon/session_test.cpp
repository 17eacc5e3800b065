// SPDX-License-Identifier: MIT
// Sessions. Plain exchanges are in tests/transcripts/session.chat.
#include "tests/support/daemons.hpp"

#include <catch2/catch.hpp>

namespace msn::test {
namespace {

struct Fixture {
  FakeLoop loop;
  FakeClock clock;
  FakeDaemon daemon{loop, clock};
};

}  // namespace

TEST_CASE("two daemons in one process have separate sessions and queues") {
  FakeLoop loop;
  FakeClock clock;
  FakeDaemon first(loop, clock), second(loop, clock);
  FakeClient one = first.client(), two = second.client();
  CHECK(one.ask("LOGIN me@example.org x\n") == "OK\n");
  CHECK(two.ask("POLL\n") == "ERR ENOTCONN\n");
  CHECK(two.ask("LOGIN you@example.org x\n") == "OK\n");
  first.network->say(model::Typing{"you@example.org"});
  loop.run();
  CHECK(two.ask("POLL\n") == "POLLEND\n");
  CHECK(one.ask("POLL\n") == "TYPING you@example.org\nPOLLEND\n");
}

TEST_CASE("of simultaneous logins the last one wins and the others fail") {
  Fixture f;
  FakeClient one = f.daemon.client(), two = f.daemon.client(), three = f.daemon.client();
  one.say("LOGIN one@example.org x\n");
  two.say("LOGIN two@example.org x\n");
  three.say("LOGIN three@example.org x\n");
  CHECK(f.daemon.status == "logging in as one@example.org");
  f.loop.run();
  CHECK(one.heard == "ERR SOCK interrupted by another LOGIN\n");
  CHECK(two.heard == one.heard);
  CHECK(three.heard == "OK\n");
  CHECK(f.daemon.network->asked ==
        std::vector<std::string>{"login one@example.org", "logoff", "login three@example.org"});
  CHECK(f.daemon.status == "online as three@example.org");
}

TEST_CASE("a logoff ends at once the login in progress and a pending one") {
  Fixture f;
  FakeClient one = f.daemon.client(), two = f.daemon.client(), three = f.daemon.client();
  f.daemon.network->command("silent");
  one.say("LOGIN one@example.org x\n");
  f.loop.run();
  two.say("LOGIN two@example.org x\n");
  three.say("LOGOFF\n");
  // At once, without a turn of the loop.
  CHECK(f.daemon.network->asked == std::vector<std::string>{"login one@example.org", "logoff"});
  f.loop.run();
  CHECK(one.listen() == "ERR SOCK interrupted by another LOGIN\n");
  CHECK(two.heard == "ERR SOCK interrupted by a LOGOFF\n");
  CHECK(three.heard == "OK\n");
  CHECK(f.daemon.network->asked.size() == 2);
  CHECK(f.daemon.status == "offline");
  // The network's later answer is ignored.
  CHECK(one.ask("LOGIN one@example.org x\n") == "OK\n");
}

TEST_CASE("a repeated LOGIN during a reconnect attempt interrupts nothing") {
  Fixture f;
  FakeClient one = f.daemon.client(), two = f.daemon.client(), three = f.daemon.client();
  REQUIRE(one.ask("LOGIN me@example.org x\n") == "OK\n");
  const auto lose = [&] {
    f.daemon.network->command("reconnecting");
    f.daemon.network->command("silent");
    f.loop.run();
    f.daemon.network->asked.clear();
    two.say("LOGIN me@example.org x\n");
    f.loop.run();
    three.say("LOGIN me@example.org x\n");
    f.loop.run();
    CHECK(f.daemon.network->asked == std::vector<std::string>{"login me@example.org"});
  };
  lose();
  f.daemon.network->command("speak");
  f.loop.run();
  CHECK(two.listen() == "OK\n");
  CHECK(three.listen() == "OK\n");
  CHECK(f.daemon.network->asked.size() == 1);
  // Another password is checked by the network.
  f.daemon.network->command("reconnecting");
  f.daemon.network->command("silent");
  f.loop.run();
  f.daemon.network->asked.clear();
  two.say("LOGIN me@example.org x\n");
  f.loop.run();
  three.say("LOGIN me@example.org y\n");
  f.loop.run();
  f.daemon.network->command("speak");
  f.loop.run();
  CHECK(two.listen() == "OK\n");
  CHECK(three.listen() == "OK\n");
  CHECK(f.daemon.network->asked ==
        std::vector<std::string>{"login me@example.org", "logoff", "login me@example.org"});
  // The first one fails with a network error, so the second one makes its own attempt.
  f.daemon.network->command("unreachable no route");
  lose();
  f.daemon.network->command("speak");
  f.loop.run();
  CHECK(two.listen() == "ERR SOCK no route\n");
  CHECK(three.listen() == "OK\n");
  CHECK(f.daemon.network->asked ==
        std::vector<std::string>{"login me@example.org", "login me@example.org"});
}

TEST_CASE("a login that has already failed reports its own error when a client logs off") {
  Fixture f;
  FakeClient one = f.daemon.client(), two = f.daemon.client();
  f.daemon.network->command("refuse 911 Authentication failed");
  one.say("LOGIN me@example.org x\n");
  f.loop.turn();  // the network is offline again; its answer is pending
  two.say("LOGOFF\n");
  f.loop.run();
  CHECK(one.heard == "ERR MSN 911 Authentication failed\n");
  CHECK(two.heard == "OK\n");
  CHECK(f.daemon.network->asked == std::vector<std::string>{"login me@example.org"});
}

TEST_CASE("a login whose event log cannot be opened fails and leaves no session") {
  Fixture f;
  f.daemon.settings.log_directory = f.daemon.directory / "not there";
  f.daemon.restart();
  FakeClient client = f.daemon.client();
  const std::string answer = client.ask("LOGIN me@example.org x\n");
  CHECK(answer.starts_with("ERR SOCK "));
  CHECK(answer.find("event log ") != std::string::npos);
  CHECK(client.ask("POLL\n") == "ERR ENOTCONN\n");
  CHECK(f.daemon.network->asked == std::vector<std::string>{"login me@example.org", "logoff"});
  CHECK(f.daemon.status == "offline");
}

TEST_CASE("a failed login of another account keeps the queue of the first") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  f.daemon.network->say(model::Typing{"bob@example.org"});
  f.loop.run();
  f.daemon.network->command("refuse 911 Authentication failed");
  CHECK(client.ask("LOGIN you@example.org x\n") == "ERR MSN 911 Authentication failed\n");
  CHECK(client.ask("POLL\n") == "TYPING bob@example.org\nPOLLEND\n");
  CHECK_FALSE(
      std::filesystem::exists(f.daemon.directory / store::log_file_name("you@example.org")));
}

TEST_CASE("stop logs off and stores the arrived events and calls done") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  f.daemon.network->say(model::Typing{"bob@example.org"});
  bool done = false;
  f.daemon.daemon->stop([&] { done = true; });
  CHECK_FALSE(done);
  f.loop.run();
  CHECK(done);
  CHECK(f.daemon.network->asked.back() == "logoff");
  client.conversation.reset();
  f.daemon.restart();
  FakeClient again = f.daemon.client();
  CHECK(again.ask("LOGIN me@example.org x\nPOLL\n") == "OK\nTYPING bob@example.org\nPOLLEND\n");
}

TEST_CASE("stop ends a login in progress") {
  Fixture f;
  FakeClient client = f.daemon.client();
  f.daemon.network->command("silent");
  client.say("LOGIN me@example.org x\n");
  f.loop.run();
  bool done = false;
  f.daemon.daemon->stop([&] { done = true; });
  f.loop.run();
  CHECK(done);
  CHECK(client.heard == "ERR SOCK interrupted by a LOGOFF\n");
}

TEST_CASE("stop waits 1.5 s for a silent network and stores the arrived events") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  f.daemon.network->command("stall");
  bool done = false;
  f.daemon.daemon->stop([&] { done = true; });
  // The disk becomes writable only between the last retry and the end.
  f.daemon.fill_disk();
  f.daemon.network->say(model::Typing{"bob@example.org"});
  const auto wait = [&](Milliseconds time) {
    pass(
        f.loop, f.clock, [&] { f.daemon.daemon->on_time(); }, time);
    f.loop.run();
  };
  wait(Milliseconds(1499));
  f.daemon.free_disk();
  CHECK_FALSE(done);
  wait(Milliseconds(1));
  CHECK(done);
  CHECK(f.daemon.log.text.find("the network did not log off in time") != std::string::npos);
  client.conversation.reset();
  f.daemon.restart();
  FakeClient again = f.daemon.client();
  CHECK(again.ask("LOGIN me@example.org x\nPOLL\n") == "OK\nTYPING bob@example.org\nPOLLEND\n");
}

TEST_CASE("a poll that waits when the daemon exits is not answered ENOTCONN") {
  Fixture f;
  FakeClient client = f.daemon.client();
  FakeClient other = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  client.ask("POLL WAIT=60\n");
  bool done = false;
  f.daemon.daemon->stop([&] { done = true; });
  f.loop.run();
  CHECK(done);
  CHECK(client.heard.empty());
  CHECK(other.ask("POLL WAIT=60\n") == "ERR ENOTCONN\n");
}

TEST_CASE("stop without a session is done at once even from its own callback") {
  Fixture f;
  bool done = false;
  f.daemon.daemon->stop([&] {
    f.daemon.daemon.reset();
    done = true;
  });
  f.loop.run();
  CHECK(done);
}

TEST_CASE("a daemon can be destroyed while requests are in progress") {
  Fixture f;
  {
    FakeClient client = f.daemon.client();
    client.say("LOGIN me@example.org x\n");
    f.loop.run();
    f.daemon.network->say(model::Typing{"bob@example.org"});
    client.say("SENDMSG 1 bob@example.org WAIT=9\nx\n");
  }
  f.daemon.daemon.reset();
  f.loop.run();
  CHECK(f.loop.empty());
}

TEST_CASE("changed retention limits apply at once") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  daemon::Settings changed = f.daemon.settings;
  changed.retention.pending_events = 2;
  f.daemon.daemon->change(changed);
  for (const std::string who : {"a", "b", "c", "d"})
    f.daemon.network->say(model::AddedYou{who + "@example.org"});
  f.loop.run();
  CHECK(client.ask("POLL\n") ==
        "ERR QUEUE 2 events dropped\nUADD c@example.org\nUADD d@example.org\nPOLLEND\n");
}

TEST_CASE("the end of a session is reported after its last events") {
  Fixture f;
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  const auto tell_end = [&] {
    f.daemon.network->say(model::Closed{});
    f.daemon.network->become(network::State::offline);
  };
  SECTION("a poll between the end and its events") {
    f.daemon.network->end_untold();
    CHECK(client.ask("POLL\n") == "POLLEND\n");
    CHECK(client.ask("POLL WAIT=9\n").empty());
    tell_end();
  }
  SECTION("a poll before the events are committed") {
    tell_end();
    client.say("POLL\n");
    CHECK(client.listen() == "POLLEND\n");
    client.say("POLL WAIT=9\n");
  }
  SECTION("a poll while the log cannot be written") {
    f.daemon.fill_disk();
    tell_end();
    CHECK(client.ask("POLL WAIT=9\n").empty());
    f.daemon.free_disk();
    pass(
        f.loop, f.clock, [&] { f.daemon.daemon->on_time(); }, std::chrono::seconds(2));
  }
  SECTION("a poll while the session is logged off") {
    f.daemon.network->command("stall");
    client.say("LOGOFF\n");
    FakeClient other = f.daemon.client();
    CHECK(other.ask("POLL WAIT=9\n").empty());
    f.daemon.network->say(model::Closed{"bob@example.org", 1});
    f.daemon.network->command("go on");
    f.loop.run();
    CHECK(client.listen() == "OK\n");
    CHECK(other.listen().find(" SCLOSE USER bob@example.org 1\n") != std::string::npos);
    CHECK(other.ask("POLL WAIT=9\n") == "ERR ENOTCONN\n");
    return;
  }
  f.loop.run();
  CHECK(client.listen().find(" SCLOSE MAIN\n") != std::string::npos);
  CHECK(client.ask("POLL WAIT=9\n") == "ERR ENOTCONN\n");
}

TEST_CASE("the state is reported on every change") {
  Fixture f;
  CHECK(f.daemon.status == "offline");
  FakeClient client = f.daemon.client();
  client.ask("LOGIN me@example.org x\n");
  CHECK(f.daemon.status == "online as me@example.org");
  f.daemon.network->command("reconnecting");
  f.loop.run();
  CHECK(f.daemon.status == "connection lost, reconnecting as me@example.org");
  f.daemon.network->command("back");
  f.daemon.network->command("lost");
  f.loop.run();
  CHECK(f.daemon.status == "offline");
}

TEST_CASE("an address means that address whatever names contacts choose") {
  Fixture f;
  FakeClient client = f.daemon.client();
  f.daemon.network->command("person online mallory@x.org  realnick=bob@x.org");
  REQUIRE(client.ask("LOGIN me@x.org x\nSTATUS online\n") == "OK\nOK\n");
  const auto asked_last = [&](const std::string& request) {
    const std::string answer = client.ask(request);
    return answer == "OK\n" ? f.daemon.network->asked.back() : answer;
  };
  CHECK(asked_last("SENDMSG 1 bob@x.org\nfor bob only\n").starts_with("send bob@x.org"));
  CHECK(asked_last("SENDMSG 1 BOB%40x.org\nfor bob only\n").starts_with("send bob@x.org"));
  CHECK(asked_last("BLOCK bob@x.org\n") == "block bob@x.org");
  CHECK(asked_last("UNBLOCK bob@x.org\n") == "unblock bob@x.org");
  CHECK(asked_last("TYPE bob@x.org\n") == "typing bob@x.org");
  CHECK(client.ask("INFO bob@x.org\n") == "ERR UNK USER\n");
  CHECK(client.ask("DEL bob@x.org\n") == "ERR UNK USER\n");
  CHECK(client.ask("REN bob@x.org Bob\n") == "ERR UNK USER\n");
}

TEST_CASE("one account or password is changed at a time and a failure is logged") {
  Fixture f;
  FakeClient client = f.daemon.client();
  FakeClient other = f.daemon.client();
  REQUIRE(client.ask("LOGIN me@x.org x\n") == "OK\n");
  const std::string busy = "ERR EBUSY another REGISTER or PASSWD is in progress; try again later\n";
  f.daemon.network->command("stall");
  CHECK(client.ask("REGISTER new@x.org y\n").empty());
  CHECK(other.ask("REGISTER other@x.org y\n") == busy);
  CHECK(other.ask("PASSWD x y\n") == busy);
  f.daemon.network->command("go on");
  f.loop.run();
  CHECK(client.listen() == "OK\n");
  CHECK(other.ask("PASSWD x y\n") == "OK\n");
  CHECK(other.ask("PASSWD x y\n") == "ERR MSN 911 Authentication failed\n");
  f.daemon.network->accounts_fail = true;
  CHECK(other.ask("REGISTER other@x.org y\nPASSWD y z\n") ==
        "ERR SOCK no room\nERR SOCK no room\n");
  CHECK(f.daemon.log.text.find("creating the account other@x.org failed: no room") !=
        std::string::npos);
  CHECK(f.daemon.log.text.find("changing the password of me@x.org failed: no room") !=
        std::string::npos);
}

TEST_CASE("a given name comes before a chosen name - which must be unique") {
  Fixture f;
  FakeClient client = f.daemon.client();
  const auto who_is = [&](const std::string& name) {
    const std::string answer = client.ask("INFO " + name + "\n");
    return answer.substr(0, answer.find('\n'));
  };
  f.daemon.network->command("person online bob@x.org Bob realnick=Robert");
  f.daemon.network->command("person online mallory@x.org  realnick=Bob");
  f.daemon.network->command("person online carol@x.org  realnick=Caz");
  f.daemon.network->command("person online dan@x.org  realnick=Robert");
  REQUIRE(client.ask("LOGIN me@x.org x\n") == "OK\n");
  CHECK(who_is("Bob") == "email = bob@x.org");
  CHECK(who_is("Caz") == "email = carol@x.org");
  CHECK(who_is("Robert") == "ERR UNK USER SEVERAL");  // two contacts chose this name
  f.daemon.network->command("person online erin@x.org  realnick=a%20@%20home");
  CHECK(who_is("a%20%40%20home") == "ERR UNK USER");
  CHECK(who_is("czA") == "ERR UNK USER NEAR=Caz");
}

}  // namespace msn::test

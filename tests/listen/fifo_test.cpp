// SPDX-License-Identifier: MIT
#include "tests/listen/stage.hpp"

#include <sys/stat.h>

using namespace msn;
using namespace msn::test;

namespace {

struct FifoStage : ServerStage {
  FifoStage() : directory(place / "pipes") { REQUIRE(server->open(fifo_address(directory))); }
  Peer peer() {
    return Peer(*this, UniqueFd(::open((directory + "/out").c_str(), O_RDONLY | O_NONBLOCK)),
                UniqueFd(::open((directory + "/in").c_str(), O_WRONLY | O_NONBLOCK)));
  }
  // The first steps of a client (protocol 2.2a).
  Peer newcomer(const std::string& token) {
    Peer fresh = peer();
    fresh.say("\nHELLO SYNC=" + token + '\n');
    fresh.hear("SYNC=" + token + '\n');
    return fresh;
  }
  std::string directory;
};

mode_t mode_of(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 ? found.st_mode : 0;
}

}  // namespace

TEST_CASE("a pair of named pipes carries requests and answers") {
  FifoStage stage;
  auto peer = stage.peer();
  CHECK(peer.ask("HELLO\nPOLL\n", "ERR ENOTCONN\n") == hello + "ERR ENOTCONN\n");
  CHECK((mode_of(stage.directory) & 07777) == 0700);
  for (const auto* name : {"/in", "/out"}) {
    CHECK(S_ISFIFO(mode_of(stage.directory + name)));
    CHECK((mode_of(stage.directory + name) & 07777) == 0600);
  }
}

TEST_CASE("neither side of the named pipes sees an end of file when a client exits") {
  FifoStage stage;
  {
    auto first = stage.peer();
    CHECK(first.ask("HELLO\n") == hello);
  }
  auto second = stage.peer();
  stage.settle();
  second.listen();
  CHECK(!second.ended);
  CHECK(second.ask("HELLO\n") == hello);
}

TEST_CASE("a new client of the named pipes is not affected by the previous one") {
  FifoStage stage;
  {
    auto dead = stage.peer();
    SECTION("an incomplete line") {
      dead.say("HEL");
    }
    SECTION("an incomplete text") {
      dead.say("SENDMSG 3 bob@example.org\nhalf a te");
    }
    SECTION("unread answers") {
      dead.say("HELLO\nPOLL\nFOO\n");
    }
    SECTION("garbage") {
      dead.say(std::string(20'000, '\x01'));
    }
    SECTION("a waiting request") {
      stage.log_in();
      dead.say("POLL WAIT=3600\nHELLO\n");
    }
    SECTION("a hold") {
      stage.log_in();
      stage.queue_up(1);
      CHECK(dead.ask("POLL HOLD\n").starts_with("EV "));
    }
    stage.settle();
  }
  auto fresh = stage.newcomer("7f3a");
  CHECK(fresh.ask("HELLO SYNC=b\n") == hello.substr(0, hello.size() - 1) + " SYNC=b\n");
}

TEST_CASE("a new client of the named pipes ends the hold of the previous one") {
  FifoStage stage;
  stage.log_in();
  stage.queue_up(1);
  {
    auto dead = stage.peer();
    CHECK(dead.ask("POLL HOLD\n", "POLLEND").starts_with("EV "));
    stage.settle();
  }
  auto fresh = stage.newcomer("1");
  CHECK(fresh.ask("POLL\n").starts_with("MSG "));
}

TEST_CASE("a flood on named pipes without a reader is throttled and ends after 30 s") {
  FifoStage stage;
  stage.log_in();
  stage.queue_up(2'000'000);
  const long before = resident();
  {
    auto bad = stage.peer();
    std::size_t sent = 0;
    std::string requests;
    while (requests.size() < 4'000) requests += "POLL PEEK\n";
    for (int quiet = 0; quiet < 5 && sent < 5'000'000;) {
      const auto more = bad.push(requests);
      sent += more;
      stage.settle();
      quiet = more == 0 ? quiet + 1 : 0;
    }
    CHECK(sent < 1'000'000);
  }
  CHECK(resident() - before < 100'000);
  stage.pass(std::chrono::seconds(31));
  auto fresh = stage.newcomer("abc");
  CHECK(fresh.ask("FOO\n") == "ERR UNK\n");
}

TEST_CASE("a new client does not get the answers of a dead one") {
  FifoStage stage;
  stage.log_in();
  stage.queue_up(2'000'000);
  {
    auto dead = stage.peer();
    std::string many;
    while (many.size() < 50'000) many += "POLL PEEK\n";  // 10 GB of answers
    dead.push(many);
    stage.settle();
  }
  auto fresh = stage.peer();
  fresh.say("\nHELLO SYNC=abc\n");
  CHECK(fresh.hear("\n" + hello.substr(0, hello.size() - 1) + " SYNC=abc\n").size() < 10'000'000);
  CHECK(fresh.ask("FOO\n") == "ERR UNK\n");
}

TEST_CASE("requests after a wait of a dead client do not block the next client") {
  FifoStage stage;
  stage.log_in();
  std::size_t piled_up = 0;
  SECTION("at once when they are few") {
    piled_up = 50'000;
  }
  SECTION("for 30 s when they fill all buffers") {
    piled_up = 300'000;
  }
  {
    auto dead = stage.peer();
    dead.say("POLL WAIT=3600\n");
    for (std::size_t sent = 0; sent < piled_up; sent += 6'000) {
      std::string some;
      while (some.size() < 6'000) some += "HELLO\n";
      dead.push(some);
      stage.settle();
    }
  }
  if (piled_up > 200'000) stage.pass(std::chrono::seconds(31));
  auto fresh = stage.newcomer("next");
  CHECK(fresh.ask("FOO\n") == "ERR UNK\n");
}

TEST_CASE("named pipes are refused if another file exists or others can write") {
  ServerStage stage;
  const auto directory = stage.place / "pipes";
  REQUIRE(::mkdir(directory.c_str(), 0700) == 0);
  SECTION("a file") {
    std::ofstream(directory + "/in") << "precious";
    const auto refused = stage.server->open(fifo_address(directory));
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::no_access);
    stage.server.reset();
    CHECK(S_ISREG(mode_of(directory + "/in")));
  }
  SECTION("a directory open to others") {
    REQUIRE(::chmod(directory.c_str(), 0777) == 0);
    CHECK(!stage.server->open(fifo_address(directory)));
  }
  SECTION("another daemon") {
    REQUIRE(stage.server->open(fifo_address(directory)));
    ServerStage other;
    const auto refused = other.server->open(fifo_address(directory));
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::busy);
    auto peer = Peer(stage, UniqueFd(::open((directory + "/out").c_str(), O_RDONLY | O_NONBLOCK)),
                     UniqueFd(::open((directory + "/in").c_str(), O_WRONLY | O_NONBLOCK)));
    CHECK(peer.ask("HELLO\n") == hello);
  }
}

TEST_CASE("existing named pipes are reused and removed when the daemon exits") {
  ServerStage stage;
  const auto directory = stage.place / "pipes";
  REQUIRE(::mkdir(directory.c_str(), 0700) == 0);
  REQUIRE(::mkfifo((directory + "/in").c_str(), 0666) == 0);
  REQUIRE(::mkfifo((directory + "/out").c_str(), 0666) == 0);
  REQUIRE(stage.server->open(fifo_address(directory)));
  CHECK((mode_of(directory + "/in") & 07777) == 0600);
  stage.server.reset();
  CHECK(mode_of(directory + "/in") == 0);
  CHECK(mode_of(directory + "/out") == 0);
}

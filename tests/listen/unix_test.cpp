// SPDX-License-Identifier: MIT
#include "core/base/paths.hpp"
#include "tests/listen/stage.hpp"

#include <atomic>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace msn;
using namespace msn::test;

namespace {

struct UnixStage : ServerStage {
  explicit UnixStage(Limits limits = {},
                     daemon::listen::Hub::Allowed allowed = daemon::listen::is_root_or_own_user)
      : ServerStage(limits, std::move(allowed)), path(place / "s.sock") {
    REQUIRE(server->open(unix_address(path)));
  }
  Peer peer() { return Peer::connect(*this, path); }
  std::string path;
};

mode_t mode_of(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 ? found.st_mode : 0;
}

UniqueFd bound_socket(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

}  // namespace

TEST_CASE("requests on a unix socket are answered in order") {
  UnixStage stage;
  auto peer = stage.peer();
  CHECK(peer.ask("HELLO\n") == hello);
  CHECK(peer.ask("HELLO\nPOLL\nFOO\nHELLO SYNC=x1\n", "SYNC=x1\n") ==
        hello + "ERR ENOTCONN\nERR UNK\n" + hello.substr(0, hello.size() - 1) + " SYNC=x1\n");
}

TEST_CASE("a request may arrive byte by byte or be longer than one read") {
  UnixStage stage;
  auto peer = stage.peer();
  for (const char byte : std::string("HELLO\r\n")) {
    peer.say({&byte, 1});
    stage.settle();
  }
  CHECK(peer.hear("\n") == hello);
  std::string many;
  std::string answers;
  for (int i = 0; i < 40'000; ++i) {
    many += "FOO\n";
    answers += "ERR UNK\n";
  }
  peer.say(many);
  CHECK(peer.ask("HELLO\n", hello) == answers + hello);
}

TEST_CASE("the socket is 0600 in a directory 0700 whatever the umask") {
  for (const mode_t mask : {0000u, 0022u, 0077u, 0777u}) {
    ServerStage stage;
    const auto directory = stage.place / "made/here";
    // With the last umask not even a directory can be created.
    if (mask == 0777) REQUIRE(make_private_directory(directory));
    const auto path = directory + "/s.sock";
    const mode_t old = ::umask(mask);
    const auto good = stage.server->open(unix_address(path));
    ::umask(old);
    REQUIRE(good);
    CHECK((mode_of(path) & 07777) == 0600);
    CHECK(S_ISSOCK(mode_of(path)));
    CHECK((mode_of(directory) & 07777) == 0700);
    auto peer = Peer::connect(stage, path);
    CHECK(peer.ask("HELLO\n") == hello);
  }
}

TEST_CASE("a socket is not created where others could replace it") {
  ServerStage stage;
  const auto open_to_all = stage.place / "tmp";
  REQUIRE(::mkdir(open_to_all.c_str(), 0700) == 0);
  REQUIRE(::chmod(open_to_all.c_str(), 01777) == 0);
  const auto refused = stage.server->open(unix_address(open_to_all + "/s.sock"));
  REQUIRE(!refused);
  CHECK(refused.error().code == ErrorCode::no_access);
  CHECK(refused.error().message.find(open_to_all) != std::string::npos);
  CHECK(mode_of(open_to_all + "/s.sock") == 0);
}

TEST_CASE("a stale socket is replaced but a live one and other files are not") {
  ServerStage stage;
  const auto path = stage.place / "s.sock";
  SECTION("stale") {
    bound_socket(path);
    REQUIRE(S_ISSOCK(mode_of(path)));
    REQUIRE(stage.server->open(unix_address(path)));
    auto peer = Peer::connect(stage, path);
    CHECK(peer.ask("HELLO\n") == hello);
  }
  SECTION("live") {
    const auto other = bound_socket(path);
    REQUIRE(::listen(other.get(), 1) == 0);
    const auto refused = stage.server->open(unix_address(path));
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::busy);
    CHECK(refused.error().message ==
          "cannot listen on unix:" + path + ": another program already listens there");
    CHECK(S_ISSOCK(mode_of(path)));
  }
  SECTION("a file") {
    std::ofstream(path) << "precious";
    const auto refused = stage.server->open(unix_address(path));
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::no_access);
    stage.server.reset();
    CHECK(S_ISREG(mode_of(path)));
  }
}

TEST_CASE("the socket is removed at the end unless it was replaced") {
  UnixStage stage;
  SECTION("unchanged") {
    stage.server.reset();
    CHECK(mode_of(stage.path) == 0);
  }
  SECTION("replaced") {
    REQUIRE(::unlink(stage.path.c_str()) == 0);
    const auto other = bound_socket(stage.path);
    stage.server.reset();
    CHECK(S_ISSOCK(mode_of(stage.path)));
  }
}

TEST_CASE("a socket passed by systemd is served and never removed") {
  ServerStage stage;
  const auto path = stage.place / "passed.sock";
  auto fd = bound_socket(path);
  REQUIRE(::listen(fd.get(), 5) == 0);
  REQUIRE(stage.server->adopt(std::move(fd)));
  auto peer = Peer::connect(stage, path);
  CHECK(peer.ask("HELLO\n") == hello);
  stage.server.reset();
  CHECK(S_ISSOCK(mode_of(path)));
}

TEST_CASE("a socket passed by systemd must be a listening stream socket") {
  ServerStage stage;
  CHECK(!stage.server->adopt(bound_socket(stage.place / "deaf.sock")));
  CHECK(!stage.server->adopt(UniqueFd(::socket(AF_UNIX, SOCK_DGRAM, 0))));
  CHECK(!stage.server->adopt(UniqueFd(::open("/dev/null", O_RDONLY))));
}

TEST_CASE("a peer of another uid gets ERR EPERM and nothing else") {
  uid_t asked = 4711;
  UnixStage stage({}, [&](uid_t uid) {
    asked = uid;
    return false;
  });
  auto peer = stage.peer();
  peer.push("HELLO\n");
  CHECK(peer.hear_end() == "ERR EPERM\n");
  CHECK(asked == ::geteuid());
  CHECK(stage.server->clients() == 0);
  CHECK(daemon::listen::is_root_or_own_user(0));
  CHECK(daemon::listen::is_root_or_own_user(::geteuid()));
  CHECK(!daemon::listen::is_root_or_own_user(::geteuid() + 1));
}

TEST_CASE("a client over the limit gets ERR EBUSY and is served when another has disconnected") {
  Limits limits;
  limits.clients = 3;
  UnixStage stage(limits);
  std::vector<Peer> peers;
  for (int i = 0; i < 3; ++i) {
    peers.push_back(stage.peer());
    CHECK(peers.back().ask("HELLO\n") == hello);
  }
  auto fourth = stage.peer();
  CHECK(fourth.hear_end() == "ERR EBUSY\n");
  CHECK(peers[2].ask("HELLO\n") == hello);
  peers[1].vanish();
  stage.until([&] { return stage.server->clients() == 2; });
  auto fifth = stage.peer();
  CHECK(fifth.ask("HELLO\n") == hello);
}

TEST_CASE("without descriptors clients get ERR EBUSY and the loop does not spin") {
  UnixStage stage;
  auto first = stage.peer();
  CHECK(first.ask("HELLO\n") == hello);
  auto second = stage.peer();  // in the listen queue
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit none{static_cast<rlim_t>(second.fd()) + 1, limit.rlim_max};
  // No checks until this is undone, because the sanitizers need descriptors.
  const bool lowered = ::setrlimit(RLIMIT_NOFILE, &none) == 0;
  const auto heard = second.hear_end();
  int turns = 0;
  while (stage.turn(std::chrono::milliseconds(1)) && turns < 1000) ++turns;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  REQUIRE(lowered);
  CHECK(heard == "ERR EBUSY\n");
  CHECK(turns < 10);
  CHECK(first.ask("HELLO\n") == hello);
  auto third = stage.peer();
  CHECK(third.ask("HELLO\n") == hello);
}

TEST_CASE("garbage and disconnects affect no other client") {
  UnixStage stage;
  auto good = stage.peer();
  std::string garbage;
  for (unsigned i = 0; i < 100'000; ++i) garbage += static_cast<char>((i * 2654435761u) >> 24);
  auto bad = stage.peer();
  SECTION("garbage and a disconnect") {
    bad.say(garbage);
    bad.vanish();
  }
  SECTION("NUL") {
    CHECK(bad.ask(std::string_view("PO\0LL\nHELLO\n", 12), hello).starts_with("ERR EINVAL"));
  }
  SECTION("overlong lines") {
    bad.say(std::string(100'000, 'x') + '\n');
    CHECK(bad.ask("HELLO\n", hello).starts_with("ERR EINVAL"));
  }
  SECTION("an incomplete line and a disconnect") {
    bad.say("HEL");
    bad.vanish();
  }
  SECTION("an incomplete text and a disconnect") {
    bad.say("SENDMSG 3 bob@example.org\none\ntwo");
    bad.vanish();
  }
  SECTION("a disconnect without reading") {
    for (int i = 0; i < 1000; ++i) bad.push("HELLO\n");
    bad.vanish();
  }
  CHECK(good.ask("HELLO\n") == hello);
  stage.settle();
  CHECK(good.ask("HELLO\n") == hello);
  CHECK(stage.server->clients() ==
        (bad.heard.empty() && bad.fd() >= 0 ? stage.server->clients() : 1));
}

TEST_CASE("a client that has closed its sending side still gets its answers") {
  UnixStage stage;
  SECTION("at once") {
    auto peer = stage.peer();
    peer.say("HELLO\nFOO\nHEL");
    peer.shut();
    CHECK(peer.hear_end() == hello + "ERR UNK\n");
  }
  SECTION("later") {
    REQUIRE(stage.fake.network->command("stall"));
    auto peer = stage.peer();
    peer.say("LOGIN me@example.org pw\n");
    peer.shut();
    stage.settle();
    CHECK(stage.server->clients() == 1);
    REQUIRE(stage.fake.network->command("go on"));
    CHECK(peer.hear_end() == "OK\n");
  }
  SECTION("with a hold that ends with the connection") {
    stage.log_in();
    stage.queue_up(1);
    auto peer = stage.peer();
    peer.say("POLL HOLD\n");
    peer.shut();
    CHECK(peer.hear_end().starts_with("EV "));
    auto other = stage.peer();
    CHECK(other.ask("POLL\n").starts_with("MSG "));
  }
  stage.until([&] { return stage.server->clients() <= 1; });
}

TEST_CASE("a wait ends when its client disconnects") {
  UnixStage stage;
  stage.log_in();
  auto peer = stage.peer();
  peer.say("POLL WAIT=60 HOLD\n");
  SECTION("with its sending side open") {}
  SECTION("with its sending side closed") {
    peer.shut();
    stage.settle();
    CHECK(stage.server->clients() == 1);
  }
  SECTION("with so many further requests that reading stopped") {
    std::string many;
    while (many.size() < 400'000) many += "POLL WAIT=60 HOLD\n";
    std::size_t sent = 0;
    for (std::size_t more = 1; more > 0; sent += more) {
      stage.settle();
      more = peer.push(std::string_view(many).substr(sent));
      if (sent + more >= many.size()) break;
    }
  }
  stage.settle();
  peer.vanish();
  stage.until([&] { return stage.server->clients() == 0; });
  stage.queue_up(1);
  auto other = stage.peer();
  CHECK(other.ask("POLL\n").starts_with("MSG "));
}

TEST_CASE("a client that sends requests continuously does not delay others") {
  UnixStage stage;
  auto busy = stage.peer();
  CHECK(busy.ask("HELLO\n") == hello);
  auto other = stage.peer();
  CHECK(other.ask("HELLO\n") == hello);
  const auto once_more = [&] {
    busy.push("HELLO\n");
    stage.turn();
    busy.listen();
  };
  for (int i = 0; i < 5; ++i) once_more();  // until it is the single busy client
  other.push("HELLO\n");
  int asked = 0;
  for (; !other.listen() && asked < 1000; ++asked) once_more();
  CHECK(asked < 20);
  CHECK(other.heard == hello);
}

TEST_CASE("a request that is sent right after an answer is read is served") {
  UnixStage stage;
  auto peer = stage.peer();
  ::fcntl(peer.fd(), F_SETFL, ::fcntl(peer.fd(), F_GETFL) & ~O_NONBLOCK);
  constexpr int requests = 3000;
  std::atomic<int> answered = 0;
  std::atomic<bool> ended = false;
  std::thread client([&, fd = peer.fd()] {
    char bytes[4096];
    const timeval patience{5, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    for (; answered < requests; ++answered) {
      if (::write(fd, "HELLO\n", 6) != 6) break;
      const auto count = ::read(fd, bytes, sizeof bytes);
      if (count <= 0 || std::string_view(bytes, static_cast<std::size_t>(count)) != hello) break;
    }
    ended = true;
  });
  stage.until([&] { return ended.load(); });
  client.join();
  CHECK(answered == requests);
}

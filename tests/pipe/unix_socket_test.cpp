// SPDX-License-Identifier: MIT
#include "core/pipe/unix_socket.hpp"

#include "core/base/unique_fd.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;
using msn::ErrorCode;
using msn::UniqueFd;
using msn::pipe::Address;
using msn::pipe::open;
using msn::pipe::Patience;

namespace {

constexpr Patience long_enough = 60s;
constexpr Patience tiny = 5ms;

// The daemon's end of the socket. The kernel buffers what is sent, so no thread is needed.
struct Peer {
  explicit Peer(const std::string& path, int backlog = 8)
      : listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
    REQUIRE(::listen(listener.get(), backlog) == 0);
  }
  void accept() { client.reset(::accept(listener.get(), nullptr, nullptr)); }
  void say(std::string_view bytes) const {
    REQUIRE(::write(client.get(), bytes.data(), bytes.size()) ==
            static_cast<ssize_t>(bytes.size()));
  }
  std::string hear() const {
    char buffer[65536];
    const auto got = ::read(client.get(), buffer, sizeof buffer);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
  }
  UniqueFd listener, client;
};

Address at(const std::string& path) {
  return {Address::Kind::unix_socket, path, "", 0};
}

}  // namespace

TEST_CASE("a missing socket is no_daemon with the address") {
  const msn::test::TempDir dir;
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE_FALSE(pipe);
  CHECK(pipe.error().code == ErrorCode::no_daemon);
  CHECK(pipe.error().message == "no msncd at unix:" + dir / "m.sock");
}

TEST_CASE("a missing directory or a file in its place is no_daemon") {
  const msn::test::TempDir dir;
  std::ofstream(dir / "file").put('x');
  CHECK(open(at(dir / "none/m.sock"), long_enough).error().code == ErrorCode::no_daemon);
  CHECK(open(at(dir / "file/m.sock"), long_enough).error().code == ErrorCode::no_daemon);
}

TEST_CASE("a socket without a listener is no_daemon") {
  const msn::test::TempDir dir;
  { const Peer peer(dir / "m.sock"); }
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE_FALSE(pipe);
  CHECK(pipe.error().code == ErrorCode::no_daemon);
  CHECK(pipe.error().message == "no msncd listens at unix:" + dir / "m.sock");
}

TEST_CASE("a file that is not a socket is no_daemon") {
  const msn::test::TempDir dir;
  std::ofstream(dir / "m.sock").put('x');
  CHECK(open(at(dir / "m.sock"), long_enough).error().code == ErrorCode::no_daemon);
}

TEST_CASE("a socket without permission is no_access") {
  const msn::test::TempDir dir;
  const Peer peer(dir / "m.sock");
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // Root may use every socket, so become another user. For other users the mode is enough.
    if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    if (::getuid() != 65534) (void)::chmod(dir.path().c_str(), 0);
    const auto pipe = open(at(dir / "m.sock"), long_enough);
    ::_exit(!pipe && pipe.error().code == ErrorCode::no_access &&
                    pipe.error().message ==
                        "no permission to use unix:" + dir / "m.sock" + ": Permission denied"
                ? 0
                : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("a full backlog is a timeout") {
  const msn::test::TempDir dir;
  const Peer peer(dir / "m.sock", 0);
  std::vector<std::unique_ptr<msn::pipe::Pipe>> waiting;
  for (;;) {
    auto pipe = open(at(dir / "m.sock"), tiny);
    if (pipe) {
      waiting.push_back(std::move(*pipe));
      continue;
    }
    CHECK(pipe.error().code == ErrorCode::daemon_timeout);
    CHECK(pipe.error().message ==
          "unix:" + dir / "m.sock" + ": the daemon did not accept the connection within 0.005 s");
    break;
  }
  CHECK_FALSE(waiting.empty());
}

TEST_CASE("bytes are sent and received unchanged") {
  const msn::test::TempDir dir;
  Peer peer(dir / "m.sock");
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE(pipe);
  peer.accept();
  CHECK_FALSE((*pipe)->datagrams());
  CHECK((*pipe)->greeting().empty());
  REQUIRE((*pipe)->send("SENDMSG 2 bob@example.org\nfirst\nsecond\n", long_enough));
  CHECK(peer.hear() == "SENDMSG 2 bob@example.org\nfirst\nsecond\n");
  for (const char* piece : {"O", "K", "\n", "OK\nERR "}) {
    peer.say(piece);
    const auto bytes = (*pipe)->receive(long_enough);
    REQUIRE(bytes);
    CHECK(*bytes == piece);
  }
}

TEST_CASE("a unit larger than the kernel's buffers arrives completely") {
  const msn::test::TempDir dir;
  Peer peer(dir / "m.sock");
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE(pipe);
  peer.accept();
  std::string unit;
  for (int i = 0; unit.size() < 2'000'000; ++i) unit += std::to_string(i) + '\n';
  std::string heard;
  std::thread reader([&] {
    while (heard.size() < unit.size()) heard += peer.hear();
  });
  const auto sent = (*pipe)->send(unit, long_enough);
  reader.join();
  CHECK(sent);
  CHECK(heard == unit);
}

TEST_CASE("a daemon that reads nothing is a timeout") {
  const msn::test::TempDir dir;
  Peer peer(dir / "m.sock");
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE(pipe);
  const auto sent = (*pipe)->send(std::string(4'000'000, 'x'), tiny);
  REQUIRE_FALSE(sent);
  CHECK(sent.error().code == ErrorCode::daemon_timeout);
}

TEST_CASE("silence is a timeout, and the message has its length") {
  const msn::test::TempDir dir;
  Peer peer(dir / "m.sock");
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE(pipe);
  const auto bytes = (*pipe)->receive(tiny);
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().code == ErrorCode::daemon_timeout);
  CHECK(bytes.error().message == "unix:" + dir / "m.sock" + ": no answer within 0.005 s");
}

TEST_CASE("a signal does not end the wait") {
  const msn::test::TempDir dir;
  Peer peer(dir / "m.sock");
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE(pipe);
  peer.accept();
  struct sigaction act {
  }, before{};
  act.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &act, &before);
  const auto self = ::pthread_self();
  std::thread disturber([&] {
    for (int i = 0; i < 20; ++i) ::pthread_kill(self, SIGUSR1);
    peer.say("OK\n");
  });
  const auto bytes = (*pipe)->receive(long_enough);
  disturber.join();
  ::sigaction(SIGUSR1, &before, nullptr);
  REQUIRE(bytes);
  CHECK(*bytes == "OK\n");
}

TEST_CASE("a daemon that closes is the end of the stream after all bytes it sent") {
  const msn::test::TempDir dir;
  Peer peer(dir / "m.sock");
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE(pipe);
  peer.accept();
  peer.say("ERR EPERM\n");
  peer.client.reset();
  // The daemon closed before the request: no SIGPIPE, and its last bytes are received.
  CHECK((*pipe)->send("POLL\n", long_enough));
  CHECK((*pipe)->receive(long_enough) == "ERR EPERM\n");
  const auto end = (*pipe)->receive(long_enough);
  REQUIRE_FALSE(end);
  CHECK(end.error().code == ErrorCode::no_daemon);
  CHECK(end.error().message == "msncd at unix:" + dir / "m.sock" + " has disconnected");
}

TEST_CASE("a daemon that closes in the middle of a unit is the end of the stream") {
  const msn::test::TempDir dir;
  Peer peer(dir / "m.sock");
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE(pipe);
  peer.accept();
  std::thread reader([&] {
    CHECK_FALSE(peer.hear().empty());
    peer.client.reset();
  });
  CHECK((*pipe)->send(std::string(4'000'000, 'x'), long_enough));
  reader.join();
  // A part was sent, so the error is not no_daemon.
  CHECK((*pipe)->receive(long_enough) == "");
  CHECK((*pipe)->send("POLL\n", long_enough));
  REQUIRE((*pipe)->renew(long_enough));
}

TEST_CASE("a daemon that closes after the request is the end of the stream") {
  const msn::test::TempDir dir;
  Peer peer(dir / "m.sock");
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE(pipe);
  peer.accept();
  CHECK((*pipe)->send("POLL\n", long_enough));
  peer.say("STCH bob@exam");
  peer.client.reset();
  CHECK((*pipe)->receive(long_enough) == "STCH bob@exam");
  CHECK((*pipe)->receive(long_enough) == "");
}

TEST_CASE("renewing a stream reconnects, so a late answer is discarded") {
  const msn::test::TempDir dir;
  Peer peer(dir / "m.sock");
  const auto pipe = open(at(dir / "m.sock"), long_enough);
  REQUIRE(pipe);
  peer.accept();
  CHECK_FALSE((*pipe)->receive(tiny));
  REQUIRE((*pipe)->renew(long_enough));
  CHECK(peer.hear().empty());  // the old connection is closed
  peer.accept();
  peer.say("fresh\n");
  CHECK((*pipe)->receive(long_enough) == "fresh\n");
  peer.listener.reset();
  CHECK((*pipe)->renew(long_enough).error().code == ErrorCode::no_daemon);
}

TEST_CASE("stdio is not an address for a client") {
  const auto pipe = open({Address::Kind::stdio, "", "", 0}, long_enough);
  REQUIRE_FALSE(pipe);
  CHECK(pipe.error().code == ErrorCode::usage);
}

// SPDX-License-Identifier: MIT
#include "core/pipe/udp.hpp"

#include "core/base/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>
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

struct Peer {
  explicit Peer(bool six = false, std::uint16_t port = 0)
      : fd(::socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage name{};
    auto* in4 = reinterpret_cast<sockaddr_in*>(&name);
    auto* in6 = reinterpret_cast<sockaddr_in6*>(&name);
    in4->sin_port = htons(port);  // the same offset as in IPv6
    size = six ? sizeof *in6 : sizeof *in4;
    name.ss_family = six ? AF_INET6 : AF_INET;
    if (six) {
      in6->sin6_addr = in6addr_loopback;
    } else {
      in4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&name), size) != 0) {
      fd.reset();  // a machine without IPv6
      return;
    }
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&name), &size);
    address = {Address::Kind::udp, "", six ? "::1" : "127.0.0.1",
               ntohs(six ? in6->sin6_port : in4->sin_port)};
  }
  std::string hear() {
    std::string buffer(70000, '\0');
    size = sizeof from;
    const auto got = ::recvfrom(fd.get(), buffer.data(), buffer.size(), 0,
                                reinterpret_cast<sockaddr*>(&from), &size);
    buffer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return buffer;
  }
  void say(std::string_view datagram) { say(datagram, from); }
  void say(std::string_view datagram, const sockaddr_storage& to) const {
    REQUIRE(::sendto(fd.get(), datagram.data(), datagram.size(), 0,
                     reinterpret_cast<const sockaddr*>(&to),
                     size) == static_cast<ssize_t>(datagram.size()));
  }
  std::uint16_t port() const { return ntohs(reinterpret_cast<const sockaddr_in&>(from).sin_port); }

  UniqueFd fd;
  Address address;
  sockaddr_storage from{};
  socklen_t size = 0;
};

}  // namespace

TEST_CASE("one unit is one datagram, both ways") {
  for (const bool six : {false, true}) {
    Peer peer(six);
    if (!peer.fd) continue;
    const auto pipe = open(peer.address, long_enough);
    REQUIRE(pipe);
    CHECK((*pipe)->datagrams());
    REQUIRE((*pipe)->send("SENDMSG 1 bob@example.org\nhello there\n", long_enough));
    CHECK(peer.hear() == "SENDMSG 1 bob@example.org\nhello there\n");
    peer.say("CL 2\n");
    peer.say("online bob@example.org Bob\n");
    peer.say("");
    peer.say("offline dave@example.org 100%");
    CHECK((*pipe)->receive(long_enough) == "CL 2\n");
    CHECK((*pipe)->receive(long_enough) == "online bob@example.org Bob\n");
    // An empty datagram is ignored.
    CHECK((*pipe)->receive(long_enough) == "offline dave@example.org 100%");
  }
}

TEST_CASE("a unit may be as large as the largest datagram") {
  Peer peer;
  const auto pipe = open(peer.address, long_enough);
  REQUIRE(pipe);
  const std::string largest(65507, 'x');
  REQUIRE((*pipe)->send(largest, long_enough));
  CHECK(peer.hear() == largest);
  peer.say(largest);
  CHECK((*pipe)->receive(long_enough) == largest);
  const auto sent = (*pipe)->send(largest + 'x', long_enough);
  REQUIRE_FALSE(sent);
  CHECK(sent.error().code == ErrorCode::too_long);
}

TEST_CASE("an unused port is no_daemon") {
  Address address;
  {
    const Peer peer;
    address = peer.address;
  }
  const auto pipe = open(address, long_enough);
  REQUIRE(pipe);  // connect() alone does not find out whether there is a daemon
  REQUIRE((*pipe)->send("HELLO\n", long_enough));
  const auto bytes = (*pipe)->receive(long_enough);
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().code == ErrorCode::no_daemon);
  CHECK(bytes.error().message == "no msncd listens at " + address.text());
}

TEST_CASE("after a timeout a new port is used and a late answer is discarded") {
  Peer peer;
  const auto pipe = open(peer.address, long_enough);
  REQUIRE(pipe);
  REQUIRE((*pipe)->send("POLL\n", long_enough));
  peer.hear();
  const auto first = peer.from;
  const auto first_port = peer.port();
  const auto bytes = (*pipe)->receive(tiny);
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().code == ErrorCode::daemon_timeout);
  CHECK(bytes.error().message == peer.address.text() + ": no answer within 0.005 s");
  CHECK((*pipe)->receive(tiny).error().code == ErrorCode::daemon_timeout);
  // Occupies the old port, so that the kernel cannot choose it again.
  Peer keeper(false, first_port);
  REQUIRE(keeper.fd);
  REQUIRE((*pipe)->send("HELLO\n", long_enough));
  CHECK(peer.hear() == "HELLO\n");
  CHECK(peer.port() != first_port);
  peer.say("POLLEND\n", first);
  peer.say("ERR UNK\n");
  CHECK((*pipe)->receive(long_enough) == "ERR UNK\n");
}

TEST_CASE("datagrams between two exchanges are discarded") {
  Peer peer;
  const auto pipe = open(peer.address, long_enough);
  REQUIRE(pipe);
  REQUIRE((*pipe)->send("STATUS online\n", long_enough));
  peer.hear();
  peer.say("OK\n");
  CHECK((*pipe)->receive(long_enough) == "OK\n");
  peer.say("OK\n");
  peer.say("OK\n");
  REQUIRE((*pipe)->send("POLL\n", long_enough));
  peer.hear();
  peer.say("POLLEND\n");
  CHECK((*pipe)->receive(long_enough) == "POLLEND\n");
}

TEST_CASE("datagrams from other senders are discarded") {
  Peer peer, stranger;
  const auto pipe = open(peer.address, long_enough);
  REQUIRE(pipe);
  REQUIRE((*pipe)->send("POLL\n", long_enough));
  peer.hear();
  stranger.size = peer.size;
  stranger.say("MSG 1 1 eve@example.org\nspoofed\n", peer.from);
  peer.say("POLLEND\n");
  CHECK((*pipe)->receive(long_enough) == "POLLEND\n");
}

TEST_CASE("a thousand events fit into the receive buffer if the system allows it") {
  long allowed = 0;
  std::ifstream("/proc/sys/net/core/rmem_max") >> allowed;
  if (::getuid() != 0 && allowed < 1024 * 1024) return;
  Peer peer;
  const auto pipe = open(peer.address, long_enough);
  REQUIRE(pipe);
  REQUIRE((*pipe)->send("POLL\n", long_enough));
  peer.hear();
  for (int i = 0; i < 1000; ++i)
    peer.say("STCH somebody" + std::to_string(i) + "@example.org online\n");
  peer.say("POLLEND\n");
  for (int i = 0; i < 1000; ++i)
    REQUIRE((*pipe)->receive(tiny) ==
            "STCH somebody" + std::to_string(i) + "@example.org online\n");
  CHECK((*pipe)->receive(tiny) == "POLLEND\n");
}

TEST_CASE("a host that is not numeric is refused") {
  const auto pipe = open({Address::Kind::udp, "", "localhost", 3030}, long_enough);
  REQUIRE_FALSE(pipe);
  CHECK(pipe.error().code == ErrorCode::usage);
}

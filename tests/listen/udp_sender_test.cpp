// SPDX-License-Identifier: MIT
#include "core/daemon/listen/udp_sender.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <unistd.h>

using namespace msn;
using namespace msn::daemon::listen;

namespace {

sockaddr_storage ip4(const char* host, std::uint16_t port = 0) {
  sockaddr_storage address{};
  auto& four = reinterpret_cast<sockaddr_in&>(address);
  four.sin_family = AF_INET;
  four.sin_port = htons(port);
  ::inet_pton(AF_INET, host, &four.sin_addr);
  return address;
}
sockaddr_storage ip6(const char* host) {
  sockaddr_storage address{};
  auto& six = reinterpret_cast<sockaddr_in6&>(address);
  six.sin6_family = AF_INET6;
  ::inet_pton(AF_INET6, host, &six.sin6_addr);
  return address;
}
socklen_t size_of(const sockaddr_storage& address) {
  return address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}
const sockaddr* raw(const sockaddr_storage& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}
std::uint16_t port_of(const UniqueFd& fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(
      reinterpret_cast<sockaddr_in&>(address).sin_port);  // at the same offset in sockaddr_in6
}
UniqueFd made(int family) {
  return UniqueFd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}
UniqueFd bound(const sockaddr_storage& address) {
  UniqueFd fd = made(address.ss_family);
  REQUIRE(::bind(fd.get(), raw(address), size_of(address)) == 0);
  return fd;
}

struct SenderFixture {
  UniqueFd listener = bound(ip4("127.0.0.1"));
  sockaddr_storage ours = ip4("127.0.0.1", port_of(listener));
  std::optional<UdpSenders> senders;
  SenderFixture() {
    auto opened = UdpSenders::open(ours);
    REQUIRE(opened);
    senders = std::move(*opened);
  }
};

}  // namespace

TEST_CASE_METHOD(SenderFixture, "the user of a datagram is found however its socket is bound") {
  UniqueFd fd;
  SECTION("connected") {
    fd = made(AF_INET);
    REQUIRE(::connect(fd.get(), raw(ours), size_of(ours)) == 0);
  }
  SECTION("to the address") {
    fd = bound(ip4("127.0.0.1"));
  }
  SECTION("to every address") {
    fd = bound(ip4("0.0.0.0"));
  }
  SECTION("to every address of both families") {
    fd = made(AF_INET6);
    if (!fd) return;  // no IPv6 on this machine
    const auto any = ip6("::");
    REQUIRE(::bind(fd.get(), raw(any), size_of(any)) == 0);
  }
  CHECK(senders->user(ip4("127.0.0.1", port_of(fd))) == ::geteuid());
}

TEST_CASE_METHOD(SenderFixture, "a closed socket or one connected elsewhere has no user") {
  UniqueFd fd = bound(ip4("127.0.0.1"));
  const auto from = ip4("127.0.0.1", port_of(fd));
  SECTION("closed") {
    fd.reset();
  }
  SECTION("connected elsewhere") {
    const UniqueFd other = bound(ip4("127.0.0.1"));
    const auto there = ip4("127.0.0.1", port_of(other));
    REQUIRE(::connect(fd.get(), raw(there), size_of(there)) == 0);
  }
  CHECK_FALSE(senders->user(from));
}

TEST_CASE_METHOD(SenderFixture, "a socket of another user is recognized") {
  if (::geteuid() != 0) {
    WARN("only root can make a socket of another user");
    return;
  }
  constexpr uid_t other = 65534;
  REQUIRE(::seteuid(other) == 0);
  const UniqueFd fd = bound(ip4("127.0.0.1"));
  REQUIRE(::seteuid(0) == 0);
  CHECK(senders->user(ip4("127.0.0.1", port_of(fd))) == other);
}

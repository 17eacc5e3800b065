// SPDX-License-Identifier: MIT
#include "core/pipe/address.hpp"

#include <catch2/catch.hpp>

using msn::ErrorCode;
using msn::pipe::Address;
using msn::pipe::parse_address;
using Kind = msn::pipe::Address::Kind;

namespace {

std::string reason(std::string_view text) {
  const auto address = parse_address(text);
  REQUIRE_FALSE(address);
  CHECK(address.error().code == ErrorCode::usage);
  return address.error().message;
}

}  // namespace

TEST_CASE("an address has a kind, and a bare path is a socket") {
  const struct {
    const char* text;
    Address address;
    const char* normal;
  } table[] = {
      {"unix:/run/m.sock", {Kind::unix_socket, "/run/m.sock", "", 0}, "unix:/run/m.sock"},
      {"/run/m.sock", {Kind::unix_socket, "/run/m.sock", "", 0}, "unix:/run/m.sock"},
      {"m.sock", {Kind::unix_socket, "m.sock", "", 0}, "unix:m.sock"},
      {"unix:m.sock", {Kind::unix_socket, "m.sock", "", 0}, "unix:m.sock"},
      {"unix:udp:1", {Kind::unix_socket, "udp:1", "", 0}, "unix:udp:1"},
      {"./udp:1", {Kind::unix_socket, "./udp:1", "", 0}, "unix:./udp:1"},
      {"/tmp/a:b", {Kind::unix_socket, "/tmp/a:b", "", 0}, "unix:/tmp/a:b"},
      {"unix:/with space", {Kind::unix_socket, "/with space", "", 0}, "unix:/with space"},
      {"fifo:/run/pipes", {Kind::fifo, "/run/pipes", "", 0}, "fifo:/run/pipes"},
      {"fifo:pipes", {Kind::fifo, "pipes", "", 0}, "fifo:pipes"},
      {"udp:127.0.0.1:3030", {Kind::udp, "", "127.0.0.1", 3030}, "udp:127.0.0.1:3030"},
      {"udp:127.8.9.10:1", {Kind::udp, "", "127.8.9.10", 1}, "udp:127.8.9.10:1"},
      {"udp:localhost:65535", {Kind::udp, "", "127.0.0.1", 65535}, "udp:127.0.0.1:65535"},
      {"udp:[::1]:3030", {Kind::udp, "", "::1", 3030}, "udp:[::1]:3030"},
      {"udp:::1:3030", {Kind::udp, "", "::1", 3030}, "udp:[::1]:3030"},
      {"udp:[0:0:0:0:0:0:0:1]:3030", {Kind::udp, "", "::1", 3030}, "udp:[::1]:3030"},
      {"stdio", {Kind::stdio, "", "", 0}, "stdio"},
  };
  for (const auto& row : table) {
    INFO(row.text);
    const auto address = parse_address(row.text);
    REQUIRE(address);
    CHECK(*address == row.address);
    CHECK(address->text() == row.normal);
    CHECK(parse_address(address->text()) == *address);
  }
}

TEST_CASE("a bad address is refused with the text and the reason") {
  const struct {
    const char* text;
    const char* reason;
  } table[] = {
      {"", "bad address '': it is empty"},
      {"unix:", "bad address 'unix:': the path is missing"},
      {"fifo:", "bad address 'fifo:': the path is missing"},
      {"tcp:127.0.0.1:3030",
       "bad address 'tcp:127.0.0.1:3030': write unix:PATH or a path, fifo:DIR, udp:HOST:PORT or "
       "stdio"},
      {"127.0.0.1:3030",
       "bad address '127.0.0.1:3030': write unix:PATH or a path, fifo:DIR, udp:HOST:PORT or stdio"},
      {":x", "bad address ':x': write unix:PATH or a path, fifo:DIR, udp:HOST:PORT or stdio"},
      {"udp:3030", "bad address 'udp:3030': write udp:HOST:PORT, as in udp:127.0.0.1:3030"},
      {"udp:", "bad address 'udp:': write udp:HOST:PORT, as in udp:127.0.0.1:3030"},
      {"udp:127.0.0.1:0",
       "bad address 'udp:127.0.0.1:0': the port must be a number from 1 to 65535"},
      {"udp:127.0.0.1:65536",
       "bad address 'udp:127.0.0.1:65536': the port must be a number from 1 to 65535"},
      {"udp:127.0.0.1:", "bad address 'udp:127.0.0.1:': the port must be a number from 1 to 65535"},
      {"udp:127.0.0.1:+1",
       "bad address 'udp:127.0.0.1:+1': the port must be a number from 1 to 65535"},
      {"udp:127.0.0.1:3030\n",
       "bad address 'udp:127.0.0.1:3030\\x0a': the port must be a number from 1 to 65535"},
  };
  for (const auto& row : table) CHECK(reason(row.text) == row.reason);
}

TEST_CASE("UDP accepts only numeric loopback addresses") {
  for (const char* host : {"0.0.0.0", "192.168.1.2", "128.0.0.1", "126.255.255.255", "127.0.0.256",
                           "127.1", "example.org", "", "[::]", "[::2]", "[127.0.0.1]", "[]", "[",
                           "fe80::1", "::ffff:127.0.0.1", " 127.0.0.1"}) {
    INFO(host);
    CHECK(reason("udp:" + std::string(host) + ":3030")
              .find("the host must be a numeric loopback address") != std::string::npos);
  }
}

TEST_CASE("a socket's path is limited by the kernel and has no NUL") {
  const std::string longest = '/' + std::string(106, 'x');
  CHECK(parse_address(longest)->path == longest);
  CHECK(reason(longest + 'x').find("can have at most 107 bytes, this one has 108") !=
        std::string::npos);
  CHECK(parse_address("fifo:" + longest + 'x'));
  CHECK(reason(std::string("unix:/a\0b", 9)) ==
        "bad address 'unix:/a\\x00b': a path cannot contain NUL");
  CHECK(reason(std::string("fifo:/a\0b", 9)) ==
        "bad address 'fifo:/a\\x00b': a path cannot contain NUL");
}

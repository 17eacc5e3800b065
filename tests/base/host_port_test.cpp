// SPDX-License-Identifier: MIT
#include "core/base/host_port.hpp"

#include <catch2/catch.hpp>

using namespace msn;

TEST_CASE("host and port are split at the last colon") {
  CHECK(parse_host_port("m1.example.org:1864", 1863) == HostPort{"m1.example.org", 1864});
  CHECK(parse_host_port("127.0.0.1", 1863) == HostPort{"127.0.0.1", 1863});
  CHECK(parse_host_port("[::1]:80", 1863) == HostPort{"::1", 80});
  CHECK(parse_host_port("[::1]", 1863) == HostPort{"::1", 1863});
  for (const auto* bad :
       {"", ":80", "host:", "host:0", "host:65536", "host:x", "ho st", "::1", "a/b"})
    CHECK_FALSE(parse_host_port(bad, 1863));
}

TEST_CASE("a host and port in text form can be parsed again") {
  for (const HostPort& each : {HostPort{"m1.example.org", 1864}, HostPort{"::1", 1863}})
    CHECK(parse_host_port(to_text(each), 1) == each);
  CHECK(to_text({"::1", 1863}) == "[::1]:1863");
}

TEST_CASE("a numeric address is distinguished from a name") {
  for (const auto* address : {"192.0.2.1", "2001:db8::1", "fe80::1%eth0", "127.1"})
    CHECK(is_address(address));
  for (const auto* name : {"example.org", "localhost", "1.example", ""})
    CHECK_FALSE(is_address(name));
}

TEST_CASE("this machine and its link are recognized in every form") {
  for (const auto* here :
       {"localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9", "127.1", "2130706433",
        "0x7f000001", "0.0.0.0", "0", "169.254.169.254", "::1", "::", "fe80::1", "fe80::1%eth0",
        "::ffff:127.0.0.1", "::127.0.0.1", "::ffff:169.254.1.1"}) {
    CAPTURE(here);
    CHECK(is_on_this_link(here));
  }
  for (const auto* elsewhere : {"example.org", "localhost.example.org", "10.0.0.1", "192.0.2.1",
                                "126.255.255.255", "2001:db8::1", "::ffff:10.0.0.1", "fec0::1"}) {
    CAPTURE(elsewhere);
    CHECK_FALSE(is_on_this_link(elsewhere));
  }
}

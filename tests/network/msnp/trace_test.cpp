// SPDX-License-Identifier: MIT
// Log lines about the dialogue with MSN servers.
#include "core/network/msnp/trace.hpp"

#include "tests/network/msnp/msn_bench.hpp"

#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::test;
using namespace msn::network::msnp;

TEST_CASE("tickets are masked in a traced command") {
  CHECK(trace_of(Command("USR 4 TWN S t=abc&p=def")) == "USR 4 TWN S ***");
  CHECK(trace_of(Command("USR 3 TWN I me@example.com")) == "USR 3 TWN I me@example.com");
  CHECK(trace_of(Command("USR 1 me@example.com 17262740.1050826919.32308")) ==
        "USR 1 me@example.com ***");
  CHECK(trace_of(Command("USR 4 OK me@example.com Me 1 0")) == "USR 4 OK me@example.com Me 1 0");
  CHECK(trace_of(Command("ANS 1 me@example.com 849102291.52 11752013")) ==
        "ANS 1 me@example.com *** 11752013");
  CHECK(trace_of(Command("XFR 8 SB 192.0.2.1:1863 CKI 17262740.10")) ==
        "XFR 8 SB 192.0.2.1:1863 CKI ***");
  CHECK(trace_of(Command("XFR 3 NS 192.0.2.1:1863 0")) == "XFR 3 NS 192.0.2.1:1863 0");
  CHECK(trace_of(Command("RNG 11752013 192.0.2.1:1863 CKI 849102291.52 bob@example.com Bob")) ==
        "RNG 11752013 192.0.2.1:1863 CKI *** bob@example.com Bob");
  CHECK(trace_of(Command("MSG Hotmail Hotmail 9", "sid: 1\r\nMSPAuth: secret\r\n\r\nhi\x1b")) ==
        "MSG Hotmail Hotmail 9\\x0d\\x0asid: 1\\x0d\\x0aMSPAuth: ***\\x0a\\x0d\\x0ahi\\x1b");
}

TEST_CASE("a traced HTTPS login shows neither password nor ticket nor query") {
  network::HttpRequest request{"https://me:pw@login.example/x?secret=1",
                               network::Secret("Passport pwd=pw")};
  CHECK(trace_of(request) == "> GET https://login.example/x Authorization: ***");
  CHECK(
      trace_of(network::HttpAnswer{302,
                                   {{"Location", "https://b.example/y?secret=1"},
                                    {"Authentication-Info", "from-PP='secret'"}}},
               request.url) ==
      "< 302 from https://login.example/x Location: https://b.example/y Authentication-Info: ***");
}

TEST_CASE("a traced connection shows commands that arrive in pieces") {
  RememberingLog log;
  log.level = LogLevel::trace;
  Trace trace(log, "ns.example:1863");
  trace.received("MSG bob@example.com Bob 5\r\nXFR 1XFR 8 SB 192.0.2.1:1863 CK");
  trace.received("I ticket\r\n");
  trace.sent("USR 4 TWN S ticket\r\n");
  CHECK(log.text ==
        "network.msnp: ns.example:1863 < MSG bob@example.com Bob 5\\x0d\\x0aXFR 1\n"
        "network.msnp: ns.example:1863 < XFR 8 SB 192.0.2.1:1863 CKI ***\n"
        "network.msnp: ns.example:1863 > USR 4 TWN S ***\n");
}

TEST_CASE("at level trace the log has the dialogue of a login without the password") {
  MsnBench bench;
  bench.log.level = LogLevel::trace;
  bench.online("alice");
  CHECK(bench.log.has("> GET https://"));
  CHECK(bench.log.has("Authorization: ***"));
  CHECK(bench.log.has(" > USR "));
  CHECK(bench.log.has(" TWN S ***\n"));
  CHECK(bench.log.has(" < USR "));
  CHECK_FALSE(bench.log.has("secret"));
}

TEST_CASE(
    "at level info the log has lost connections and attempts and reconnects with the account") {
  MsnBench bench;
  bench.timing.backoff_first = std::chrono::milliseconds(30);
  Peer& alice = bench.online("alice");
  CHECK(bench.log.text.empty());
  bench.server.stop();
  REQUIRE(alice.hears(model::Closed{}));
  CHECK(
      bench.log.has("network.msnp: alice@example.com: the connection was lost; trying again in 1 "
                    "s: the server closed the connection\n"));
  REQUIRE(alice.until([&] {
    return bench.log.has(
        "alice@example.com: cannot reconnect yet; trying again in 1 s: cannot connect to ");
  }));
  bench.server.start();
  REQUIRE(alice.hears(model::Opened{}));
  CHECK(bench.log.has("network.msnp: alice@example.com: reconnected\n"));
}

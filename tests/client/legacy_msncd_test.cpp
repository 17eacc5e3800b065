// SPDX-License-Identifier: MIT
// The emulation of the legacy daemon: every example (L) of the protocol, and each request that
// kills it.
#include "tests/support/legacy_msncd.hpp"

#include <catch2/catch.hpp>

using msn::test::LegacyMsncd;
using Units = std::vector<std::string>;

namespace {

LegacyMsncd online() {
  LegacyMsncd daemon;
  daemon.contacts = {{"online", "bob@example.org", "Bob B"},
                     {"away", "carol@example.org", "Caf\xC3\xA9 \xE2\x98\x83"},
                     {"busy", "zoe@example.org", "Zo\xEB"},
                     {"offline", "dave@example.org", "100%"}};
  daemon.be_online();
  return daemon;
}

}  // namespace

TEST_CASE("legacy: LOGIN") {
  LegacyMsncd daemon;
  CHECK(daemon.handle("LOGIN me@example.org\n") == Units{"ERR PARAMS\n"});
  CHECK(daemon.handle("LOGIN me@example.org open sesame\n") == Units{"ERR PARAMS\n"});
  CHECK(daemon.handle("POLL\n") == Units{"ERR ENOTCONN\n"});
  CHECK(daemon.handle("LOGIN me@example.org wrong\n") ==
        Units{"ERR MSN 911 Authentication failed\n"});
  CHECK(daemon.handle("POLL\n") == Units{"POLLEND\n"});  // half connected
  CHECK(daemon.handle("LOGIN me@example.org secret\n") == Units{"OK\n"});
  CHECK(daemon.alive());
  LegacyMsncd unreachable;
  unreachable.sock_error = true;
  CHECK(unreachable.handle("LOGIN me@example.org secret\n") ==
        Units{"ERR SOCK [Errno 111] Connection refused\n"});
  CHECK_FALSE(unreachable.alive());
}

TEST_CASE("legacy: LOGOFF ends the process") {
  auto daemon = online();
  CHECK(daemon.handle("LOGOFF\n") == Units{"OK\n"});
  CHECK_FALSE(daemon.alive());
  CHECK(daemon.exit_status() == 0);
  CHECK(daemon.handle("POLL\n").empty());
  LegacyMsncd offline;
  CHECK(offline.handle("LOGOFF\n").empty());
  CHECK_FALSE(offline.alive());
}

TEST_CASE("legacy: without a session only LOGIN and LOGOFF work") {
  LegacyMsncd daemon;
  for (const char* request : {"POLL\n", "GETCL\n", "HELLO\n", "FOO bar\n", "\n", "", "NICK x\n"})
    CHECK(daemon.handle(request) == Units{"ERR ENOTCONN\n"});
  CHECK(daemon.alive());
}

TEST_CASE("legacy: other answers") {
  auto daemon = online();
  CHECK(daemon.handle("STATUS online\n") == Units{"OK\n"});
  CHECK(daemon.handle("STATUS gone\n") == Units{"ERR UNK STATUS\n"});
  CHECK(daemon.handle("STATUS\n") == Units{"ERR PARAMS\n"});
  CHECK(daemon.handle("NICK two words\n") == Units{"ERR PARAMS\n"});
  CHECK(daemon.handle("PRIV 1 0\n") == Units{"ERR EINVAL\n"});
  CHECK(daemon.handle("PRIV 1\n") == Units{"ERR PARAMS\n"});
  CHECK(daemon.handle("ADD gus@example.org\n") == Units{"ERR PARAMS\n"});
  CHECK(daemon.handle("ADD Gus  gus@example.org\n") == Units{"ERR PARAMS\n"});
  CHECK(daemon.handle("ADD Gus%20G gus@example.org\n") == Units{"OK\n"});
  CHECK(daemon.handle("POLL\n") == Units{"ADDFL gus@example.org\n", "POLLEND\n"});
  CHECK(daemon.handle("ADD Bob bob@example.org\n") == Units{"OK\n"});
  CHECK(daemon.handle("POLL\n") == Units{"ERR 215 User already there\n", "POLLEND\n"});
  CHECK(daemon.handle("INFO\n") == Units{"ERR PARAMS\n"});
  CHECK(daemon.handle("FOO bar\n") == Units{"ERR UNK\n"});
  CHECK(daemon.handle("poll\n") == Units{"ERR UNK\n"});
  CHECK(daemon.handle("HELLO\n") == Units{"ERR UNK\n"});
  CHECK(daemon.handle("\n") == Units{"ERR UNK\n"});
  CHECK(daemon.handle(" POLL HOLD EV MAX=3\r\n ") == Units{"POLLEND\n"});
  CHECK(daemon.alive());
}

TEST_CASE("legacy: lists are not encoded and include all conversations") {
  auto daemon = online();
  CHECK(daemon.handle("SENDMSG 1 Bob%20B\nhi\n") == Units{"OK\n"});
  CHECK(daemon.handle("SENDMSG 1 nobody@example.org\nhi\n") == Units{"OK\n"});
  CHECK(daemon.handle("POLL\n") ==
        Units{"ERR 208 Invalid username\n", "ERR 217 User not online\n", "POLLEND\n"});
  CHECK(daemon.handle("GETCL whatever\n") ==
        Units{"CL 6\n", "online bob@example.org Bob B\n",
              "away carol@example.org Caf\xC3\xA9 \xE2\x98\x83\n", "busy zoe@example.org Zo\xEB\n",
              "offline dave@example.org 100%\n", "offline Bob%20B \n",
              "offline nobody@example.org \n"});
  daemon.reverse = {{"offline", "eve@example.org", "eve%40example.org"}};
  CHECK(daemon.handle("GETRCL\n") ==
        Units{"CL 1\n", "offline eve@example.org eve%40example.org\n"});
}

TEST_CASE("legacy: the list can be late, and contacts are offline before the first STATUS") {
  auto daemon = online();
  daemon.late_lists = true;
  CHECK(daemon.handle("LOGIN me@example.org secret\n") == Units{"OK\n"});
  CHECK(daemon.handle("GETCL\n") == Units{"CL 0\n"});
  CHECK(daemon.handle("GETCL\n")[1] == "offline bob@example.org Bob B\n");
  CHECK(daemon.handle("POLL\n") == Units{"POLLEND\n"});
  CHECK(daemon.handle("STATUS online\n") == Units{"OK\n"});
  CHECK(daemon.handle("POLL\n") == Units{"STCH bob@example.org online\n",
                                         "STCH carol@example.org away\n",
                                         "STCH zoe@example.org busy\n", "POLLEND\n"});
  CHECK(daemon.handle("GETCL\n")[1] == "online bob@example.org Bob B\n");
}

TEST_CASE("legacy: SENDMSG") {
  auto daemon = online();
  CHECK(daemon.handle("SENDMSG 1\nfoo\n") == Units{"ERR PARAMS\n"});
  CHECK(daemon.handle("SENDMSG 1 carol@example.org\nhello carol\n") == Units{"OK\n"});
  CHECK(daemon.handle("POLL\n") == Units{"MFLUSH carol@example.org\n", "POLLEND\n"});
  CHECK(daemon.handle("SENDMSG 9 carol@example.org ID=x\n  caf\xC3\xA9 \n") == Units{"OK\n"});
  CHECK(daemon.handle("POLL\n") == Units{"POLLEND\n"});
  CHECK(daemon.handle("SENDMSG 1 dave@example.org\nyou there\n") == Units{"OK\n"});
  CHECK(daemon.handle("POLL\n") == Units{"ERR 217 User not online\n", "POLLEND\n"});
  CHECK(daemon.handle("SENDMSG 1 bob@example.org\n" + std::string(1501, 'x') + '\n') ==
        Units{"OK\n"});
  CHECK(daemon.handle("SENDMSG 1 bob@example.org\r\nhi\n") == Units{"OK\n"});
  CHECK(daemon.handle("POLL\n") == Units{"ERR 217 User not online\n", "POLLEND\n"});
  CHECK(daemon.delivered ==
        std::vector<std::pair<std::string, std::string>>{
            {"carol@example.org", "hello carol"}, {"carol@example.org", "caf\xC3\x83\xC2\xA9"}});
  CHECK(daemon.contacts.back().email == "bob@example.org\r");
}

TEST_CASE("legacy: requests that kill the process") {
  for (const char* request :
       {"DEL bob@example.org\n", "NICK x\n", "INFO bob@example.org\n", "INFO nobody@example.org\n",
        "SENDMSG 1 bob@example.org\n", "SENDMSG 1 bob@example.org\n \n",
        "SENDMSG 2 bob@example.org\nfirst\nsecond\n"}) {
    INFO(request);
    auto daemon = online();
    CHECK(daemon.handle(request).empty());
    CHECK_FALSE(daemon.alive());
    CHECK(daemon.exit_status() == 1);
  }
}

TEST_CASE("legacy: events are handed out once, requests are cut at 4096 bytes") {
  auto daemon = online();
  const std::string message =
      "MSG 5 4 bob@example.org\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
      "charset=UTF-8\r\nX-MMS-IM-Format: FN=Arial; EF=; CO=0; CS=0; PF=22\r\n\r\ncaf\xE9\n";
  daemon.events = {message};
  CHECK(daemon.handle("POLL\n") == Units{message, "POLLEND\n"});
  CHECK(daemon.handle("POLL\n") == Units{"POLLEND\n"});
  CHECK(daemon.handle("SENDMSG 1 bob@example.org\n" + std::string(4090, ' ') + "text\n").empty());
  CHECK_FALSE(daemon.alive());  // the text was cut off
}

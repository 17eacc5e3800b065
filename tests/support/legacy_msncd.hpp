// SPDX-License-Identifier: MIT
// The original msncd, emulated byte for byte as protocol 6 (L), 8, 10 and Annex C describe it, its
// including its crashes. It has no network: the test provides contacts and events.
//
// As a program (target legacy_msncd), on UDP 127.0.0.1:
//
//   legacy_msncd [--port N] [--online] [--password WORD] [--sock-error] [--late-lists]
//                [--contact 'STATUS EMAIL NICK']... [--reverse 'STATUS EMAIL NICK']...
//                [--event FILE]...
//
//   --port N       3030 if not given; 0: any free one
//   --online       a session is up and the first STATUS was sent, as if LOGIN had been long ago
//   --password     what LOGIN must give; "secret" if not given
//   --sock-error   LOGIN answers ERR SOCK, and it exits
//   --late-lists   the first GETCL and GETRCL after LOGIN answer CL 0 (protocol 6.1)
//   --contact      an entry of GETCL, the bytes as they are to be sent; the nick may be empty or
//                  hold spaces. --reverse: of GETRCL
//   --event        a file whose bytes are one event's datagram, handed out by the next POLL
//
// Its standard output is the port on a line, then every datagram as it came (it does print LOGIN),
// each followed by LF. It exits 0 after LOGOFF and 1 where the original died of something else.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::test {

class LegacyMsncd {
 public:
  struct Contact {
    std::string status, email, nick;  // bytes as they are sent
  };

  // --- what the test sets
  std::string password = "secret";
  bool sock_error = false;
  bool late_lists = false;
  std::vector<Contact> contacts, reverse;
  std::vector<std::string> events;  // units, the next POLL's
  void be_online() { connected_ = seen_ = true; }

  // The answer's datagrams, in order. After each call ask alive(): what died answers nothing more.
  std::vector<std::string> handle(std::string_view datagram);
  bool alive() const { return alive_; }
  int exit_status() const { return status_; }

  // --- what the test looks at
  std::vector<std::string> heard;  // every datagram
  // Addresses and texts as the other end got them: the client's bytes taken as Latin-1.
  std::vector<std::pair<std::string, std::string>> delivered;

 private:
  using Units = std::vector<std::string>;
  Units die(int status = 1, Units answer = {});
  Units login(const std::vector<std::string_view>& words);
  Units status(const std::vector<std::string_view>& words);
  Units add(const std::vector<std::string_view>& words);
  Units send(std::string_view request);
  Units list(const std::vector<Contact>&, bool& late);
  Units poll();
  Contact* find(std::string_view email);

  bool alive_ = true;
  int status_ = 0;
  bool connected_ = false;  // also after a LOGIN that failed (protocol 8)
  bool seen_ = false;       // the first STATUS was sent
  bool late_forward_ = false, late_reverse_ = false;
  std::vector<std::string> open_;  // conversations
};

// One of them on a UDP port of its own and in a thread; its socket closes when it dies.
class LegacyServer {
 public:
  explicit LegacyServer(LegacyMsncd daemon);
  LegacyServer(const LegacyServer&) = delete;
  LegacyServer& operator=(const LegacyServer&) = delete;
  ~LegacyServer();
  std::uint16_t port() const;
  std::string address() const;  // "udp:127.0.0.1:PORT"
  // A copy, as it is now.
  LegacyMsncd daemon() const;
  // Returns when it has died and its port is closed.
  void wait_for_death();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A UDP socket bound to 127.0.0.1; port 0 becomes the one that was free. -1: errno tells.
int open_udp_port(std::uint16_t& port);

}  // namespace msn::test

// SPDX-License-Identifier: MIT
#include "tests/listen/stage.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <vector>

using namespace msn;
using namespace msn::test;

namespace {

UniqueFd bound(std::uint16_t port, std::uint16_t& got, const char* host = "127.0.0.1") {
  UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host, &address.sin_addr);
  REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  socklen_t size = sizeof address;
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  got = ntohs(address.sin_port);
  return fd;
}

struct UdpStage : ServerStage {
  explicit UdpStage(Limits limits = {}) : ServerStage(limits) {
    REQUIRE(server->adopt(bound(0, port)));
  }
  std::uint16_t port = 0;
};

class Datagrams {
 public:
  explicit Datagrams(UdpStage& stage) : Datagrams(stage, stage.port) {}
  Datagrams(ServerStage& stage, std::uint16_t port) : stage_(stage) {
    std::uint16_t ours = 0;
    fd_ = bound(0, ours);
    const int room = 4 << 20;
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  void say(std::string_view bytes) {
    REQUIRE(::send(fd_.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }
  // The next datagram.
  std::string hear() {
    std::string datagram(70'000, '\0');
    stage_.until([&] {
      const auto count = ::recv(fd_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT);
      if (count >= 0) datagram.resize(static_cast<std::size_t>(count));
      return count >= 0;
    });
    return datagram;
  }
  std::string ask(std::string_view bytes) {
    say(bytes);
    return hear();
  }
  bool quiet() {
    stage_.settle();
    char byte;
    return ::recv(fd_.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0;
  }

 private:
  ServerStage& stage_;
  UniqueFd fd_;
};

model::Message message(std::string text) {
  model::Message made;
  made.email = "bob@example.org";
  made.headers = {{"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=UTF-8"}};
  made.text = std::move(text);
  return made;
}

}  // namespace

TEST_CASE("a datagram is a request with or without its last LF and with spaces around it") {
  UdpStage stage;
  Datagrams peer(stage);
  CHECK(peer.ask("HELLO\n") == hello);
  CHECK(peer.ask("HELLO") == hello);
  CHECK(peer.ask(" \r\nHELLO \r\n\n") == hello);
  CHECK(peer.ask("") == "ERR UNK\n");
  CHECK(peer.ask("POLL\nHELLO\n").starts_with("ERR "));
}

TEST_CASE("every unit of an answer is a separate datagram") {
  UdpStage stage;
  stage.log_in();
  stage.fake.network->say({model::Typing{"bob@example.org"}, message("hi \xE2\x98\xBA\ntwo"),
                           model::StatusChange{"bob@example.org", "brb", {}}});
  stage.core_loop.run();
  Datagrams peer(stage);
  CHECK(peer.ask("POLL") == "TYPING bob@example.org\n");
  CHECK(peer.hear() ==
        "MSG 5 3 bob@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\n"
        "hi \xE2\x98\xBA\ntwo\n");
  CHECK(peer.hear() == "STCH bob@example.org brb\n");
  CHECK(peer.hear() == "POLLEND\n");
  CHECK(peer.quiet());
}

TEST_CASE("an answer is sent to the source of the request") {
  UdpStage stage;
  stage.log_in();
  Datagrams waiting(stage), other(stage);
  waiting.say("POLL WAIT=60");
  stage.settle();
  CHECK(other.ask("HELLO") == hello);
  stage.fake.network->say(model::Typing{"bob@example.org"});
  const auto event = waiting.hear();
  CHECK(event.starts_with("EV 1 "));
  CHECK(event.ends_with(" TYPING bob@example.org\n"));
  CHECK(waiting.hear() == "POLLEND 1 0\n");
  CHECK(other.quiet());
}

TEST_CASE("requests of 65507 bytes are read and no datagram affects another source") {
  UdpStage stage;
  Datagrams peer(stage), bad(stage);
  CHECK(bad.ask(std::string(65'507, 'x')).starts_with("ERR EINVAL"));
  CHECK(bad.ask(std::string(65'507, '\0')).starts_with("ERR EINVAL"));
  CHECK(bad.ask("HELLO" + std::string(65'502, '\n')) == hello);
  CHECK(bad.ask("SENDMSG 3 bob@example.org\nhalf").starts_with("ERR "));
  CHECK(peer.ask("HELLO") == hello);
  CHECK(bad.ask("HELLO") == hello);
}

TEST_CASE("the longest text is sent in units that fit datagrams") {
  UdpStage stage;
  stage.log_in();
  stage.fake.network->say({message(std::string(200'000, 'x')), model::Typing{"bob@example.org"}});
  stage.core_loop.run();
  Datagrams peer(stage);
  peer.say("POLL");
  std::size_t bytes = 0;
  for (;;) {
    const auto unit = peer.hear();
    if (!unit.starts_with("MSG ")) {
      CHECK(unit == "TYPING bob@example.org\n");
      break;
    }
    CHECK(unit.size() <= 65'507);
    bytes += unit.size();
  }
  CHECK(bytes > 60'000);
  CHECK(peer.hear() == "POLLEND\n");
}

TEST_CASE("a stored message that does not fit a datagram is replaced by an error that names it") {
  UdpStage stage;
  {
    // As an older version may have stored it: the headers and the text exceed a datagram.
    auto log = store::EventLog::open(
        stage.fake.settings.log_directory + "/" + store::log_file_name("me@example.org"),
        store::Durability::normal, {}, stage.clock, stage.log);
    REQUIRE(log);
    store::Changes changes;
    changes.records = {{0, stage.clock.now(), "MSG", "bob@example.org",
                        "MSG 3 2 bob@example.org\nA: b\n\n" + std::string(65'500, 'x') + "\n"}};
    REQUIRE((*log)->commit(changes));
  }
  stage.log_in();
  Datagrams peer(stage);
  const std::string error =
      "ERR DATAGRAM a message of bob@example.org is too long for a datagram, but not for a stream";
  const std::string event = peer.ask("POLL HOLD");
  CHECK(event.starts_with("EV 1 "));
  CHECK(event.ends_with(' ' + error + " WHO=bob@example.org\n"));
  CHECK(peer.hear() == "POLLEND 1 0\n");
  CHECK(peer.ask("ACK 1") == "OK 1\n");
}

TEST_CASE("requests of a source that does not wait for answers are buffered up to a limit") {
  UdpStage stage;
  REQUIRE(stage.fake.network->command("stall"));
  Datagrams peer(stage);
  peer.say("LOGIN me@example.org x");
  for (int i = 0; i < 100; ++i) peer.say("POLL");
  CHECK(peer.quiet());
  REQUIRE(stage.fake.network->command("go on"));
  CHECK(peer.hear() == "OK\n");
  for (int i = 0; i < 16; ++i) CHECK(peer.hear() == "POLLEND\n");
  CHECK(peer.quiet());
  CHECK(peer.ask("HELLO") == hello);
}

TEST_CASE("a source that closes before its answer affects no other") {
  UdpStage stage;
  Datagrams peer(stage);
  for (int i = 0; i < 20; ++i) Datagrams(stage).say("HELLO");
  stage.settle();
  CHECK(peer.ask("HELLO") == hello);
  CHECK(peer.ask("HELLO") == hello);
}

TEST_CASE("the number of sources is limited - idle ones are forgotten first - then the oldest") {
  Limits limits;
  limits.sources = 2;
  UdpStage stage(limits);
  stage.log_in();
  Datagrams first(stage), second(stage), third(stage);
  first.say("POLL WAIT=3600 ONLY=MSG");
  stage.settle();
  CHECK(second.ask("HELLO") == hello);
  CHECK(third.ask("HELLO") == hello);  // replaces the second
  third.say("POLL WAIT=3600 ONLY=MSG");
  stage.settle();
  CHECK(second.ask("HELLO") == hello);  // replaces the first
  stage.fake.network->say(message("hi"));
  CHECK(third.hear().starts_with("EV "));
  CHECK(third.hear().starts_with("POLLEND "));
  CHECK(first.quiet());
  CHECK(first.ask("HELLO") == hello);
}

TEST_CASE("datagrams of another user are refused and change nothing") {
  std::vector<uid_t> asked;
  bool friendly = false;
  ServerStage stage({}, [&](uid_t user) {
    asked.push_back(user);
    return friendly;
  });
  std::uint16_t port = 0;
  REQUIRE(stage.server->adopt(bound(0, port)));
  stage.log_in();
  Datagrams peer(stage, port);
  CHECK(peer.ask("HELLO") == "ERR EPERM\n");
  CHECK(peer.ask("LOGIN eve@example.org guess") == "ERR EPERM\n");
  CHECK(peer.ask("LOGOFF") == "ERR EPERM\n");
  CHECK(asked == std::vector<uid_t>(3, ::geteuid()));
  friendly = true;  // checked for every datagram
  CHECK(peer.ask("HELLO") == hello);
  CHECK(peer.ask("LOGOFF") == "OK\n");  // the session still existed
}

TEST_CASE("a datagram whose socket is closed is refused") {
  UdpStage stage;
  stage.log_in();
  { Datagrams(stage).say("LOGOFF"); }
  stage.settle();
  Datagrams peer(stage);
  CHECK(peer.ask("LOGOFF") == "OK\n");  // the session still existed
}

TEST_CASE("a silent source is forgotten after two minutes unless it waits") {
  Limits limits;
  limits.sources = 2;
  UdpStage stage(limits);
  stage.log_in();
  Datagrams waits(stage), silent(stage);
  waits.say("POLL WAIT=3600");
  CHECK(silent.ask("HELLO") == hello);
  stage.pass(std::chrono::seconds(121));
  stage.fake.network->say(model::Typing{"bob@example.org"});
  CHECK(waits.hear().starts_with("EV "));
  CHECK(silent.ask("HELLO") == hello);
}

TEST_CASE("a source that was silent for long can acknowledge the events it got and no others") {
  UdpStage stage;
  stage.log_in();
  stage.queue_up(1);
  stage.fake.network->say(model::Typing{"bob@example.org"});
  stage.settle();
  Datagrams slow(stage);
  slow.say("POLL HOLD ONLY=TYPING");
  CHECK(slow.hear().starts_with("EV 2 "));
  CHECK(slow.hear() == "POLLEND 2 1\n");
  for (int minutes = 0; minutes < 50; ++minutes) {
    stage.pass(std::chrono::seconds(60));
    stage.fake.daemon->on_time();
  }
  CHECK(slow.ask("ACK 2") == "OK 1\n");
  CHECK(slow.ask("POLL EV MAX=1").starts_with("EV 1 "));
}

TEST_CASE("datagrams are served on loopback only and a port in use is an error") {
  ServerStage stage;
  std::uint16_t port = 0;
  CHECK(!stage.server->adopt(bound(0, port, "0.0.0.0")));
  CHECK(!stage.server->open({Address::Kind::udp, {}, "192.0.2.1", 3030}));
  const auto other = bound(0, port);
  const auto taken = stage.server->open({Address::Kind::udp, {}, "127.0.0.1", port});
  REQUIRE(!taken);
  CHECK(taken.error().code == ErrorCode::busy);
  CHECK(
      taken.error().message.starts_with("cannot listen on udp:127.0.0.1:" + std::to_string(port)));
}

TEST_CASE("datagrams are served on IPv4 and IPv6 loopback") {
  for (const std::string host : {"127.0.0.1", "::1"}) {
    ServerStage stage;
    std::uint16_t port = 0;
    bound(0, port);  // was free just now
    const auto good = stage.server->open({Address::Kind::udp, {}, host, port});
    if (!good && host == "::1") {
      WARN("no IPv6 here: " << good.error().message);
      continue;
    }
    REQUIRE(good);
    const bool six = host == "::1";
    Peer peer(stage, UniqueFd(::socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)));
    sockaddr_in four{AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {}};
    sockaddr_in6 long_one{};
    long_one.sin6_family = AF_INET6;
    long_one.sin6_port = htons(port);
    long_one.sin6_addr = IN6ADDR_LOOPBACK_INIT;
    REQUIRE(
        ::connect(peer.fd(),
                  six ? reinterpret_cast<sockaddr*>(&long_one) : reinterpret_cast<sockaddr*>(&four),
                  six ? sizeof long_one : sizeof four) == 0);
    CHECK(peer.ask("HELLO") == hello);
    if (six) CHECK(peer.ask(std::string(65'520, 'x')) == "ERR EINVAL\n");
  }
}

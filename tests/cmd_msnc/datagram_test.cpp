// SPDX-License-Identifier: MIT
// Events over UDP: a lost datagram is noticed, and its event is not acknowledged.
#include "tests/cmd_msnc/scripted_daemon.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace {

using namespace msn;
using Catch::Matchers::Contains;
using msn::test::Ran;
using msn::test::run;

const std::string hello =
    "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type block "
    "once allow long quiet said who with last since nicks shared\n";
const std::string every_kind =
    " ONLY=MSG,STCH,UADD,UDEL,ADDFL,DELFL,MFLUSH,TYPING,SCLOSE,SOPEN,ERR,GAP,SENT,FAILED,SAID";

std::string event(int cursor) {
  return "EV " + std::to_string(cursor) + " 2026-11-22T15:04:05.123Z TYPING bob@x\n";
}
std::string end(int cursor, int more) {
  return "POLLEND " + std::to_string(cursor) + ' ' + std::to_string(more) + '\n';
}

// Answers each datagram with the datagrams at the same position of the script.
class Datagrams {
 public:
  struct Exchange {
    std::string expected;
    std::vector<std::string> answer;
  };

  explicit Datagrams(std::vector<Exchange> script)
      : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    REQUIRE(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&name), size) == 0);
    REQUIRE(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&name), &size) == 0);
    port_ = ntohs(name.sin_port);
    thread_ = std::thread([this, script = std::move(script)] { serve(script); });
  }
  ~Datagrams() { (void)received(); }
  Datagrams(const Datagrams&) = delete;
  Datagrams& operator=(const Datagrams&) = delete;

  std::string address() const { return "udp:127.0.0.1:" + std::to_string(port_); }
  std::string received() {
    ::shutdown(fd_.get(), SHUT_RD);
    if (thread_.joinable()) thread_.join();
    return received_;
  }

 private:
  void serve(const std::vector<Exchange>& script) {
    for (std::size_t step = 0;; ++step) {
      char unit[4096];
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const auto n =
          ::recvfrom(fd_.get(), unit, sizeof unit, 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (n <= 0) return;
      // The account is asked for in each case.
      if (std::string_view(unit, static_cast<std::size_t>(n)) == "STATE\n") {
        for (const std::string_view line : {"account = default\n", "\n"})
          ::sendto(fd_.get(), line.data(), line.size(), 0, reinterpret_cast<sockaddr*>(&from),
                   size);
        --step;
        continue;
      }
      received_.append(unit, static_cast<std::size_t>(n));
      if (step >= script.size() ||
          script[step].expected != std::string_view(unit, static_cast<std::size_t>(n)))
        continue;
      for (const auto& datagram : script[step].answer)
        ::sendto(fd_.get(), datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&from),
                 size);
    }
  }

  UniqueFd fd_;
  int port_ = 0;
  std::string received_;
  std::thread thread_;
};

std::ptrdiff_t shown(const Ran& ran) {
  return std::count(ran.out.begin(), ran.out.end(), '\n');
}

}  // namespace

TEST_CASE("over UDP poll fetches single events and acknowledges sixteen at once") {
  std::vector<Datagrams::Exchange> script{{"HELLO\n", {hello}}};
  std::string all = "HELLO\n";
  const auto take = [&](const std::string& options, int cursor, int more) {
    script.push_back(
        {"POLL HOLD EV MAX=1" + options + " NICKS\n", {event(cursor), end(cursor, more)}});
    all += script.back().expected;
  };
  take(" WAIT=5", 1, 17);
  for (int cursor = 2; cursor <= 16; ++cursor) take("", cursor, 18 - cursor);
  script.push_back({"ACK 16\n", {"OK 16\n"}});
  take("", 17, 1);
  take("", 18, 0);
  script.push_back({"ACK 18\n", {"OK 2\n"}});
  all.insert(all.find("POLL HOLD EV MAX=1 NICKS\n", all.size() - 52), "ACK 16\n");
  all += "ACK 18\n";
  Datagrams daemon(script);
  const Ran ran = run({"poll", "-j", "--wait", "5", "-s", daemon.address()});
  CHECK(ran.err.empty());
  CHECK(ran.status == 0);
  CHECK(shown(ran) == 18);
  CHECK(daemon.received() == all);
}

TEST_CASE("over UDP poll ends without further events or at its limit") {
  {
    // `more` also counts other kinds, and offline the end is an error.
    Datagrams daemon({{"HELLO\n", {hello}},
                      {"POLL HOLD EV MAX=1 ONLY=TYPING NICKS\n", {event(3), end(3, 9)}},
                      {"POLL HOLD EV MAX=1 ONLY=TYPING NICKS\n", {"ERR ENOTCONN\n"}},
                      {"ACK 3\n", {"OK 1\n"}}});
    const Ran ran = run({"poll", "-j", "--only", "typing", "-s", daemon.address()});
    CHECK(ran.status == 0);
    CHECK(shown(ran) == 1);
    CHECK_THAT(daemon.received(), Catch::Matchers::EndsWith("ACK 3\n"));
  }
  Datagrams daemon({{"HELLO\n", {hello}},
                    {"POLL HOLD EV MAX=1 NICKS\n", {event(1), end(1, 9)}},
                    {"POLL HOLD EV MAX=1 NICKS\n", {event(2), end(2, 8)}},
                    {"ACK 2\n", {"OK 2\n"}}});
  CHECK(shown(run({"poll", "-j", "--max", "2", "-s", daemon.address()})) == 2);
  CHECK(daemon.received() == "HELLO\nPOLL HOLD EV MAX=1 NICKS\nPOLL HOLD EV MAX=1 NICKS\nACK 2\n");
}

TEST_CASE("over UDP a page with a lost datagram is not acknowledged") {
  Datagrams daemon({{"HELLO\n", {hello}},
                    {"POLL HOLD EV MAX=1 NICKS\n", {event(1), end(1, 2)}},
                    {"POLL HOLD EV MAX=1 NICKS\n", {event(2), end(3, 1)}}});
  const Ran ran = run({"poll", "-j", "-s", daemon.address()});
  CHECK(ran.status == 11);
  CHECK_THAT(ran.err, Contains(R"("code":"protocol")") &&
                          Contains("some datagrams of the answer were lost"));
  CHECK(daemon.received() == "HELLO\nPOLL HOLD EV MAX=1 NICKS\nPOLL HOLD EV MAX=1 NICKS\n");
}

TEST_CASE("events that an original msncd could not send are reported as deleted") {
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  Datagrams daemon(
      {{"HELLO\n", {"ERR UNK\n"}}, {"POLL HOLD EV NICKS\n", {"TYPING bob@x\n", "POLLEND\n"}}});
  const Ran ran = run({"poll", "-s", daemon.address()}, {}, full.get());
  CHECK(ran.status == 12);
  CHECK_THAT(ran.err, Contains("has already deleted the events that were not printed"));
}

TEST_CASE("over UDP log requests exactly the events that exist") {
  std::vector<std::string> page, rest;
  for (int cursor = 3; cursor <= 16; ++cursor) page.push_back(event(cursor));
  page.push_back(end(16, 1));
  const std::vector<Datagrams::Exchange> script{
      {"HELLO\n", {hello}},
      {"POLL EV MAX=2" + every_kind + " FROM=oldest NICKS\n", {event(1), event(2), end(2, 15)}},
      {"POLL EV MAX=14" + every_kind + " FROM=2 NICKS\n", page},
      {"POLL EV MAX=2" + every_kind + " FROM=16 NICKS\n", {event(17), end(17, 0)}}};
  {
    Datagrams daemon(script);
    const Ran ran = run({"log", "-j", "-s", daemon.address()});
    CHECK(ran.err.empty());
    CHECK(ran.status == 0);
    CHECK(shown(ran) == 17);
  }
  for (const std::size_t lost : {std::size_t{0}, std::size_t{7}, std::size_t{13}}) {
    auto other = script;
    other[2].answer.erase(other[2].answer.begin() + static_cast<std::ptrdiff_t>(lost));
    Datagrams daemon(other);
    CHECK(run({"log", "-j", "-s", daemon.address()}).status == 11);
  }
  // Also if only `more` shows that a datagram is missing.
  auto other = script;
  other[3].answer = {end(17, 0)};
  Datagrams daemon(other);
  CHECK(run({"log", "-j", "-s", daemon.address()}).status == 11);
}

TEST_CASE("over UDP --peek shows the first events and warns that there are more") {
  std::vector<std::string> page;
  for (int cursor = 1; cursor <= 16; ++cursor) page.push_back(event(cursor));
  page.push_back(end(16, 4));
  const std::vector<Datagrams::Exchange> script{
      {"HELLO\n", {hello}},
      {"POLL PEEK EV MAX=1 NICKS\n", {event(1), end(1, 19)}},
      {"POLL PEEK EV MAX=16 NICKS\n", page}};
  {
    Datagrams daemon(script);
    const Ran ran = run({"poll", "--peek", "-j", "-s", daemon.address()});
    CHECK(ran.status == 0);
    CHECK(shown(ran) == 16);
    CHECK_THAT(ran.err, Contains("there are more events, but over UDP"));
    CHECK(daemon.received() == "HELLO\nPOLL PEEK EV MAX=1 NICKS\nPOLL PEEK EV MAX=16 NICKS\n");
  }
  auto other = script;
  other[2].answer.erase(other[2].answer.begin() + 5);
  Datagrams daemon(other);
  CHECK(run({"poll", "--peek", "-j", "-s", daemon.address()}).status == 11);
  Datagrams few({{"HELLO\n", {hello}}, {"POLL PEEK EV MAX=1 NICKS\n", {event(1), end(1, 0)}}});
  const Ran ran = run({"poll", "--peek", "-j", "-s", few.address()});
  CHECK(shown(ran) == 1);
  CHECK(ran.err.empty());
}

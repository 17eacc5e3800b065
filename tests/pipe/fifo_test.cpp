// SPDX-License-Identifier: MIT
#include "core/pipe/fifo.hpp"

#include "core/base/unique_fd.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <fstream>
#include <functional>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using msn::ErrorCode;
using msn::UniqueFd;
using msn::pipe::Address;
using msn::pipe::open;
using msn::pipe::Patience;

namespace {

constexpr Patience long_enough = 60s;
constexpr Patience tiny = 5ms;

// A daemon's two FIFOs and a thread that answers each line: HELLO SYNC= as in protocol 2.2a,
// everything else with `answer`.
class Daemon {
 public:
  using Answer = std::function<std::string(const std::string& line)>;

  explicit Daemon(Answer answer = [](const std::string&) { return std::string("OK\n"); })
      : answer_(std::move(answer)) {
    REQUIRE(::mkfifo((dir / "in").c_str(), 0600) == 0);
    REQUIRE(::mkfifo((dir / "out").c_str(), 0600) == 0);
    // Both for reading and writing, as in the daemon, so that there is no end of file.
    in.reset(::open((dir / "in").c_str(), O_RDWR | O_CLOEXEC));
    out.reset(::open((dir / "out").c_str(), O_RDWR | O_CLOEXEC));
    address = {Address::Kind::fifo, dir.path(), "", 0};
  }
  ~Daemon() { stop(); }
  void start() {
    REQUIRE(::pipe(stop_) == 0);
    thread_ = std::thread([this] { serve(); });
  }
  void stop() {
    if (!thread_.joinable()) return;
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
  }
  void say(std::string_view bytes) const {
    REQUIRE(::write(out.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  // A client that takes no lock, writes some bytes and ends.
  void die_after(std::string_view bytes) const {
    const UniqueFd client(::open((dir / "in").c_str(), O_WRONLY | O_CLOEXEC));
    REQUIRE(::write(client.get(), bytes.data(), bytes.size()) ==
            static_cast<ssize_t>(bytes.size()));
  }

  msn::test::TempDir dir;
  UniqueFd in, out;
  Address address;
  std::vector<std::string> heard;  // lines; read it after stop()
  std::size_t read_size = 4096;    // the most bytes of one read

 private:
  void serve() {
    std::string line;
    char buffer[4096];
    for (;;) {
      pollfd entries[] = {{in.get(), POLLIN, 0}, {stop_[0], POLLIN, 0}};
      ::poll(entries, 2, -1);
      if (entries[0].revents == 0) return;  // everything was read before the end
      const auto got = ::read(in.get(), buffer, read_size);
      for (ssize_t i = 0; i < got; ++i) {
        if (buffer[i] != '\n') {
          line += buffer[i];
          continue;
        }
        heard.push_back(line);
        std::string answer;
        if (line.rfind("HELLO SYNC=", 0) == 0)
          answer = "OK msncd/1 utf8 pct hold SYNC=" + line.substr(11) + '\n';
        else if (!line.empty())
          answer = answer_(line);
        if (!answer.empty() && ::write(out.get(), answer.data(), answer.size()) < 0) return;
        line.clear();
      }
    }
  }

  Answer answer_;
  std::thread thread_;
  int stop_[2] = {-1, -1};
};

}  // namespace

TEST_CASE("opening synchronises, and the answer is the greeting") {
  Daemon daemon;
  daemon.start();
  std::string token;
  {
    const auto pipe = open(daemon.address, long_enough);
    REQUIRE(pipe);
    CHECK_FALSE((*pipe)->datagrams());
    const std::string greeting((*pipe)->greeting());
    REQUIRE(greeting.rfind("OK msncd/1 utf8 pct hold SYNC=", 0) == 0);
    token = greeting.substr(30);
    REQUIRE((*pipe)->send("SENDMSG 1 bob@example.org\nhi\n", long_enough));
    CHECK((*pipe)->receive(long_enough));
  }
  daemon.stop();
  CHECK(token.size() == 16);
  CHECK(token.find_first_not_of("0123456789abcdef") == std::string::npos);
  REQUIRE(daemon.heard.size() >= 3);
  CHECK(daemon.heard[0].empty());
  CHECK(daemon.heard[1] == "HELLO SYNC=" + token);
  CHECK(daemon.heard[2] == "SENDMSG 1 bob@example.org");
}

TEST_CASE("every client has its own token") {
  Daemon daemon;
  daemon.start();
  std::string first((*open(daemon.address, long_enough))->greeting());
  std::string second((*open(daemon.address, long_enough))->greeting());
  CHECK(first != second);
}

TEST_CASE("bytes that a previous client left unread are discarded") {
  for (const std::string& stale :
       {std::string("STCH bob@example.org online\nPOLLEND\n"), std::string("half a line"),
        std::string("half OK msncd/1 utf8 SYNC=0123456789abcdef\n"), std::string("\n\n\n"),
        std::string(60'000, 'x')}) {
    Daemon daemon;
    daemon.say(stale);
    daemon.start();
    const auto pipe = open(daemon.address, long_enough);
    REQUIRE(pipe);
    CHECK((*pipe)->greeting().substr(0, 30) == "OK msncd/1 utf8 pct hold SYNC=");
    REQUIRE((*pipe)->send("STATUS away\n", long_enough));
    CHECK((*pipe)->receive(long_enough) == "OK\n");
  }
}

TEST_CASE("an unfinished request of a previous client does not affect the next client") {
  Daemon daemon;
  daemon.die_after("SENDMSG 3 bob@example.org\nfirst\nhal");
  daemon.start();
  {
    const auto pipe = open(daemon.address, long_enough);
    REQUIRE(pipe);
    CHECK((*pipe)->greeting().substr(0, 30) == "OK msncd/1 utf8 pct hold SYNC=");
  }
  daemon.stop();
  REQUIRE(daemon.heard.size() == 4);
  CHECK(daemon.heard[2] == "hal");
  CHECK(daemon.heard[3].rfind("HELLO SYNC=", 0) == 0);
}

TEST_CASE("the pipe reads on while the daemon is blocked writing to a previous client") {
  // Both FIFOs are full: the daemon is blocked writing and does not read. It reads so few bytes at
  // a time that no page of `in` is free when `out` is full.
  Daemon daemon([](const std::string&) { return std::string(3000, 'x') + '\n'; });
  daemon.read_size = 5;
  const int flags = ::fcntl(daemon.in.get(), F_GETFL);
  ::fcntl(daemon.in.get(), F_SETFL, flags | O_NONBLOCK);
  while (::write(daemon.in.get(), "POLL\n", 5) == 5) {
  }
  while (::write(daemon.in.get(), "\n", 1) == 1) {
  }
  ::fcntl(daemon.in.get(), F_SETFL, flags);
  daemon.start();
  const auto pipe = open(daemon.address, long_enough);
  REQUIRE(pipe);
  CHECK((*pipe)->greeting().substr(0, 30) == "OK msncd/1 utf8 pct hold SYNC=");
}

TEST_CASE("a second client waits for the lock up to its deadline") {
  Daemon daemon;
  daemon.start();
  auto first = open(daemon.address, long_enough);
  REQUIRE(first);
  const auto second = open(daemon.address, tiny);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::daemon_timeout);
  CHECK(second.error().message ==
        "fifo:" + daemon.dir.path() + ": another client has been using it for 0.005 s");
  first->reset();
  CHECK(open(daemon.address, long_enough));
}

TEST_CASE("a client that waits for the lock gets it when it is free") {
  for (const Patience patience : {long_enough, Patience()}) {
    Daemon daemon;
    daemon.start();
    auto first = open(daemon.address, long_enough);
    REQUIRE(first);
    bool got = false;
    std::thread second([&] { got = open(daemon.address, patience).has_value(); });
    REQUIRE((*first)->send("STATUS away\n", long_enough));
    CHECK((*first)->receive(long_enough) == "OK\n");
    first->reset();
    second.join();
    CHECK(got);
  }
}

TEST_CASE("a silent daemon is a timeout") {
  Daemon daemon;
  const auto pipe = open(daemon.address, tiny);
  REQUIRE_FALSE(pipe);
  CHECK(pipe.error().code == ErrorCode::daemon_timeout);
  CHECK(pipe.error().message == "fifo:" + daemon.dir.path() + ": no answer within 0.005 s");
}

TEST_CASE("FIFOs without a daemon are no_daemon, and open does not block") {
  Daemon daemon;
  daemon.in.reset();
  daemon.out.reset();
  const auto pipe = open(daemon.address, long_enough);
  REQUIRE_FALSE(pipe);
  CHECK(pipe.error().code == ErrorCode::no_daemon);
  CHECK(pipe.error().message == "no msncd listens at fifo:" + daemon.dir.path());
}

TEST_CASE("a directory without FIFOs is no_daemon") {
  const msn::test::TempDir dir;
  CHECK(open({Address::Kind::fifo, dir.path(), "", 0}, long_enough).error().code ==
        ErrorCode::no_daemon);
  std::ofstream(dir / "in").put('x');
  std::ofstream(dir / "out").put('x');
  const auto pipe = open({Address::Kind::fifo, dir.path(), "", 0}, long_enough);
  REQUIRE_FALSE(pipe);
  CHECK(pipe.error().code == ErrorCode::no_daemon);
  CHECK(pipe.error().message == dir / "in" + " is not a named pipe");
  std::ifstream in(dir / "in");
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "x");
}

TEST_CASE("a daemon that ends is the end of the stream and raises no SIGPIPE") {
  Daemon daemon;
  daemon.start();
  const auto pipe = open(daemon.address, long_enough);
  REQUIRE(pipe);
  daemon.stop();
  daemon.say("STCH bob@exam");
  daemon.in.reset();
  daemon.out.reset();
  REQUIRE((*pipe)->send("POLL\n", long_enough));
  CHECK((*pipe)->receive(long_enough) == "STCH bob@exam");
  CHECK((*pipe)->receive(long_enough).error().code == ErrorCode::no_daemon);
  sigset_t pending;
  ::sigpending(&pending);
  CHECK_FALSE(::sigismember(&pending, SIGPIPE));
  CHECK((*pipe)->renew(long_enough).error().code == ErrorCode::no_daemon);
}

TEST_CASE("a daemon that ends after the request is the end of the stream") {
  Daemon daemon;
  daemon.start();
  const auto pipe = open(daemon.address, long_enough);
  REQUIRE(pipe);
  daemon.stop();
  REQUIRE((*pipe)->send("POLL\n", long_enough));
  daemon.in.reset();
  daemon.out.reset();
  CHECK((*pipe)->receive(long_enough) == "");
}

TEST_CASE("renewing synchronises again and skips the late answer") {
  Daemon daemon([](const std::string& line) { return "OK " + line + '\n'; });
  daemon.start();
  const auto pipe = open(daemon.address, long_enough);
  REQUIRE(pipe);
  const std::string greeting((*pipe)->greeting());
  REQUIRE((*pipe)->send("first\n", long_enough));
  REQUIRE((*pipe)->renew(long_enough));
  CHECK((*pipe)->greeting() != greeting);
  REQUIRE((*pipe)->send("second\n", long_enough));
  CHECK((*pipe)->receive(long_enough) == "OK second\n");
}

TEST_CASE("a unit larger than the FIFO's buffer arrives completely") {
  std::string unit;
  for (int i = 0; unit.size() < 300'000; ++i) unit += std::to_string(i) + '\n';
  Daemon daemon([](const std::string& line) { return line == "last" ? "OK\n" : std::string(); });
  daemon.start();
  {
    const auto pipe = open(daemon.address, long_enough);
    REQUIRE(pipe);
    REQUIRE((*pipe)->send(unit + "last\n", long_enough));
    CHECK((*pipe)->receive(long_enough) == "OK\n");
  }
  daemon.stop();
  std::string heard;
  for (std::size_t i = 2; i + 1 < daemon.heard.size(); ++i) heard += daemon.heard[i] + '\n';
  CHECK(heard == unit);
}

// SPDX-License-Identifier: MIT
#include "tests/listen/stage.hpp"

#include <array>

using namespace msn;
using namespace msn::test;

namespace {

struct Ends {
  UniqueFd reading, writing;
};
Ends make_pipe() {
  int fds[2];
  REQUIRE(::pipe2(fds, O_CLOEXEC) == 0);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

struct StdioStage : ServerStage {
  void open(int in, int out) {
    server->use_stdio(in, out);
    server->on_input_end([this] { over = true; });
    REQUIRE(server->open({Address::Kind::stdio, {}, {}, 0}));
  }
  bool over = false;
};

}  // namespace

TEST_CASE("standard input and output carry the protocol and end with the input") {
  StdioStage stage;
  auto in = make_pipe(), out = make_pipe();
  stage.open(in.reading.get(), out.writing.get());
  Peer peer(stage, std::move(out.reading), std::move(in.writing));
  CHECK(peer.ask("HELLO\n") == hello);
  peer.say("FOO\nHEL");
  stage.settle();
  CHECK(!stage.over);
  CHECK(peer.hear("\n") == "ERR UNK\n");
  peer.vanish();
  stage.until([&] { return stage.over; });
}

TEST_CASE("standard input and output stay blocking because other processes share them") {
  StdioStage stage;
  auto in = make_pipe(), out = make_pipe();
  stage.open(in.reading.get(), out.writing.get());
  REQUIRE(::write(in.writing.get(), "HELLO\n", 6) == 6);
  stage.settle();
  CHECK((::fcntl(in.reading.get(), F_GETFL) & O_NONBLOCK) == 0);
  CHECK((::fcntl(out.writing.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("the end of standard input waits for the last answer") {
  StdioStage stage;
  REQUIRE(stage.fake.network->command("stall"));
  auto in = make_pipe(), out = make_pipe();
  stage.open(in.reading.get(), out.writing.get());
  Peer peer(stage, std::move(out.reading));
  REQUIRE(::write(in.writing.get(), "LOGIN me@example.org pw\nHELLO\n", 30) == 30);
  in.writing.reset();
  stage.settle();
  CHECK(!stage.over);
  REQUIRE(stage.fake.network->command("go on"));
  stage.until([&] { return stage.over; });
  CHECK(peer.hear(hello) == "OK\n" + hello);
}

TEST_CASE("standard input and output may be files") {
  StdioStage stage;
  std::ofstream(stage.place / "in") << "HELLO\nFOO\n";
  const UniqueFd in(::open((stage.place / "in").c_str(), O_RDONLY | O_CLOEXEC));
  const UniqueFd out(::open((stage.place / "out").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  stage.open(in.get(), out.get());
  stage.until([&] { return stage.over; });
  std::array<char, 1000> text{};
  const auto count = ::pread(out.get(), text.data(), text.size(), 0);
  CHECK(std::string(text.data(), static_cast<std::size_t>(count)) == hello + "ERR UNK\n");
}

TEST_CASE("a large answer into a slowly read pipe does not block the loop") {
  StdioStage stage;
  stage.log_in();
  stage.queue_up(700'000);
  const auto path = stage.place / "s.sock";
  REQUIRE(stage.server->open(unix_address(path)));
  auto in = make_pipe(), out = make_pipe();
  stage.open(in.reading.get(), out.writing.get());
  Peer peer(stage, std::move(out.reading), std::move(in.writing));
  peer.say("POLL PEEK\n");
  stage.settle();
  auto other = Peer::connect(stage, path);
  CHECK(other.ask("HELLO\n") == hello);
  const auto all = peer.hear("POLLEND");
  CHECK(all.size() > 700'000);
  CHECK(all.starts_with("EV 1 "));
}

TEST_CASE("after standard output was closed the requests are carried out and the daemon ends") {
  StdioStage stage;
  stage.log_in();
  stage.queue_up(1);
  auto in = make_pipe(), out = make_pipe();
  stage.open(in.reading.get(), out.writing.get());
  ::signal(SIGPIPE, SIG_IGN);
  out.reading.reset();
  constexpr std::string_view asked =
      "HELLO\nSENDMSG 1 bob@example.org\none\nPOLL WAIT=3600\nPOLL WAIT=3600 ONLY=TYPING\n"
      "SENDMSG 1 bob@example.org\ntwo\n";
  REQUIRE(::write(in.writing.get(), asked.data(), asked.size()) ==
          static_cast<ssize_t>(asked.size()));
  stage.until([&] { return stage.over; });
  CHECK(stage.fake.network->asked.back() == "send bob@example.org two");
}

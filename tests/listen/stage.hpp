// SPDX-License-Identifier: MIT
// A daemon with a fake network and a fake clock, served on real sockets, and peers in the same
// thread. Functions that wait run both loops meanwhile.
#pragma once
#include "core/daemon/listen/server.hpp"
#include "tests/support/daemons.hpp"
#include "tests/support/stream_peer.hpp"

#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <utility>

namespace msn::test {

using daemon::listen::Limits;
using daemon::listen::Server;
using pipe::Address;

inline Address unix_address(const std::string& path) {
  return {Address::Kind::unix_socket, path, {}, 0};
}
inline Address fifo_address(const std::string& path) {
  return {Address::Kind::fifo, path, {}, 0};
}

class ServerStage {
 public:
  explicit ServerStage(Limits limits = {},
                       daemon::listen::Hub::Allowed allowed = daemon::listen::is_root_or_own_user)
      : fake(core_loop, clock) {
    server.emplace(loop, *fake.daemon, clock, log, limits, std::move(allowed));
  }

  // Runs the loops until the condition is true. Fails after ten seconds.
  void until(const std::function<bool()>& true_now) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!true_now()) {
      if (std::chrono::steady_clock::now() > end) FAIL("waited in vain");
      turn();
    }
  }
  // Runs the loops until nothing is left to do.
  void settle() {
    for (int quiet = 0; quiet < 3;) quiet = turn(std::chrono::milliseconds(1)) ? 0 : quiet + 1;
  }
  bool turn(std::chrono::milliseconds patience = std::chrono::milliseconds(5)) {
    const bool core = !core_loop.empty();
    core_loop.run();
    if (loop.stopped()) loop.restart();
    return loop.run_one_for(core ? std::chrono::milliseconds(0) : patience) > 0 || core;
  }
  // Advances the clock and calls sweep(), as the timer does every second.
  void pass(std::chrono::seconds time) {
    clock.advance(time);
    server->sweep();
    settle();
  }
  void log_in() {
    daemon::Conversation::Binding binding{};
    FakeClient client(*fake.daemon, core_loop, binding);
    REQUIRE(client.ask("LOGIN me@example.org pw\n") == "OK\n");
  }
  // Queues this many bytes of text, in messages of 50 000 bytes.
  void queue_up(std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; i += 50'000) {
      model::Message message;
      message.email = "bob@example.org";
      message.headers = {{"Content-Type", "text/plain; charset=UTF-8"}};
      message.text = std::string(50'000, 'x');
      fake.network->say(std::move(message));
      core_loop.run();
    }
  }

  FakeLoop core_loop;
  FakeClock clock;
  FakeDaemon fake;
  RememberingLog log;
  TempDir place;
  asio::io_context loop{1};
  std::optional<Server> server;
};

// A peer's end of a socket or pipe.
class Peer : public StreamPeer {
 public:
  template <class... Descriptors>
  Peer(ServerStage& stage, Descriptors... descriptors)
      : StreamPeer([&stage](const auto& true_now) { stage.until(true_now); },
                   std::move(descriptors)...) {}
  static Peer connect(ServerStage& stage, const std::string& path) {
    return {stage, connect_to_unix(path)};
  }
};

inline const std::string hello =
    "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type block "
    "once allow long quiet said who with last since nicks shared register passwd\n";

// Sanitizers need additional memory.
#ifdef MSNC_SANITIZED
constexpr bool plain_heap = false;
#else
constexpr bool plain_heap = true;
#endif

// Resident memory in KiB.
inline long resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  return 0;
}

inline bool raise_descriptors(rlim_t wanted) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return true;
  limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= wanted;
}

}  // namespace msn::test

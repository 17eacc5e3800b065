// SPDX-License-Identifier: MIT
// A daemon with a fake network and a fake clock behind a real server on real sockets, and peers
// that talk to it from the same thread: whoever waits for something turns both loops meanwhile.
#pragma once
#include "core/base/unique_fd.hpp"
#include "core/daemon/listen/server.hpp"
#include "tests/support/daemons.hpp"

#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
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
                       daemon::listen::Hub::Allowed allowed = daemon::listen::is_root_or_us)
      : fake(core_loop, clock) {
    server.emplace(loop, *fake.daemon, clock, log, limits, std::move(allowed));
  }

  // Until it is true; a test that waits for ten seconds has failed.
  void until(const std::function<bool()>& true_now) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!true_now()) {
      if (std::chrono::steady_clock::now() > end) FAIL("waited in vain");
      turn();
    }
  }
  // Everything that can happen now has happened.
  void settle() {
    for (int quiet = 0; quiet < 3;) quiet = turn(std::chrono::milliseconds(1)) ? 0 : quiet + 1;
  }
  bool turn(std::chrono::milliseconds patience = std::chrono::milliseconds(5)) {
    const bool core = !core_loop.empty();
    core_loop.run();
    if (loop.stopped()) loop.restart();
    return loop.run_one_for(core ? std::chrono::milliseconds(0) : patience) > 0 || core;
  }
  // Moves the clock and looks after clients as the second's timer does.
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
  // So many octets of text wait in the queue, in messages of 50 000.
  void queue_up(std::size_t octets) {
    for (std::size_t i = 0; i < octets; i += 50'000) {
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
class Peer {
 public:
  Peer(ServerStage& stage, UniqueFd fd) : stage_(stage), in_(fd.get()), fd_(std::move(fd)) {
    ::fcntl(in_, F_SETFL, ::fcntl(in_, F_GETFL) | O_NONBLOCK);
  }
  // Different descriptors for the two directions.
  Peer(ServerStage& stage, UniqueFd reading, UniqueFd writing) : Peer(stage, std::move(reading)) {
    out_ = std::move(writing);
    ::fcntl(out_.get(), F_SETFL, ::fcntl(out_.get(), F_GETFL) | O_NONBLOCK);
  }
  static Peer connect(ServerStage& stage, const std::string& path) {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    INFO(path);
    REQUIRE(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    return {stage, std::move(fd)};
  }

  // As much as the other side takes; waits for it to take all.
  void say(std::string_view octets) {
    stage_.until([&] {
      octets.remove_prefix(push(octets));
      return octets.empty();
    });
  }
  // What the kernel takes now.
  std::size_t push(std::string_view octets) {
    const auto count = ::write(out_ ? out_.get() : in_, octets.data(), octets.size());
    if (count < 0 && errno != EAGAIN) broken = true;
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  // What has come; true if there was something or the end.
  bool listen() {
    char octets[65536];
    const auto count = ::read(in_, octets, sizeof octets);
    if (count == 0) ended = true;
    if (count < 0 && errno != EAGAIN) ended = true;  // ECONNRESET: closed with octets unread
    if (count > 0) heard.append(octets, static_cast<std::size_t>(count));
    return count >= 0;
  }
  // What comes up to these octets and with them.
  std::string hear(std::string_view last) {
    std::size_t place = std::string::npos;
    stage_.until([&] {
      listen();
      place = heard.find(last);
      return place != std::string::npos || ended;
    });
    if (place == std::string::npos) return std::exchange(heard, {}) + "<end>";
    std::string all = heard.substr(0, place + last.size());
    heard.erase(0, place + last.size());
    return all;
  }
  std::string ask(std::string_view octets, std::string_view last = "\n") {
    say(octets);
    return hear(last);
  }
  std::string hear_end() {
    stage_.until([&] {
      listen();
      return ended;
    });
    return std::exchange(heard, {});
  }
  void shut() { ::shutdown(fd_.get(), SHUT_WR); }
  void vanish() {
    fd_.reset();
    out_.reset();
  }
  int fd() const { return in_; }

  std::string heard;
  bool ended = false;
  bool broken = false;

 private:
  ServerStage& stage_;
  int in_;
  UniqueFd fd_;
  UniqueFd out_;
};

inline const std::string hello =
    "OK msncd/1 utf8 pct multiline ev wait max only hold peek queue from state sendx type block\n";

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

// SPDX-License-Identifier: MIT
// A client of a daemon's socket or pipes in the loop's own thread: while it waits for something, it
// runs the loop.
#pragma once
#include "core/base/unique_fd.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace msn::test {

inline UniqueFd connect_to_unix(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("there is no listener at " + path);
  return fd;
}

class StreamPeer {
 public:
  // Runs the loop until the condition is true; throws when that takes too long.
  using Until = std::function<void(const std::function<bool()>&)>;

  StreamPeer(Until until, UniqueFd fd)
      : until_(std::move(until)), in_(fd.get()), fd_(std::move(fd)) {
    ::fcntl(in_, F_SETFL, ::fcntl(in_, F_GETFL) | O_NONBLOCK);
  }
  // Different descriptors for the two directions.
  StreamPeer(Until until, UniqueFd reading, UniqueFd writing)
      : StreamPeer(std::move(until), std::move(reading)) {
    out_ = std::move(writing);
    ::fcntl(out_.get(), F_SETFL, ::fcntl(out_.get(), F_GETFL) | O_NONBLOCK);
  }

  // Sends all of it, waiting for the daemon to read.
  void say(std::string_view octets) {
    until_([&] {
      octets.remove_prefix(push(octets));
      return octets.empty();
    });
  }
  // Sends as much as the kernel takes now; returns how many bytes.
  std::size_t push(std::string_view octets) {
    const auto count = ::write(out_ ? out_.get() : in_, octets.data(), octets.size());
    if (count < 0 && errno != EAGAIN) broken = true;
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  // Reads what has arrived; true if there was something or the end of the stream.
  bool listen() {
    char octets[65536];
    const auto count = ::read(in_, octets, sizeof octets);
    if (count == 0) ended = true;
    if (count < 0 && errno != EAGAIN) ended = true;  // ECONNRESET: closed with bytes unread
    if (count > 0) heard.append(octets, static_cast<std::size_t>(count));
    return count >= 0;
  }
  // Waits for `last`; returns everything up to it and with it.
  std::string hear(std::string_view last) {
    std::size_t place = std::string::npos;
    until_([&] {
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
    until_([&] {
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
  Until until_;
  int in_;
  UniqueFd fd_;
  UniqueFd out_;
};

}  // namespace msn::test

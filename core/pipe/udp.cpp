// SPDX-License-Identifier: MIT
#include "core/pipe/udp.hpp"

#include "core/base/unique_fd.hpp"
#include "core/pipe/deadline.hpp"
#include "core/protocol/limits.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace msn::pipe {
namespace {

constexpr std::size_t buffer_size = 64 * 1024;  // larger than any datagram
constexpr int receive_buffer = 1024 * 1024;     // datagrams that do not fit are lost (2.1)

// Connects the socket, so that the kernel drops other senders' datagrams and reports ECONNREFUSED.
Result<UniqueFd> connect_to(const Address& address) {
  sockaddr_storage name{};
  socklen_t size = 0;
  auto* four = reinterpret_cast<sockaddr_in*>(&name);
  auto* six = reinterpret_cast<sockaddr_in6*>(&name);
  if (inet_pton(AF_INET, address.host.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(address.port);
    size = sizeof *four;
  } else if (inet_pton(AF_INET6, address.host.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(address.port);
    size = sizeof *six;
  } else {
    return fail(ErrorCode::usage, "the host of " + address.text() + " is not numeric");
  }
  UniqueFd fd(::socket(name.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd)
    return fail(ErrorCode::internal,
                std::string("cannot create a socket: ") + std::strerror(errno));
  // SO_RCVBUFFORCE exceeds the system's limit, but needs a privilege. Failures are ignored.
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer))
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&name), size) != 0)
    return fail(connect_error(errno, address));
  return fd;
}

class Udp final : public Pipe {
 public:
  Udp(UniqueFd fd, const Address& address)
      : fd_(std::move(fd)), address_(address), buffer_(new char[buffer_size]) {}

  Result<void> send(std::string_view unit, Patience patience) override {
    if (unit.size() > protocol::limits::datagram)
      return fail(ErrorCode::too_long, "a request over UDP can have at most " +
                                           std::to_string(protocol::limits::datagram) + " bytes");
    if (!fd_) {
      if (auto renewed = renew(patience); !renewed) return renewed;
    } else if (used_) {
      discard_stray();
    }
    used_ = true;
    for (;;) {
      if (::send(fd_.get(), unit.data(), unit.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return {};
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return fail(connect_error(errno, address_));
      if (!wait_for(fd_.get(), POLLOUT, Deadline(patience))) return silence(patience);
    }
  }

  Result<std::string_view> receive(Patience patience) override {
    if (!fd_) return silence(patience);
    const Deadline deadline(patience);
    for (;;) {
      if (!wait_for(fd_.get(), POLLIN, deadline)) return silence(patience);
      const auto got = ::recv(fd_.get(), buffer_.get(), buffer_size, MSG_DONTWAIT);
      if (got > 0) return std::string_view(buffer_.get(), static_cast<std::size_t>(got));
      // An empty datagram is ignored; it is not an end of stream.
      if (got == 0 || errno == EINTR || errno == EAGAIN) continue;
      return fail(connect_error(errno, address_));
    }
  }

  bool datagrams() const override { return true; }
  int descriptor() const override { return fd_ ? fd_.get() : -1; }

  Result<void> renew(Patience) override {
    auto fd = connect_to(address_);
    if (!fd) return fail(fd.error());
    fd_ = std::move(*fd);
    used_ = false;
    return {};
  }

 private:
  // Closes the socket, so that a late answer to the old port is discarded (protocol 9.6).
  tl::unexpected<Error> silence(Patience patience) {
    fd_.reset();
    return fail(ErrorCode::daemon_timeout,
                address_.text() + ": no answer within " + patience_text(patience));
  }

  // Discards datagrams that arrived between two exchanges (protocol 10, row 35).
  void discard_stray() {
    while (::recv(fd_.get(), buffer_.get(), buffer_size, MSG_DONTWAIT) >= 0) {
    }
  }

  UniqueFd fd_;  // none after a timeout
  Address address_;
  std::unique_ptr<char[]> buffer_;
  bool used_ = false;
};

}  // namespace

Result<std::unique_ptr<Pipe>> open_udp(const Address& address) {
  auto fd = connect_to(address);
  if (!fd) return fail(fd.error());
  return std::unique_ptr<Pipe>(new Udp(std::move(*fd), address));
}

}  // namespace msn::pipe

// SPDX-License-Identifier: MIT
#include "core/daemon/listen/server.hpp"

#include "core/daemon/listen/fifo.hpp"
#include "core/daemon/listen/stdio.hpp"
#include "core/daemon/listen/udp.hpp"
#include "core/daemon/listen/unix.hpp"

#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace msn::daemon::listen {
namespace {

int socket_option(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

}  // namespace

bool is_root_or_us(uid_t peer) {
  return peer == 0 || peer == ::geteuid();
}

Server::Server(asio::io_context& loop, Daemon& daemon, const Clock& clock, Log& log, Limits limits,
               Hub::Allowed allowed)
    : hub_(loop, daemon, clock, log, limits, std::move(allowed)) {}

Server::~Server() {
  input_end_ = {};
  stop_listening();
  hub_.drop_all();
}

Result<void> Server::open(const pipe::Address& address) {
  auto listener = [&]() -> Result<std::shared_ptr<Listener>> {
    switch (address.kind) {
      case pipe::Address::Kind::unix_socket:
        return UnixListener::open(hub_, address.path);
      case pipe::Address::Kind::fifo:
        return FifoListener::open(hub_, address.path);
      case pipe::Address::Kind::udp:
        return UdpListener::open(hub_, address);
      case pipe::Address::Kind::stdio:
        break;
    }
    return StdioListener::open(hub_, in_, out_, [this] {
      if (input_end_) input_end_();
    });
  }();
  if (!listener) return fail(std::move(listener.error()));
  listeners_.push_back(std::move(*listener));
  hub_.log().info("listen", "listening on " + address.text());
  return {};
}

Result<void> Server::adopt(UniqueFd fd) {
  const int family = socket_option(fd.get(), SO_DOMAIN);
  const int type = socket_option(fd.get(), SO_TYPE);
  const bool listening = socket_option(fd.get(), SO_ACCEPTCONN) == 1;
  Result<std::shared_ptr<Listener>> listener =
      fail(ErrorCode::usage,
           "a passed socket is neither a listening Unix stream socket nor a "
           "datagram socket on loopback");
  if (family == AF_UNIX && type == SOCK_STREAM && listening)
    listener = UnixListener::adopt(hub_, std::move(fd));
  else if ((family == AF_INET || family == AF_INET6) && type == SOCK_DGRAM)
    listener = UdpListener::adopt(hub_, std::move(fd));
  if (!listener) return fail(std::move(listener.error()));
  listeners_.push_back(std::move(*listener));
  hub_.log().info("listen", "listening on a socket that was passed");
  return {};
}

void Server::stop_listening() {
  for (auto& listener : listeners_) listener->close();
  listeners_.clear();
}

}  // namespace msn::daemon::listen

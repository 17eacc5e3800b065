// SPDX-License-Identifier: MIT
#include "core/daemon/listen/server.hpp"

#include "core/daemon/listen/fifo.hpp"
#include "core/daemon/listen/stdio.hpp"
#include "core/daemon/listen/udp.hpp"
#include "core/daemon/listen/unix.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace msn::daemon::listen {
namespace {

int socket_option(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

bool is_missing(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

// True if a file by which clients find the address is missing.
bool has_lost_files(const pipe::Address& address) {
  if (address.kind == pipe::Address::Kind::unix_socket) return is_missing(address.path);
  if (address.kind == pipe::Address::Kind::fifo)
    return is_missing(address.path + "/in") || is_missing(address.path + "/out");
  return false;
}

}  // namespace

bool is_root_or_own_user(uid_t peer) {
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

Result<std::shared_ptr<Listener>> Server::listen(const pipe::Address& address) {
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
}

Result<void> Server::open(const pipe::Address& address) {
  auto listener = listen(address);
  if (!listener) return fail(std::move(listener.error()));
  served_.push_back({std::move(*listener), address});
  hub_.log().info("listen", "listening on " + address.text());
  return {};
}

Result<void> Server::adopt(UniqueFd fd) {
  const int family = socket_option(fd.get(), SO_DOMAIN);
  const int type = socket_option(fd.get(), SO_TYPE);
  const bool listening = socket_option(fd.get(), SO_ACCEPTCONN) == 1;
  Result<std::shared_ptr<Listener>> listener =
      fail(ErrorCode::usage,
           "a socket passed by systemd is neither a listening Unix stream socket nor a datagram "
           "socket on loopback");
  if (family == AF_UNIX && type == SOCK_STREAM && listening)
    listener = UnixListener::adopt(hub_, std::move(fd));
  else if ((family == AF_INET || family == AF_INET6) && type == SOCK_DGRAM)
    listener = UdpListener::adopt(hub_, std::move(fd));
  if (!listener) return fail(std::move(listener.error()));
  served_.push_back({std::move(*listener), std::nullopt});
  hub_.log().info("listen", "listening on a socket passed by systemd");
  return {};
}

void Server::restore() {
  for (auto& served : served_) {
    if (!served.down && !(served.address && has_lost_files(*served.address))) continue;
    const auto name = served.address->text();
    served.listener->close();
    auto again = listen(*served.address);
    if (again) {
      served.listener = std::move(*again);
      hub_.log().warn("listen", "listening again on " + name + ", which was removed");
    } else if (!served.down) {
      hub_.log().error("listen",
                       name + " was removed; retrying every few seconds: " + again.error().message);
    }
    served.down = !again;
  }
}

void Server::stop_listening() {
  for (auto& served : served_) served.listener->close();
  served_.clear();
}

}  // namespace msn::daemon::listen

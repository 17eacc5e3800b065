// SPDX-License-Identifier: MIT
#include "core/pipe/unix_socket.hpp"

#include "core/base/unique_fd.hpp"
#include "core/pipe/deadline.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace msn::pipe {
namespace {

// A long answer needs few reads. Only the pages that are used take memory.
constexpr std::size_t buffer_size = 32 * 1024;

Result<UniqueFd> connect_to(const Address& address, Patience patience) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd)
    return fail(ErrorCode::internal,
                std::string("cannot create a socket: ") + std::strerror(errno));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (address.path.size() >= sizeof name.sun_path)
    return fail(ErrorCode::usage, "the path of " + address.text() + " is too long for a socket");
  address.path.copy(name.sun_path, address.path.size());
  std::optional<Deadline> deadline;
  BackOff back_off;
  for (;;) {
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0) return fd;
    if (errno == EINTR) continue;
    // EAGAIN: the daemon's backlog is full. poll(2) cannot wait for the end of this.
    if (errno != EAGAIN) return fail(connect_error(errno, address));
    if (!deadline) deadline.emplace(patience);
    if (!back_off.wait(*deadline))
      return fail(ErrorCode::daemon_timeout,
                  address.text() + ": the daemon did not accept the connection within " +
                      patience_text(patience));
  }
}

class UnixSocket final : public Pipe {
 public:
  UnixSocket(UniqueFd fd, const Address& address)
      : fd_(std::move(fd)), address_(address), buffer_(new char[buffer_size]) {}

  Result<void> send(std::string_view unit, Patience patience) override {
    const auto whole = unit.size();
    while (!unit.empty() && !gone_) {
      const auto sent = ::send(fd_.get(), unit.data(), unit.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        unit.remove_prefix(static_cast<std::size_t>(sent));
        continue;
      }
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {
        if (!wait_for(fd_.get(), POLLOUT, Deadline(patience))) return silence(patience);
        continue;
      }
      if (errno != EPIPE && errno != ECONNRESET)
        return fail(ErrorCode::protocol,
                    "cannot write to " + address_.text() + ": " + std::strerror(errno));
      gone_ = true;
      cut_ = unit.size() < whole;
    }
    return {};
  }

  Result<std::string_view> receive(Patience patience) override {
    const Deadline deadline(patience);
    for (;;) {
      if (!wait_for(fd_.get(), POLLIN, deadline)) return silence(patience);
      const auto got = ::recv(fd_.get(), buffer_.get(), buffer_size, MSG_DONTWAIT);
      if (got > 0) return std::string_view(buffer_.get(), static_cast<std::size_t>(got));
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got < 0 && errno != ECONNRESET)
        return fail(ErrorCode::protocol,
                    "cannot read from " + address_.text() + ": " + std::strerror(errno));
      // Closed before any byte of the unit was sent, and without an answer.
      if (gone_ && !cut_)
        return fail(ErrorCode::no_daemon, "msncd at " + address_.text() + " has disconnected");
      return std::string_view();
    }
  }

  bool datagrams() const override { return false; }
  int descriptor() const override { return fd_.get(); }
  std::optional<uid_t> server() const override {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return peer.uid;
  }

  Result<void> renew(Patience patience) override {
    auto fd = connect_to(address_, patience);
    if (!fd) return fail(fd.error());
    fd_ = std::move(*fd);
    gone_ = cut_ = false;
    return {};
  }

 private:
  tl::unexpected<Error> silence(Patience patience) const {
    return fail(ErrorCode::daemon_timeout,
                address_.text() + ": no answer within " + patience_text(patience));
  }

  UniqueFd fd_;
  Address address_;
  std::unique_ptr<char[]> buffer_;  // not initialised, so that unused pages take no memory
  bool gone_ = false;               // the daemon closed the connection during send()
  bool cut_ = false;                // a part of the unit had been sent before
};

}  // namespace

Result<std::unique_ptr<Pipe>> open_unix_socket(const Address& address, Patience patience) {
  auto fd = connect_to(address, patience);
  if (!fd) return fail(fd.error());
  return std::unique_ptr<Pipe>(new UnixSocket(std::move(*fd), address));
}

}  // namespace msn::pipe

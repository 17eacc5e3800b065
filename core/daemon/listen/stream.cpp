// SPDX-License-Identifier: MIT
#include "core/daemon/listen/stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace msn::daemon::listen {
namespace {

// The events of `wanted` that are true now. POLLHUP and POLLERR are always included.
short look(int fd, short wanted) {
  pollfd one{fd, wanted, 0};
  return ::poll(&one, 1, 0) > 0 ? one.revents : short{0};
}

bool is_transient(int error) {
  return error == EAGAIN || error == EINTR || error == ENOBUFS;
}

}  // namespace

Stream::Stream(ReadySet& set, Descriptors descriptors, Owner& owner)
    : set_(set),
      owner_(owner),
      kind_(descriptors.kind),
      in_(std::move(descriptors.in)),
      out_(std::move(descriptors.out)) {}

void Stream::End::on_ready(std::uint32_t events) {
  const bool over = (events & (EPOLLHUP | EPOLLERR)) != 0;
  if (!stream.out_)
    stream.owner_.on_ready((events & EPOLLIN) != 0, (events & EPOLLOUT) != 0, over);
  else if (this == &stream.in_end_)
    stream.owner_.on_ready(true, false, false);  // read() also detects an end of file
  else
    stream.owner_.on_ready(false, true, false);  // write() also detects a closed reader
}

std::ptrdiff_t Stream::read(char* to, std::size_t room) {
  // A descriptor that may be blocking is read only if it has input.
  if (kind_ == Kind::shared && !has_input()) return nothing;
  const auto count = kind_ == Kind::socket ? ::recv(in_.get(), to, room, MSG_DONTWAIT)
                                           : ::read(in_.get(), to, room);
  if (count >= 0) return count;
  return is_transient(errno) ? nothing : broken;
}

std::ptrdiff_t Stream::write(std::string_view bytes) {
  if (kind_ == Kind::shared) return write_shared(bytes);
  const auto count = kind_ == Kind::socket
                         ? ::send(out_fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT)
                         : ::write(out_fd(), bytes.data(), bytes.size());
  if (count >= 0) return count;
  // A named pipe always has a reader: the daemon itself.
  return is_transient(errno) || kind_ == Kind::fifo ? 0 : broken;
}

// The descriptor may be blocking, so at most PIPE_BUF bytes are written at a time, which fit after
// POLLOUT (pipe(7)).
std::ptrdiff_t Stream::write_shared(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && look(out_fd(), POLLOUT) != 0) {
    const auto count = ::write(out_fd(), bytes.data() + taken,
                               std::min<std::size_t>(bytes.size() - taken, PIPE_BUF));
    if (count < 0 && is_transient(errno)) break;
    if (count < 0) return broken;
    taken += static_cast<std::size_t>(count);
  }
  return static_cast<std::ptrdiff_t>(taken);
}

bool Stream::is_connected() const {
  return kind_ != Kind::socket || (look(in_.get(), 0) & (POLLHUP | POLLERR)) == 0;
}

bool Stream::has_input() const {
  return look(in_.get(), POLLIN) != 0;
}

void Stream::discard_output() {
  std::array<char, 4096> unread;
  while (::read(out_fd(), unread.data(), unread.size()) > 0) {
  }
}

bool Stream::await(bool input, bool output, bool hangup) {
  const std::uint32_t in = input ? std::uint32_t{EPOLLIN} : 0u;
  const std::uint32_t out = output ? std::uint32_t{EPOLLOUT} : 0u;
  // A descriptor without awaited events is removed: EPOLLHUP cannot be masked and would spin.
  const auto if_any = [](bool any, std::uint32_t events) {
    return any ? std::optional(events) : std::nullopt;
  };
  if (!out_) return set_.watch(in_.get(), if_any(input || output || hangup, in | out), in_end_);
  return set_.watch(in_.get(), if_any(input, in), in_end_) &&
         set_.watch(out_.get(), if_any(output, out), out_end_);
}

void Stream::close() {
  if (!in_) return;
  await(false, false, false);
  in_.reset();
  out_.reset();
}

}  // namespace msn::daemon::listen

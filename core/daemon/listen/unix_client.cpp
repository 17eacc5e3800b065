// SPDX-License-Identifier: MIT
#include "core/daemon/listen/unix_client.hpp"

#include <asio/post.hpp>

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace msn::daemon::listen {

void UnixClient::await_input() {
  input_ = true;
  if (!std::exchange(fresh_, false) || !read(false)) watch();
}

void UnixClient::await_writable() {
  room_ = true;
  watch();
}

void UnixClient::await_hangup() {
  end_ = true;
  watch();
}

void UnixClient::ready(std::uint32_t events) {
  const auto self = shared_from_this();
  const bool over = (events & (EPOLLHUP | EPOLLERR)) != 0;
  busy_ = true;
  if (input_ && (over || (events & EPOLLIN) != 0)) {
    read(over);
  } else if (end_ && over) {
    end_ = false;
    on_hangup();
  }
  if (room_ && (over || (events & EPOLLOUT) != 0)) {
    room_ = false;
    on_writable();
  }
  busy_ = false;
  watch();
}

bool UnixClient::guessed() {
  if (!input_) return false;
  const auto self = shared_from_this();
  busy_ = true;
  const bool any = read(false);
  busy_ = false;
  watch();
  return any;
}

// False: there is nothing to be read.
bool UnixClient::read(bool over) {
  const auto count = ::recv(fd_.get(), hub().in(), Hub::in_size, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  input_ = false;
  if (count > 0) {
    on_read({hub().in(), static_cast<std::size_t>(count)});
    wipe(hub().in(), static_cast<std::size_t>(count));
  } else if (count == 0 && !over && is_connected()) {
    on_eof();  // only the client's side is closed, to show that there is no more to come
  } else {
    on_reset();
  }
  return true;
}

// Nobody is watched for nothing: an end that nobody waits for would be told again and again.
void UnixClient::watch() {
  if (busy_ || dropped()) return;
  const bool any = input_ || room_ || end_;
  const std::uint32_t wanted =
      any ? (input_ ? std::uint32_t{EPOLLIN} : 0u) | (room_ ? std::uint32_t{EPOLLOUT} : 0u)
          : unwatched;
  if (wanted == watched_) return;
  bool good = true;
  if (!any)
    set_.remove(fd_.get(), *this);
  else if (watched_ == unwatched)
    good = set_.add(fd_.get(), wanted, *this);
  else
    good = set_.change(fd_.get(), wanted, *this);
  watched_ = wanted;
  if (good) return;
  hub().complain("a client is dropped: it cannot be watched");
  asio::post(hub().loop(), [self = shared_from_this()] { self->drop(); });
}

bool UnixClient::is_connected() {
  pollfd look{fd_.get(), 0, 0};
  return ::poll(&look, 1, 0) >= 0 && (look.revents & (POLLHUP | POLLERR)) == 0;
}

std::ptrdiff_t UnixClient::put(std::string_view octets) {
  std::size_t taken = 0;
  while (taken < octets.size()) {
    const auto count = ::send(fd_.get(), octets.data() + taken, octets.size() - taken,
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == ENOBUFS) break;
      return gone;
    }
    taken += static_cast<std::size_t>(count);
    if (taken < octets.size()) break;  // full; asking again would only be told so
  }
  return static_cast<std::ptrdiff_t>(taken);
}

void UnixClient::close() {
  set_.forget(*this);
  fd_.reset();
}

}  // namespace msn::daemon::listen

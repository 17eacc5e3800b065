// SPDX-License-Identifier: MIT
#include "core/daemon/listen/unix_client.hpp"

#include <asio/buffer.hpp>

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>

namespace msn::daemon::listen {

std::shared_ptr<UnixClient> UnixClient::make(Hub& hub, UniqueFd& fd) {
  auto client = std::make_shared<UnixClient>(hub);
  asio::error_code error;
  client->socket_.assign(asio::local::stream_protocol(), fd.get(), error);
  if (error) return nullptr;
  fd.release();
  return client;
}

void UnixClient::await_input() {
  socket_.async_receive(asio::buffer(first_), [this, self = shared_from_this()](
                                                  const asio::error_code& error,
                                                  std::size_t count) { arrived(error, count); });
}

void UnixClient::arrived(const asio::error_code& error, std::size_t count) {
  if (dropped()) return;
  if (error == asio::error::eof) {
    // Closed for good, or only the client's side of it, to show that there is no more to come?
    if (!listens()) return vanished();
    return ended();
  }
  if (error) return vanished();
  // Out of first_ before anything else: received() may begin the next read, which may fill first_ at
  // once, and that must not be wiped.
  char* const in = hub().in();
  std::memcpy(in, first_.data(), count);
  wipe(first_.data(), count);
  if (count == first_.size()) {
    const auto more =
        ::recv(socket_.native_handle(), in + count, Hub::in_size - count, MSG_DONTWAIT);
    if (more > 0) count += static_cast<std::size_t>(more);
    // An end or an error is met again by the next read.
  }
  received(std::string_view(in, count));
  wipe(in, count);
}

bool UnixClient::listens() {
  pollfd look{socket_.native_handle(), 0, 0};
  return ::poll(&look, 1, 0) >= 0 && (look.revents & (POLLHUP | POLLERR)) == 0;
}

void UnixClient::await_room() {
  socket_.async_wait(asio::socket_base::wait_write,
                     [this, self = shared_from_this()](const asio::error_code& error) {
                       if (!error) room();
                     });
}

void UnixClient::await_end() {
  socket_.async_wait(asio::socket_base::wait_error,
                     [this, self = shared_from_this()](const asio::error_code& error) {
                       if (!error) hung_up();
                     });
}

std::ptrdiff_t UnixClient::put(std::string_view octets) {
  std::size_t taken = 0;
  while (taken < octets.size()) {
    const auto count = ::send(socket_.native_handle(), octets.data() + taken, octets.size() - taken,
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == ENOBUFS) break;
      return nobody;
    }
    taken += static_cast<std::size_t>(count);
    if (taken < octets.size()) break;  // full; asking again would only be told so
  }
  return static_cast<std::ptrdiff_t>(taken);
}

void UnixClient::close() {
  asio::error_code ignored;
  socket_.close(ignored);
}

}  // namespace msn::daemon::listen

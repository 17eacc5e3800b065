// SPDX-License-Identifier: MIT
#include "core/daemon/listen/stdio.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <limits.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace msn::daemon::listen {

Result<void> StdioClient::watch(int in, int out) {
  auto reading = ReadyFd::make(hub().loop(), in, ReadyFd::For::reading);
  if (!reading) return fail(reading.error());
  auto writing = ReadyFd::make(hub().loop(), out, ReadyFd::For::writing);
  if (!writing) return fail(writing.error());
  in_ = std::move(*reading);
  out_ = std::move(*writing);
  return {};
}

void StdioClient::await_input() {
  // Nobody reads the answers: what was asked already is carried out, more is not waited for.
  pollfd look{in_->fd(), POLLIN, 0};
  if (!is_connected() && ::poll(&look, 1, 0) <= 0)
    return asio::post(hub().loop(), [self = shared_from_this(), this] { on_eof(); });
  in_->wait([this, self = shared_from_this()] {
    if (dropped()) return;
    const auto count = ::read(in_->fd(), hub().in(), Hub::in_size);
    if (count > 0) {
      on_read({hub().in(), static_cast<std::size_t>(count)});
      return wipe(hub().in(), static_cast<std::size_t>(count));
    }
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return on_read({});
    on_eof();  // an input that cannot be read any more has ended, too
  });
}

void StdioClient::await_writable() {
  out_->wait([this, self = shared_from_this()] { on_writable(); });
}

// The descriptor blocks, so no more than is sure to fit is written at a time (pipe(7)).
std::ptrdiff_t StdioClient::put(std::string_view octets) {
  std::size_t taken = 0;
  while (taken < octets.size()) {
    pollfd look{out_->fd(), POLLOUT, 0};
    const int ready = ::poll(&look, 1, 0);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) break;
    const auto count = ::write(out_->fd(), octets.data() + taken,
                               std::min<std::size_t>(octets.size() - taken, PIPE_BUF));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count < 0) return gone;
    taken += static_cast<std::size_t>(count);
  }
  return static_cast<std::ptrdiff_t>(taken);
}

void StdioClient::close() {
  in_->close();
  out_->close();
  if (done_) std::exchange(done_, {})();
}

Result<std::shared_ptr<Listener>> StdioListener::open(Hub& hub, int in, int out,
                                                      std::function<void()> done) {
  auto listener = std::make_shared<StdioListener>();
  auto client = std::make_shared<StdioClient>(hub, std::move(done));
  if (auto good = client->watch(in, out); !good) return fail(good.error());
  listener->client_ = client;
  hub.add(client);
  client->start();
  return std::shared_ptr<Listener>(std::move(listener));
}

void StdioListener::close() {
  if (const auto client = client_.lock()) client->drop();
}

}  // namespace msn::daemon::listen

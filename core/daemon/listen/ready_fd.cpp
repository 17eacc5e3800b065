// SPDX-License-Identifier: MIT
#include "core/daemon/listen/ready_fd.hpp"

#include "core/base/unique_fd.hpp"

#include <asio/post.hpp>

#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <utility>

namespace msn::daemon::listen {

Result<std::unique_ptr<ReadyFd>> ReadyFd::make(asio::io_context& loop, int fd, For purpose) {
  auto ready = std::make_unique<ReadyFd>(loop);
  ready->fd_ = fd;
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = purpose == For::reading ? EPOLLIN : EPOLLOUT;
  if (epoll && ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0) {
    asio::error_code error;
    ready->epoll_.assign(epoll.get(), error);
    if (error) return fail(ErrorCode::no_access, "cannot watch a descriptor: " + error.message());
    epoll.release();
  } else if (epoll && errno == EPERM) {
    ready->always_ = true;
  } else {
    return fail(ErrorCode::no_access,
                std::string("cannot watch a descriptor: ") + std::strerror(errno));
  }
  return ready;
}

void ReadyFd::wait(std::function<void()> ready) {
  if (always_) return asio::post(loop_, std::move(ready));
  epoll_.async_wait(asio::posix::descriptor_base::wait_read,
                    [call = std::move(ready)](const asio::error_code& error) {
                      if (!error) call();
                    });
}

void ReadyFd::close() {
  asio::error_code ignored;
  epoll_.close(ignored);
}

}  // namespace msn::daemon::listen

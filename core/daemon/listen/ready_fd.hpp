// SPDX-License-Identifier: MIT
// Waiting for a descriptor that is not ours alone (standard input and output), without touching its
// flags: non-blocking mode would hit everybody who shares the terminal or pipe.
#pragma once
#include "core/base/result.hpp"
#include "core/daemon/listen/hub.hpp"

#include <asio/posix/basic_stream_descriptor.hpp>

#include <functional>
#include <memory>

namespace msn::daemon::listen {

class ReadyFd {
 public:
  enum class For { reading, writing };
  // `fd` stays the caller's and outlives this.
  static Result<std::unique_ptr<ReadyFd>> make(asio::io_context&, int fd, For);
  explicit ReadyFd(asio::io_context& loop) : loop_(loop), epoll_(loop) {}

  // Calls once when one read (or one write of at most PIPE_BUF octets) will not block, or when it
  // ended in an error; not any more after close().
  void wait(std::function<void()> ready);
  void close();
  int fd() const { return fd_; }

 private:
  asio::io_context& loop_;
  // An epoll of its own holds the descriptor, and the loop watches the epoll.
  asio::posix::basic_stream_descriptor<Executor> epoll_;
  int fd_ = -1;
  bool always_ = false;  // a regular file: never blocks, and epoll refuses it
};

}  // namespace msn::daemon::listen

// SPDX-License-Identifier: MIT
// Many descriptors in one epoll set, which the loop watches as a single descriptor.
// Level-triggered: no read that ends in EAGAIN, one epoll_wait for a batch of ready clients, and no
// memory of the loop's for an idle one. The flags of a descriptor are not touched, so one that is
// shared with others (a terminal) can be watched, too.
#pragma once
#include "core/base/result.hpp"

#include <asio/io_context.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <sys/epoll.h>
#include <vector>

namespace msn::daemon::listen {

class ReadySet {
 public:
  // One descriptor that can be watched. It leaves the set before it goes: watch() with nothing.
  class Watched {
   public:
    virtual ~Watched() = default;
    // epoll's words: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR. Called again as long as it is true.
    virtual void on_ready(std::uint32_t events) = 0;
    // Reads without asking epoll first. False: there was nothing to read.
    virtual bool try_read() { return false; }

   private:
    friend class ReadySet;
    std::optional<std::uint32_t> events_;  // nothing: not in the set
    bool always_ = false;
  };

  static Result<std::unique_ptr<ReadySet>> make(asio::io_context&);
  explicit ReadySet(asio::io_context& loop) : loop_(loop), epoll_(loop) {}
  ReadySet(const ReadySet&) = delete;
  ReadySet& operator=(const ReadySet&) = delete;

  // What to wait for: EPOLLIN, EPOLLOUT; 0 for a hangup only; nothing: the descriptor leaves the
  // set and hears no more, not even of the current batch. False: the kernel cannot watch it.
  bool watch(int fd, std::optional<std::uint32_t> events, Watched&);

 private:
  void forget(Watched&);
  void wait();
  void run_batches();
  std::size_t run_batch();
  void run_always();

  asio::io_context& loop_;
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> epoll_;
  std::array<epoll_event, 64> events_{};
  std::span<epoll_event> batch_;
  Watched* single_ =
      nullptr;  // the only one that was ready in the last batch: try it first next time
  int tries_ = 0;
  std::vector<Watched*> always_;  // regular files: always ready, and epoll refuses them
  bool posted_ = false;           // run_always() is posted
  std::shared_ptr<ReadySet*> self_ = std::make_shared<ReadySet*>(this);  // posted calls outlive us
};

}  // namespace msn::daemon::listen

// SPDX-License-Identifier: MIT
// Many descriptors in one epoll set, which the loop watches as a single descriptor.
// It is level-triggered, so no read has to end in EAGAIN. One epoll_wait serves a batch of ready
// clients, and Asio keeps no state for each client. The descriptors' flags are not changed, so a
// descriptor that is shared with other processes (a terminal) can be watched, too.
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
  // One descriptor. Remove it from the set, by watch() with nullopt, before destroying it.
  class Watched {
   public:
    virtual ~Watched() = default;
    // `events`: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR. Called again as long as one of them is true.
    virtual void on_ready(std::uint32_t events) = 0;
    // Reads without epoll_wait. Returns false if there was nothing to read.
    virtual bool try_read() { return false; }

   private:
    friend class ReadySet;
    std::optional<std::uint32_t> events_;  // nullopt: not in the set
    bool always_ready_ = false;
  };

  static Result<std::unique_ptr<ReadySet>> make(asio::io_context&);
  explicit ReadySet(asio::io_context& loop) : loop_(loop), epoll_(loop) {}
  ReadySet(const ReadySet&) = delete;
  ReadySet& operator=(const ReadySet&) = delete;

  // Sets the events to wait for: EPOLLIN and EPOLLOUT, or 0 for a hangup only. nullopt removes the
  // descriptor and discards its events that are still in the current batch. Returns false if epoll
  // cannot watch it.
  bool watch(int fd, std::optional<std::uint32_t> events, Watched&);

 private:
  void forget(Watched&);
  void wait();
  void run_batches();
  std::size_t run_batch();
  void run_always_ready();

  asio::io_context& loop_;
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> epoll_;
  std::array<epoll_event, 64> events_{};
  std::span<epoll_event> batch_;
  Watched* single_ = nullptr;  // the last batch had only this one; it is tried first next time
  int tries_ = 0;              // of single_ without epoll_wait
  std::vector<Watched*> always_ready_;  // regular files, which epoll rejects
  bool posted_ = false;                 // run_always_ready() is posted
  // Expires when the set is destroyed, which posted calls detect.
  std::shared_ptr<ReadySet*> self_ = std::make_shared<ReadySet*>(this);
};

}  // namespace msn::daemon::listen

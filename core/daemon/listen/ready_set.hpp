// SPDX-License-Identifier: MIT
// Many descriptors behind one: an epoll set of its own, which the loop watches as a single one. The
// next request of a client costs no try that finds nothing, a round of ready clients one call, and
// an idle client no memory of the loop's.
#pragma once
#include "core/base/result.hpp"

#include <asio/io_context.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <sys/epoll.h>

namespace msn::daemon::listen {

class ReadySet {
 public:
  class Watched {
   public:
    virtual ~Watched() = default;
    // epoll's words: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR. Told again as long as it is true.
    virtual void ready(std::uint32_t events) = 0;
    // Nothing is known, but it was the only one last time: takes what is there. False: nothing is.
    virtual bool guessed() = 0;
  };

  static Result<std::unique_ptr<ReadySet>> make(asio::io_context&);
  explicit ReadySet(asio::io_context& loop) : epoll_(loop) {}
  ReadySet(const ReadySet&) = delete;
  ReadySet& operator=(const ReadySet&) = delete;

  // What to tell of a descriptor: EPOLLIN, EPOLLOUT; with 0 only its end. False: the kernel cannot.
  bool add(int fd, std::uint32_t events, Watched& watched) {
    return control(EPOLL_CTL_ADD, fd, events, watched);
  }
  bool change(int fd, std::uint32_t events, Watched& watched) {
    return control(EPOLL_CTL_MOD, fd, events, watched);
  }
  void remove(int fd, Watched& watched) {
    control(EPOLL_CTL_DEL, fd, 0, watched);
    forget(watched);
  }
  // It hears no more of the round under way. A descriptor that is closed leaves the set by itself.
  void forget(Watched&);

 private:
  bool control(int operation, int fd, std::uint32_t events, Watched&);
  void wait();
  void rounds();
  std::size_t round();

  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> epoll_;
  std::array<epoll_event, 64> events_{};
  std::span<epoll_event> round_;
  Watched* only_ = nullptr;  // who was alone in the last round
  int guesses_ = 0;          // since then
};

}  // namespace msn::daemon::listen

// SPDX-License-Identifier: MIT
// A client on a Unix-domain stream socket.
#pragma once
#include "core/base/unique_fd.hpp"
#include "core/daemon/listen/client.hpp"
#include "core/daemon/listen/ready_set.hpp"

namespace msn::daemon::listen {

class UnixClient final : public Client, private ReadySet::Watched {
 public:
  // Of an accepted, non-blocking socket.
  UnixClient(Hub& hub, ReadySet& set, UniqueFd fd)
      : Client(hub, Conversation::Binding::stream), set_(set), fd_(std::move(fd)) {}
  bool is_connected() override;

 private:
  void await_input() override;
  void await_writable() override;
  void await_hangup() override;
  std::ptrdiff_t put(std::string_view octets) override;
  void close() override;
  void ready(std::uint32_t events) override;
  bool guessed() override;
  bool read(bool over);
  void watch();

  ReadySet& set_;
  UniqueFd fd_;
  static constexpr std::uint32_t unwatched = UINT32_MAX;
  std::uint32_t watched_ = unwatched;                // what the set tells us of
  bool fresh_ = true;                                // a request may have come with the connection
  bool input_ = false, room_ = false, end_ = false;  // what is awaited
  bool busy_ = false;                                // in ready(), which calls watch() in the end
};

}  // namespace msn::daemon::listen

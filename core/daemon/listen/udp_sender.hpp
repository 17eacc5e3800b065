// SPDX-License-Identifier: MIT
// Whose a datagram is: not said with it, but the kernel knows which socket its answer would reach.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <optional>
#include <sys/socket.h>
#include <sys/types.h>

namespace msn::daemon::listen {

class UdpSenders {
 public:
  // no_access: the kernel does not tell it.
  static Result<UdpSenders> open(const sockaddr_storage& ours);

  // The user who made the socket that a datagram from `ours` to `from` would reach. Nothing: there
  // is none (any more).
  std::optional<uid_t> user(const sockaddr_storage& from) const;

 private:
  UdpSenders(UniqueFd netlink, const sockaddr_storage& ours)
      : netlink_(std::move(netlink)), ours_(ours) {}

  UniqueFd netlink_;
  sockaddr_storage ours_;
};

}  // namespace msn::daemon::listen

// SPDX-License-Identifier: MIT
// Finds the user that sent a datagram. Datagrams carry no credentials, so this asks the kernel
// (NETLINK_SOCK_DIAG) for the owner of the socket that would receive the answer.
#pragma once
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <optional>
#include <sys/socket.h>
#include <sys/types.h>

namespace msn::daemon::listen {

class UdpSenders {
 public:
  // `local`: the address of the daemon's socket. no_access: the kernel cannot answer such requests.
  static Result<UdpSenders> open(const sockaddr_storage& local);

  // The owner of the socket that a datagram from `local` to `from` would reach. Nothing: there is
  // no such socket (any more).
  std::optional<uid_t> user(const sockaddr_storage& from) const;

 private:
  UdpSenders(UniqueFd netlink, const sockaddr_storage& local)
      : netlink_(std::move(netlink)), local_(local) {}

  UniqueFd netlink_;
  sockaddr_storage local_;
};

}  // namespace msn::daemon::listen

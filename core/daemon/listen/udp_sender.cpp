// SPDX-License-Identifier: MIT
#include "core/daemon/listen/udp_sender.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string>

namespace msn::daemon::listen {
namespace {

void put(const sockaddr_storage& address, __be32* host, __be16& port) {
  if (address.ss_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address);
    std::memcpy(host, &four.sin_addr, sizeof four.sin_addr);
    port = four.sin_port;
  } else {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    std::memcpy(host, &six.sin6_addr, sizeof six.sin6_addr);
    port = six.sin6_port;
  }
}

}  // namespace

Result<UdpSenders> UdpSenders::open(const sockaddr_storage& local) {
  UdpSenders senders(UniqueFd(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)),
                     local);
  // The daemon's own socket certainly exists, so this tests the kernel.
  if (!senders.netlink_ || !senders.user(local))
    return fail(ErrorCode::no_access,
                "the kernel cannot report which user sent a datagram; run: sudo modprobe udp_diag");
  return senders;
}

std::optional<uid_t> UdpSenders::user(const sockaddr_storage& from) const {
  struct {
    nlmsghdr header;
    inet_diag_req_v2 request;
  } question{};
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.request.sdiag_family = static_cast<__u8>(from.ss_family);
  question.request.sdiag_protocol = IPPROTO_UDP;
  question.request.idiag_states = ~0u;
  auto& id = question.request.id;
  // For UDP the kernel looks up the receiver of a datagram from src to dst.
  put(local_, id.idiag_src, id.idiag_sport);
  put(from, id.idiag_dst, id.idiag_dport);
  id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  if (::send(netlink_.get(), &question, sizeof question, 0) < 0) return std::nullopt;

  // The answer is available when send() returns.
  alignas(nlmsghdr) std::array<char, 4096> bytes{};
  const auto size = ::recv(netlink_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  nlmsghdr header{};
  inet_diag_msg answer{};
  if (size < static_cast<ssize_t>(NLMSG_HDRLEN + sizeof answer)) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return std::nullopt;
  std::memcpy(&answer, bytes.data() + NLMSG_HDRLEN, sizeof answer);
  if (answer.id.idiag_sport != id.idiag_dport) return std::nullopt;
  return answer.idiag_uid;
}

}  // namespace msn::daemon::listen

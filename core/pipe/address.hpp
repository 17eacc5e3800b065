// SPDX-License-Identifier: MIT
// Where a daemon listens: "unix:PATH" or a bare path, "fifo:DIR", "udp:HOST:PORT", "stdio"
// (msnc(1), msncd(8)). Shared by both programs.
#pragma once
#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace msn::pipe {

struct Address {
  enum class Kind { unix_socket, fifo, udp, stdio } kind = Kind::unix_socket;
  std::string path;          // unix_socket: the socket; fifo: the directory
  std::string host;          // udp: numeric, loopback only (IPv4, or IPv6 without brackets)
  std::uint16_t port = 0;    // udp
  std::string text() const;  // as the user may write it: "unix:/run/…", "udp:127.0.0.1:3030"
  bool operator==(const Address&) const = default;
};

// usage: names the text and what is wrong (too long for a socket path, not loopback, bad port).
Result<Address> parse_address(std::string_view text);
// As a client may give it: not stdio, which is for the parents of a daemon.
Result<Address> parse_client_address(std::string_view text);

}  // namespace msn::pipe

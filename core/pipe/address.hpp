// SPDX-License-Identifier: MIT
// The address of a daemon: "unix:PATH" or a bare path, "fifo:DIR", "udp:HOST:PORT", "stdio"
// (protocol 2; msnc(1), msncd(8)). Used by both programs.
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
  std::string text() const;  // as parse_address() reads it: "unix:/run/…", "udp:127.0.0.1:3030"
  bool operator==(const Address&) const = default;
};

// ErrorCode::usage: the message has the text and the reason (path too long, not loopback, bad
// port).
Result<Address> parse_address(std::string_view text);
// For clients: refuses stdio, which only the parent process of a daemon can use.
Result<Address> parse_client_address(std::string_view text);

}  // namespace msn::pipe

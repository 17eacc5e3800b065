// SPDX-License-Identifier: MIT
// A host and its port, as settings and servers write them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace msn {

struct HostPort {
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

// "host:port", "host", "[v6]:port"; cut at the last colon. Nothing if it is neither.
std::optional<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port);
// The inverse, always with the port.
std::string to_text(const HostPort&);
// A host as it stands in URLs: "[v6]".
std::string bracketed(std::string_view host);

// Whether the host is an address in numbers, in any form that getaddrinfo(3) takes for one.
bool is_address(const std::string& host);
// Whether the host names this machine or only its own link: localhost, and the addresses of
// loopback, of link-local networks and "any".
bool is_on_this_link(const std::string& host);

}  // namespace msn

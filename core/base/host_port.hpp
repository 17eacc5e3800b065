// SPDX-License-Identifier: MIT
// Host and port, as written in settings and by servers.
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

// Parses a host or an "[IPv6 address]", with or without ":port" (1 to 65535) after it; nullopt for
// any other form.
std::optional<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port);
// "host:port", with brackets around an IPv6 address.
std::string to_text(const HostPort&);
// The host as written in URLs: an IPv6 address in brackets, any other host unchanged.
std::string bracketed(std::string_view host);

// Whether the host is a numeric address, in any form that getaddrinfo(3) accepts.
bool is_address(const std::string& host);
// Whether the host is this machine or on the local link: "localhost", or a loopback, link-local or
// unspecified ("any") address.
bool is_on_this_link(const std::string& host);

}  // namespace msn

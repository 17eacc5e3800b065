// SPDX-License-Identifier: MIT
#include "core/base/host_port.hpp"

#include "core/base/percent.hpp"
#include "core/base/text.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace msn {
namespace {

bool is_on_this_link(std::uint32_t v4) {
  return v4 >> 24 == 127 || v4 >> 24 == 0 || v4 >> 16 == 0xA9FE;  // 169.254.0.0/16
}

// Parses an IPv6 address; ignores its zone ("%eth0").
std::optional<in6_addr> read_v6(std::string_view host) {
  in6_addr address{};
  const std::string text(host.substr(0, host.find('%')));
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
  return address;
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port) {
  std::string_view host = text;
  std::uint64_t port = default_port;
  const auto colon = text.rfind(':');
  const auto bracket = text.rfind(']');
  if (colon != text.npos && (bracket == text.npos || colon > bracket)) {
    const auto number = parse_number(text.substr(colon + 1), 5);
    if (!number || *number == 0 || *number > 65535) return std::nullopt;
    port = *number;
    host = text.substr(0, colon);
  }
  const bool literal = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (literal) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.size() > 253) return std::nullopt;
  for (const char c : host) {
    const bool plain = is_unreserved(c) && c != '~';
    if (!plain && !(literal && (c == ':' || c == '%'))) return std::nullopt;
  }
  return HostPort{std::string(host), static_cast<std::uint16_t>(port)};
}

std::string to_text(const HostPort& at) {
  return bracketed(at.host) + ":" + std::to_string(at.port);
}

std::string bracketed(std::string_view host) {
  const bool literal = host.find(':') != host.npos;
  return literal ? "[" + std::string(host) + "]" : std::string(host);
}

bool is_address(const std::string& host) {
  in_addr v4{};
  return ::inet_aton(host.c_str(), &v4) != 0 || read_v6(host);
}

bool is_on_this_link(const std::string& host) {
  // inet_aton also reads "127.1" and "0x7f000001".
  if (in_addr v4{}; ::inet_aton(host.c_str(), &v4) != 0) return is_on_this_link(ntohl(v4.s_addr));
  if (const auto v6 = read_v6(host)) {
    const auto* bytes = v6->s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&*v6) || IN6_IS_ADDR_V4COMPAT(&*v6))
      return is_on_this_link(std::uint32_t{bytes[12]} << 24 | std::uint32_t{bytes[13]} << 16 |
                             std::uint32_t{bytes[14]} << 8 | bytes[15]);
    return IN6_IS_ADDR_UNSPECIFIED(&*v6) || IN6_IS_ADDR_LOOPBACK(&*v6) ||
           IN6_IS_ADDR_LINKLOCAL(&*v6);
  }
  std::string name = to_lower_ascii(host);
  if (name.ends_with('.')) name.pop_back();
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace msn

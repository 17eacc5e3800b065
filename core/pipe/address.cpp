// SPDX-License-Identifier: MIT
#include "core/pipe/address.hpp"

#include "core/base/text.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace msn::pipe {
namespace {

constexpr std::size_t longest_socket_path = sizeof(sockaddr_un{}.sun_path) - 1;

tl::unexpected<Error> bad(std::string_view text, std::string_view why) {
  return fail(ErrorCode::usage, "bad address '" + visible(text) + "': " + std::string(why));
}

// The host in inet_ntop's form, so that equal addresses compare equal; empty if it is not a numeric
// loopback address. Names are not resolved, which a static program cannot do, but "localhost" is
// always loopback (RFC 6761).
std::string loopback_host(std::string_view host) {
  if (host == "localhost") return "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string numeric(bracketed ? host.substr(1, host.size() - 2) : host);
  char text[INET6_ADDRSTRLEN];
  if (in_addr four{}; !bracketed && inet_pton(AF_INET, numeric.c_str(), &four) == 1) {
    if (ntohl(four.s_addr) >> 24 != 127) return {};
    return inet_ntop(AF_INET, &four, text, sizeof text);
  }
  if (in6_addr six{}; inet_pton(AF_INET6, numeric.c_str(), &six) == 1) {
    if (!IN6_IS_ADDR_LOOPBACK(&six)) return {};
    return inet_ntop(AF_INET6, &six, text, sizeof text);
  }
  return {};
}

Result<Address> parse_path(Address::Kind kind, std::string_view path, std::string_view text) {
  if (path.empty()) return bad(text, "the path is missing");
  if (path.find('\0') != path.npos) return bad(text, "a path cannot contain NUL");
  if (kind == Address::Kind::unix_socket && path.size() > longest_socket_path)
    return bad(text, "the path of a socket can have at most " +
                         std::to_string(longest_socket_path) + " bytes, this one has " +
                         std::to_string(path.size()));
  Address address;
  address.kind = kind;
  address.path = path;
  return address;
}

Result<Address> parse_udp(std::string_view rest, std::string_view text) {
  const auto colon = rest.rfind(':');
  if (colon == rest.npos) return bad(text, "write udp:HOST:PORT, as in udp:127.0.0.1:3030");
  Address address;
  address.kind = Address::Kind::udp;
  address.host = loopback_host(rest.substr(0, colon));
  if (address.host.empty())
    return bad(text, "the host must be a numeric loopback address, as in udp:127.0.0.1:3030");
  const auto port = parse_number(rest.substr(colon + 1), 5);
  if (!port || *port == 0 || *port > 65535)
    return bad(text, "the port must be a number from 1 to 65535");
  address.port = static_cast<std::uint16_t>(*port);
  return address;
}

Result<Address> parse_any(std::string_view text, std::string_view kinds) {
  if (text.empty()) return bad(text, "it is empty");
  // The text before the first colon is the kind, unless it contains a slash: "./a:b" is a path.
  const auto end = text.find_first_of(":/");
  if (end == text.npos || text[end] == '/')
    return parse_path(Address::Kind::unix_socket, text, text);
  const auto kind = text.substr(0, end);
  const auto rest = text.substr(end + 1);
  if (kind == "unix") return parse_path(Address::Kind::unix_socket, rest, text);
  if (kind == "fifo") return parse_path(Address::Kind::fifo, rest, text);
  if (kind == "udp") return parse_udp(rest, text);
  return bad(text, "write unix:PATH or a path, fifo:DIR" + std::string(kinds));
}

}  // namespace

std::string Address::text() const {
  switch (kind) {
    case Kind::unix_socket:
      return "unix:" + path;
    case Kind::fifo:
      return "fifo:" + path;
    case Kind::udp:
      return "udp:" + (host.find(':') == host.npos ? host : '[' + host + ']') + ':' +
             std::to_string(port);
    case Kind::stdio:
      break;
  }
  return "stdio";
}

Result<Address> parse_address(std::string_view text) {
  if (text == "stdio") {
    Address address;
    address.kind = Address::Kind::stdio;
    return address;
  }
  return parse_any(text, ", udp:HOST:PORT or stdio");
}

Result<Address> parse_client_address(std::string_view text) {
  if (text == "stdio")
    return bad(text, "only msncd can use stdio; write unix:PATH, fifo:DIR or udp:HOST:PORT");
  return parse_any(text, " or udp:HOST:PORT");
}

}  // namespace msn::pipe

// SPDX-License-Identifier: MIT
// The part of HTTP/1.1 for a GET whose response body is not needed: writing requests, parsing the
// head of the response, proxies. Pure functions on bytes.
#pragma once
#include "core/base/host_port.hpp"
#include "core/base/paths.hpp"
#include "core/base/result.hpp"
#include "core/network/network.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::network {

struct Url {
  bool secure = false;  // https
  HostPort at;
  std::string target;  // path and query, beginning with /
};
// Parses an absolute http or https URL without user information; drops the fragment. nullopt if it
// is invalid, longer than 2048 bytes, or contains controls, spaces or bytes that are not ASCII.
std::optional<Url> parse_url(std::string_view url);

// A URL to GET. The authorization is a Secret because it contains the password.
struct HttpRequest {
  std::string url;
  Secret authorization;  // value of the header Authorization (controls are removed); empty: none
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names as received, in any case
  // The value of the first header of that name, ASCII case ignored.
  std::string_view header(std::string_view name) const;
};

struct HttpProxy {
  HostPort at;
  std::string authorization;  // value of the header Proxy-Authorization; empty: none
};
// The proxy that the environment sets for a URL: https_proxy or http_proxy, otherwise all_proxy;
// none if no_proxy contains the host. Only HTTP proxies are supported; others fail (network).
Result<std::optional<HttpProxy>> http_proxy_for(const Url&, const Environment&);

// The complete GET request. `HttpProxy`: write it in the form for this proxy (http URLs only).
Secret write_get(const Url&, const Secret& authorization, const std::optional<HttpProxy>&);
// The CONNECT request that asks a proxy for a tunnel to the URL's host.
std::string write_connect(const Url&, const HttpProxy&);

// Parses the status and the headers of the final response; skips 1xx responses, ignores the body.
class HttpHeadReader {
 public:
  explicit HttpHeadReader(std::size_t longest = 64 * 1024) : longest_(longest) {}
  // nullopt: more bytes are needed. Error: network, if it is not HTTP or is too long.
  Result<std::optional<HttpAnswer>> feed(std::string_view bytes);

 private:
  std::size_t longest_;
  std::string buffer_;
};

}  // namespace msn::network

// SPDX-License-Identifier: MIT
// HTTP/1.1 as far as a GET needs it of which the headers alone matter. Bytes in, values out.
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
  std::string target;  // path and query, with the / before them
};
// A whole http or https URL without a user; its fragment is dropped. Nothing if it is none, is
// longer than 2048 bytes, or has controls, spaces or bytes beyond ASCII.
std::optional<Url> parse_url(std::string_view url);

// One URL to GET. The authorization is a Secret because it holds the password.
struct HttpRequest {
  std::string url;
  Secret authorization;  // of the header Authorization, without its controls; empty: none
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in any case
  // The value of the first header of that name, ASCII case ignored.
  std::string_view header(std::string_view name) const;
};

struct HttpProxy {
  HostPort at;
  std::string authorization;  // of the header Proxy-Authorization; empty: none
};
// The proxy that the environment names for a URL: https_proxy or http_proxy, else all_proxy, unless
// no_proxy excludes the host. HTTP proxies only; others fail (network).
Result<std::optional<HttpProxy>> http_proxy_for(const Url&, const Environment&);

// The whole request; with a proxy (for http only) as that one wants it.
Secret write_get(const Url&, const Secret& authorization, const std::optional<HttpProxy>&);
// Asks a proxy for a tunnel to the URL's host.
std::string write_connect(const Url&, const HttpProxy&);

// Reads the status and the headers of the final answer; the body is not needed.
class HttpHeadReader {
 public:
  explicit HttpHeadReader(std::size_t longest = 64 * 1024) : longest_(longest) {}
  // Nothing: more bytes are needed. Fails (network): it is no HTTP, or too long.
  Result<std::optional<HttpAnswer>> feed(std::string_view bytes);

 private:
  std::size_t longest_;
  std::string buffer_;
};

}  // namespace msn::network

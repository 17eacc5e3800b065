// SPDX-License-Identifier: MIT
#include "core/network/common/http.hpp"

#include "core/base/percent.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>

namespace msn::network {
namespace {

constexpr std::size_t max_url = 2048;
constexpr std::uint16_t proxy_port = 1080;  // as for curl

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string host_header(const Url& url) {
  return url.at.port == (url.secure ? 443 : 80) ? bracketed(url.at.host) : to_text(url.at);
}

std::string first_of(const Environment& environment,
                     std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (auto value = environment(name); value && !value->empty()) return *value;
  return {};
}

// "example.org" and ".example.org" both exclude that host and its subdomains; "*" excludes all.
bool is_excluded(const std::string& host, const std::string& no_proxy) {
  std::string list = no_proxy;
  std::replace(list.begin(), list.end(), ' ', ',');
  for (auto entry : split(list, ',')) {
    if (entry == "*") return true;
    if (entry.starts_with('.')) entry.remove_prefix(1);
    if (entry.empty() || entry.size() > host.size()) continue;
    const auto before = host.size() - entry.size();
    if (equal_ignoring_ascii_case(std::string_view(host).substr(before), entry) &&
        (before == 0 || host[before - 1] == '.'))
      return true;
  }
  return false;
}

// "HTTP/1.1 200 OK"
std::optional<int> read_status(std::string_view line) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[8] != ' ') return std::nullopt;
  const auto status = parse_number(line.substr(9, 3), 3);
  if (!status || *status < 100 || (line.size() > 12 && line[12] != ' ')) return std::nullopt;
  return static_cast<int>(*status);
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (text.size() > max_url) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; }))
    return std::nullopt;
  Url url;
  const auto scheme = std::min(text.find("://"), text.size());
  url.secure = equal_ignoring_ascii_case(text.substr(0, scheme), "https");
  if (!url.secure && !equal_ignoring_ascii_case(text.substr(0, scheme), "http"))
    return std::nullopt;
  text.remove_prefix(std::min(scheme + 3, text.size()));
  text = text.substr(0, text.find('#'));
  const auto path = std::min(text.find_first_of("/?"), text.size());
  const auto at = parse_host_port(text.substr(0, path), url.secure ? 443 : 80);
  if (!at) return std::nullopt;
  url.at = *at;
  url.target = text.substr(path);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

std::string_view HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (equal_ignoring_ascii_case(key, name)) return value;
  return {};
}

Result<std::optional<HttpProxy>> http_proxy_for(const Url& url, const Environment& environment) {
  // HTTP_PROXY is ignored: under CGI it is the header "Proxy" of a web request.
  auto value = url.secure ? first_of(environment, {"https_proxy", "HTTPS_PROXY"})
                          : first_of(environment, {"http_proxy"});
  if (value.empty()) value = first_of(environment, {"all_proxy", "ALL_PROXY"});
  if (value.empty() || is_excluded(url.at.host, first_of(environment, {"no_proxy", "NO_PROXY"})))
    return std::nullopt;
  std::string_view rest = value;
  const auto scheme = rest.find("://");
  if (scheme != rest.npos) {
    if (!equal_ignoring_ascii_case(rest.substr(0, scheme), "http"))
      return fail(
          ErrorCode::network,
          "proxies of type " + visible(rest.substr(0, scheme)) +
              ":// are not supported; unset https_proxy and all_proxy for msncd, or add the host "
              "to no_proxy");
    rest.remove_prefix(scheme + 3);
  }
  HttpProxy proxy;
  rest = rest.substr(0, rest.find('/'));
  if (const auto at = rest.rfind('@'); at != rest.npos) {
    proxy.authorization = "Basic " + base64(percent_decode(rest.substr(0, at)));
    rest.remove_prefix(at + 1);
  }
  const auto found = parse_host_port(rest, proxy_port);
  if (!found)
    return fail(ErrorCode::network,
                "the proxy set in the environment (https_proxy, http_proxy or all_proxy) is not "
                "HOST:PORT");
  proxy.at = *found;
  return proxy;
}

Secret write_get(const Url& url, const Secret& authorization,
                 const std::optional<HttpProxy>& proxy) {
  const auto host = host_header(url);
  std::string text;
  // Reserve first: a reallocation would leave a copy of the password in memory.
  text.reserve(200 + 2 * host.size() + url.target.size() + authorization.text().size() +
               (proxy ? proxy->authorization.size() : 0));
  text.append("GET ");
  if (proxy) text.append("http://").append(host);
  text.append(url.target).append(" HTTP/1.1\r\nHost: ").append(host);
  text.append("\r\nUser-Agent: msncd\r\nAccept: */*\r\nConnection: close\r\n");
  if (proxy && !proxy->authorization.empty())
    text.append("Proxy-Authorization: ").append(proxy->authorization).append("\r\n");
  if (!authorization.text().empty()) {
    text.append("Authorization: ");
    for (const char c : authorization.text())
      if (!is_control(c)) text += c;
    text.append("\r\n");
  }
  text.append("\r\n");
  return Secret(std::move(text));
}

std::string write_connect(const Url& url, const HttpProxy& proxy) {
  const auto to = to_text(url.at);
  std::string text = "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\nUser-Agent: msncd\r\n";
  if (!proxy.authorization.empty())
    text.append("Proxy-Authorization: ").append(proxy.authorization).append("\r\n");
  return text + "\r\n";
}

Result<std::optional<HttpAnswer>> HttpHeadReader::feed(std::string_view bytes) {
  buffer_ += bytes;
  constexpr std::string_view http = "HTTP/1.";
  if (buffer_.compare(0, http.size(), http.substr(0, buffer_.size())) != 0)
    return fail(ErrorCode::network, "the answer is not HTTP");
  HttpAnswer answer;
  std::size_t begin = 0;
  for (std::size_t end; (end = buffer_.find('\n', begin)) != buffer_.npos && end < longest_;) {
    auto line = std::string_view(buffer_).substr(begin, end - begin);
    begin = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto colon = line.find(':');
    if (answer.status == 0) {
      const auto status = read_status(line);
      if (!status) return fail(ErrorCode::network, "the answer is not HTTP");
      answer.status = *status;
    } else if (line.empty()) {
      if (answer.status >= 200) return answer;
      answer = {};  // 1xx: another response follows
    } else if ((line.front() == ' ' || line.front() == '\t') && !answer.headers.empty()) {
      answer.headers.back().second.append(" ").append(trimmed(line));
    } else if (colon != line.npos) {
      answer.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
  }
  if (buffer_.size() > longest_) return fail(ErrorCode::network, "the answer is too long");
  return std::nullopt;
}

}  // namespace msn::network

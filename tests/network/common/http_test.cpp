// SPDX-License-Identifier: MIT
#include "core/network/common/http.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace msn;
using namespace msn::network;

namespace {

Environment environment(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string proxy_of(const std::string& url, const Environment& environment) {
  const auto proxy = http_proxy_for(*parse_url(url), environment);
  if (!proxy) return proxy.error().message;
  if (!*proxy) return "none";
  return to_text((**proxy).at) + ((**proxy).authorization.empty() ? "" : " ") +
         (**proxy).authorization;
}

}  // namespace

TEST_CASE("a URL is parsed into host and port and target") {
  const auto url = parse_url("HTTPS://Login.example:8443/a/b.srf?x=1#part");
  REQUIRE(url);
  CHECK(url->secure);
  CHECK(url->at == HostPort{"Login.example", 8443});
  CHECK(url->target == "/a/b.srf?x=1");
  CHECK(parse_url("http://a.example")->at == HostPort{"a.example", 80});
  CHECK(parse_url("https://[::1]?q")->at == HostPort{"::1", 443});
  CHECK(parse_url("https://[::1]?q")->target == "/?q");
  for (const auto* bad :
       {"", "https", "https://", "https:///x", "https://:80/", "ftp://a.example/", "//a.example/",
        "https://a b/", "https://a.example/\n", "https://user@a.example/", "https://a.example:0/",
        "https://a.example/\xC3\xB6", "xhttps://a.example/"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_url(bad));
  }
  CHECK_FALSE(parse_url("https://a.example/" + std::string(3000, 'x')));
}

TEST_CASE("a request has a Host header and values cannot add header lines") {
  const auto url = *parse_url("https://a.example:8443/x?y");
  CHECK(write_get(url, Secret(), {}).text() ==
        "GET /x?y HTTP/1.1\r\nHost: a.example:8443\r\nUser-Agent: msncd\r\nAccept: */*\r\n"
        "Connection: close\r\n\r\n");
  const auto text = write_get(url, Secret(std::string("Passport1.4 a\r\nInjected: yes\t\x7f")), {});
  CHECK(text.text().ends_with("\r\nAuthorization: Passport1.4 aInjected: yes\r\n\r\n"));
}

TEST_CASE("a proxy gets CONNECT for https and the whole URL for http") {
  const HttpProxy proxy{{"proxy.example", 3128}, "Basic dTpw"};
  CHECK(write_connect(*parse_url("https://a.example/x"), proxy) ==
        "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nUser-Agent: msncd\r\n"
        "Proxy-Authorization: Basic dTpw\r\n\r\n");
  CHECK(write_get(*parse_url("http://a.example/x"), Secret(), proxy)
            .text()
            .starts_with("GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n"));
}

TEST_CASE("the environment sets proxies by scheme and hosts without a proxy") {
  const auto https = environment({{"https_proxy", "http://u%40x:p@proxy.example:3128/"}});
  CHECK(proxy_of("https://a.example/", https) == "proxy.example:3128 Basic dUB4OnA=");
  CHECK(proxy_of("http://a.example/", https) == "none");
  CHECK(proxy_of("http://a.example/", environment({{"HTTP_PROXY", "p:1"}})) == "none");
  CHECK(proxy_of("http://a.example/", environment({{"http_proxy", "p"}})) == "p:1080");
  CHECK(proxy_of("https://a.example/", environment({{"ALL_PROXY", "[::1]:8"}})) == "[::1]:8");
  CHECK(proxy_of("https://a.example/", environment({{"https_proxy", ""}})) == "none");
  CHECK(proxy_of("https://a.example/", environment({{"https_proxy", "socks5://p:1"}}))
            .find("socks5") != std::string::npos);

  for (const auto* list : {"*", "a.example", "x, .EXAMPLE", "example"}) {
    CAPTURE(list);
    CHECK(proxy_of("https://a.example/",
                   environment({{"https_proxy", "p:1"}, {"no_proxy", list}})) == "none");
  }
  for (const auto* list : {"b.example", "xample", "a.example.org", ","}) {
    CAPTURE(list);
    CHECK(proxy_of("https://a.example/",
                   environment({{"https_proxy", "p:1"}, {"no_proxy", list}})) == "p:1");
  }
}

TEST_CASE("the head of a response is parsed in parts of any size") {
  const std::string head =
      "HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 302 Found\r\nLocation:  /x \r\nb:1\nB: 2\r\n"
      " more\r\n\r\n";
  const auto size = GENERATE(as<std::size_t>{}, 1, 7, 1000);
  HttpHeadReader reader;
  for (std::size_t at = 0; at < head.size(); at += size) {
    const auto answer = reader.feed(head.substr(at, size) + (size == 1000 ? "body" : ""));
    REQUIRE(answer);
    REQUIRE(answer->has_value() == (at + size >= head.size()));
    if (!*answer) continue;
    CHECK((*answer)->status == 302);
    CHECK((*answer)->header("LOCATION") == "/x");
    CHECK((*answer)->header("b") == "1");
    CHECK((*answer)->headers.size() == 3);
    CHECK((*answer)->headers.back().second == "2 more");
    CHECK((*answer)->header("x").empty());
  }
}

TEST_CASE("a response that is not HTTP or never ends is an error") {
  for (const auto* bad : {"x", "HTTP/2", "HTTP/1.1 abc\r\n", "HTTP/1.1 20\r\n", "HTTP/1.1 2000\r\n",
                          "HTTP/1.1200 \r\n\r\n"}) {
    CAPTURE(bad);
    CHECK_FALSE(HttpHeadReader().feed(bad));
  }
  HttpHeadReader reader(1000);
  REQUIRE(reader.feed("HTTP/1.1 200 OK\r\nX: "));
  CHECK_FALSE(reader.feed(std::string(1000, 'x')));
}

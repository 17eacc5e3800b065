// SPDX-License-Identifier: MIT
#include "core/network/common/http_client.hpp"

#include "tests/support/lookup_gate.hpp"
#include "tests/support/msn_server_https.hpp"
#include "tests/support/network_peer.hpp"
#include "tests/support/temp_dir.hpp"

#include <asio/read_until.hpp>
#include <asio/streambuf.hpp>
#include <asio/write.hpp>
#include <catch2/catch.hpp>

using namespace msn;
using namespace msn::test;
using namespace msn::network;
using asio::ip::tcp;

namespace {

std::optional<std::string> no_environment(std::string_view) {
  return std::nullopt;
}

struct Web {
  Web() {
    make_certificate(directory / "cert.pem", directory / "key.pem");
    server = std::make_unique<HttpsServer>(loop, directory / "cert.pem", directory / "key.pem",
                                           [this](const HttpsRequest& request) {
                                             asked.push_back(request.target);
                                             last = request;
                                             return reply;
                                           });
    options.environment = &no_environment;
  }
  const Tls& trust() {
    tls.emplace(worker, ca_file);
    return *tls;
  }
  Result<HttpAnswer> get(HttpClient& client, const std::string& url,
                         const std::string& authorization = {}) {
    std::optional<Result<HttpAnswer>> result;
    client.get({url, Secret(authorization)},
               [&](Result<HttpAnswer> answer) { result = std::move(answer); });
    CHECK_FALSE(result);
    REQUIRE(pump(loop, [&] { return result.has_value(); }));
    return *result;
  }

  asio::io_context loop;
  TempDir directory;
  Lookups lookups{loop};
  std::unique_ptr<HttpsServer> server;
  HttpsReply reply;
  HttpsRequest last;
  std::vector<std::string> asked;
  HttpClient::Options options;
  std::string ca_file = directory / "cert.pem";
  Worker worker{loop};
  std::optional<Tls> tls;
};

// A proxy that opens tunnels to one port of this machine, or answers with an error status.
class Proxy {
 public:
  Proxy(asio::io_context& loop, std::uint16_t to, std::string answer)
      : acceptor_(loop, {asio::ip::address_v4::loopback(), 0}),
        client_(loop),
        server_(loop),
        to_(to),
        answer_(std::move(answer)) {
    acceptor_.async_accept(client_, [this](std::error_code error) {
      if (error) return;
      asio::async_read_until(client_, input_, "\r\n\r\n", [this](std::error_code failed, auto) {
        if (failed) return;
        asked.assign(asio::buffers_begin(input_.data()), asio::buffers_end(input_.data()));
        asio::write(client_, asio::buffer(answer_));
        server_.connect({asio::ip::address_v4::loopback(), to_});
        pass(client_, server_, there_);
        pass(server_, client_, back_);
      });
    });
  }
  std::string address() const {
    return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  std::string asked;

 private:
  using Buffer = std::array<char, 4096>;
  void pass(tcp::socket& from, tcp::socket& to, Buffer& buffer) {
    from.async_read_some(asio::buffer(buffer), [&, this](std::error_code error, std::size_t n) {
      std::error_code ignored;
      if (error) {
        to.close(ignored);
        return;
      }
      asio::write(to, asio::buffer(buffer, n), ignored);
      pass(from, to, buffer);
    });
  }

  tcp::acceptor acceptor_;
  tcp::socket client_, server_;
  std::uint16_t to_;
  std::string answer_;
  asio::streambuf input_;
  Buffer there_, back_;
};

}  // namespace

TEST_CASE("a GET sends the authorization and returns status and headers") {
  Web web;
  HttpClient client(web.loop, web.lookups, web.trust(), web.options);
  web.reply.status = 302;
  web.reply.headers = {{"Location", "/elsewhere"}};
  const auto first = web.get(client, web.server->url("/x?y=1"), "Passport1.4 pwd=secret");
  REQUIRE(first);
  CHECK(first->status == 302);
  CHECK(first->header("location") == "/elsewhere");
  CHECK(web.last.method == "GET");
  CHECK(web.last.headers["authorization"] == "Passport1.4 pwd=secret");
  CHECK(web.last.headers["host"] == "localhost:" + std::to_string(web.server->port()));
  REQUIRE(web.get(client, web.server->url("/z")));
  CHECK(web.asked == std::vector<std::string>{"/x?y=1", "/z"});
  CHECK(web.last.headers.count("authorization") == 0);
}

TEST_CASE("an error names the URL without its query") {
  Web web;
  const auto url = web.server->url("/x?secret");
  const auto shown = web.server->url("/x");
  std::string wanted = "cannot get " + shown + ": ";
  std::string asked = url;
  SECTION("no answer") {
    web.options.timeout = std::chrono::milliseconds(300);
    web.reply.silent = true;
    wanted = shown + " does not answer";
  }
  SECTION("no HTTP") {
    web.reply.raw = std::string(100'000, 'x');
    wanted += "the answer is not HTTP";
  }
  SECTION("headers without an end") {
    web.reply.raw = "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x');
    wanted += "the answer is too long";
  }
  SECTION("a truncated head") {
    web.reply.raw = "HTTP/1.1 200 OK\r\n";
    wanted += "the server closed the connection";
  }
  SECTION("a certificate that is not trusted") {
    web.ca_file.clear();
    wanted += "the certificate of localhost is not trusted";
  }
  SECTION("an unusable CA file") {
    web.ca_file = web.directory / "none.pem";
    wanted = "cannot use the ca_file";
  }
  SECTION("no such host") {
    asked = "https://no-such-host.invalid/x";
    wanted = "cannot get https://no-such-host.invalid/x: cannot find the host";
  }
  SECTION("no valid URL") {
    asked = "gopher://x";
    wanted = "not a valid http or https URL: gopher://x";
  }
  SECTION("a proxy of another type") {
    web.options.environment = [](std::string_view name) -> std::optional<std::string> {
      return name == "https_proxy" ? std::optional<std::string>("socks5://x") : std::nullopt;
    };
    wanted = "proxies of type socks5:// are not supported";
  }
  HttpClient client(web.loop, web.lookups, web.trust(), web.options);
  const auto result = web.get(client, asked);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::network);
  CAPTURE(result.error().message);
  CHECK(result.error().message.starts_with(wanted));
}

TEST_CASE("a request that is cancelled or replaced or destroyed calls no Done") {
  Web web;
  auto client = std::make_unique<HttpClient>(web.loop, web.lookups, web.trust(), web.options);
  web.reply.silent = true;
  client->get({web.server->url("/first"), {}}, [](const Result<HttpAnswer>&) { FAIL(); });
  REQUIRE(pump(web.loop, [&] { return web.asked.size() == 1; }));
  SECTION("cancelled") {
    client->cancel();
  }
  SECTION("replaced") {
    web.reply.silent = false;
    CHECK(web.get(*client, web.server->url("/second")));
  }
  SECTION("destroyed") {
    client.reset();
  }
  web.loop.restart();
  web.loop.poll();
}

TEST_CASE("a client can be destroyed inside its Done") {
  Web web;
  auto client = std::make_unique<HttpClient>(web.loop, web.lookups, web.trust(), web.options);
  client->get({web.server->url("/"), {}}, [&](const Result<HttpAnswer>&) { client.reset(); });
  CHECK(pump(web.loop, [&] { return !client; }));
}

TEST_CASE("a name lookup that hangs ends at the timeout of the request") {
  Gate gate;
  Web web;
  const Lookups lookups(web.loop, {gate.ask()});
  web.options.timeout = std::chrono::milliseconds(50);
  HttpClient client(web.loop, lookups, web.trust(), web.options);
  const auto result = web.get(client, web.server->url("/"));
  REQUIRE_FALSE(result);
  CHECK(result.error().message.ends_with(" does not answer"));
}

TEST_CASE("HTTPS through a proxy uses a tunnel and is verified") {
  Web web;
  std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n";
  SECTION("a tunnel") {
    Proxy proxy(web.loop, web.server->port(), answer);
    web.options.environment = [&](std::string_view name) -> std::optional<std::string> {
      return name == "https_proxy" ? std::optional("http://me:pw@" + proxy.address())
                                   : std::nullopt;
    };
    HttpClient client(web.loop, web.lookups, web.trust(), web.options);
    SECTION("to the right host whose name the proxy resolves") {
      // The name does not exist here; the certificate is checked against it.
      const auto result = web.get(client, "https://elsewhere.invalid/x", "secret");
      REQUIRE_FALSE(result);
      CHECK(result.error().message.find("not valid for the name elsewhere.invalid") !=
            std::string::npos);
      CHECK(web.asked.empty());
    }
    SECTION("with the password only inside") {
      REQUIRE(web.get(client, "https://localhost/x", "secret"));
      CHECK(web.last.headers["authorization"] == "secret");
      CHECK(proxy.asked.find("secret") == std::string::npos);
      CHECK(proxy.asked.starts_with("CONNECT localhost:443 HTTP/1.1\r\n"));
      CHECK(proxy.asked.find("Proxy-Authorization: Basic bWU6cHc=\r\n") != std::string::npos);
    }
  }
  SECTION("none") {
    Proxy proxy(web.loop, web.server->port(), "HTTP/1.1 403 Forbidden\r\n\r\n");
    web.options.environment = [&](std::string_view name) -> std::optional<std::string> {
      return name == "ALL_PROXY" ? std::optional(proxy.address()) : std::nullopt;
    };
    HttpClient client(web.loop, web.lookups, web.trust(), web.options);
    const auto result = web.get(client, "https://localhost/x", "secret");
    REQUIRE_FALSE(result);
    CHECK(result.error().message == "cannot get https://localhost/x: the proxy " + proxy.address() +
                                        " answered with status 403");
    CHECK(web.asked.empty());
  }
}

// SPDX-License-Identifier: MIT
// GET over http and https, one request at a time, through the proxy set in the environment. It does
// not follow redirects: the caller decides where the password may be sent. Loop thread only.
#pragma once
#include "core/network/common/connection.hpp"
#include "core/network/common/http.hpp"
#include "core/network/common/tls.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace msn::network {

class HttpClient {
 public:
  struct Options {
    std::chrono::milliseconds timeout{15'000};        // of a whole request, with name lookup
    Environment environment = process_environment();  // https_proxy, no_proxy and so on
  };
  using Done = std::function<void(Result<HttpAnswer>)>;
  // The loop, the lookups and the TLS context outlive this object.
  HttpClient(asio::io_context& loop, const Lookups& lookups, const Tls& tls, Options options);
  ~HttpClient() { cancel(); }
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Calls `done` once, on the loop and not from inside this call. Error: network. Cancels an
  // earlier request.
  void get(HttpRequest request, Done done);
  // Ends the request without calling its Done.
  void cancel();

 private:
  Result<void> start();
  void open();
  void connected();
  void received(std::string_view bytes);
  void finish(Result<HttpAnswer> result);

  asio::io_context& loop_;
  const Lookups& lookups_;
  const Tls& tls_;
  const Options options_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  // The current request.
  Done done_;
  HttpRequest request_;
  Tls::Context context_;
  Url url_;
  std::optional<HttpProxy> proxy_;
  bool tunnelling_ = false;  // the next response is the proxy's answer to CONNECT
  HttpHeadReader reader_;
  std::shared_ptr<Connection> connection_;
  asio::steady_timer timer_;
};

}  // namespace msn::network

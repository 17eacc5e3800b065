// SPDX-License-Identifier: MIT
// GETs over http and https, on the loop, one at a time; through the proxy that the environment
// names. Redirects are the caller's, because a password goes along only where that one says so.
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
    std::chrono::milliseconds timeout{15'000};        // of one request, name lookup and all
    Environment environment = process_environment();  // https_proxy, no_proxy and their like
  };
  using Done = std::function<void(Result<HttpAnswer>)>;
  // All outlive it.
  HttpClient(asio::io_context& loop, const Lookups& lookups, const Tls& tls, Options options);
  ~HttpClient() { cancel(); }
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `done` is called once, on the loop and not from inside this call: the status and headers, or
  // network. Takes the place of an earlier request, whose Done is not called any more.
  void get(HttpRequest request, Done done);
  // Nothing is sent any more, nor is the Done called.
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

  // Of the present request.
  Done done_;
  HttpRequest request_;
  Tls::Context context_;
  Url url_;
  std::optional<HttpProxy> proxy_;
  bool tunnelling_ = false;  // the next answer is the proxy's
  HttpHeadReader reader_;
  std::shared_ptr<Connection> connection_;
  asio::steady_timer timer_;
};

}  // namespace msn::network

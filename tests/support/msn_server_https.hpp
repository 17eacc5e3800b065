// SPDX-License-Identifier: MIT
// A real HTTPS server on loopback with a certificate of its own, for the MSN server's nexus and
// login. Runs on the test's loop.
#pragma once
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace msn::test {

struct HttpsRequest {
  std::string method, target;
  std::map<std::string, std::string> headers;  // names in lower case
};
struct HttpsReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = "200: OK";
  bool silent = false;   // keeps the connection and says nothing
  std::string raw = {};  // in place of all the above
};

// Writes a self-signed certificate for localhost and 127.0.0.1 and its key, both PEM.
void make_certificate(const std::string& certificate_file, const std::string& key_file);

class HttpsServer {
 public:
  using Handler = std::function<HttpsReply(const HttpsRequest&)>;
  HttpsServer(asio::io_context&, const std::string& certificate_file, const std::string& key_file,
              Handler);
  ~HttpsServer();
  std::uint16_t port() const;
  std::string url(const std::string& path) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace msn::test

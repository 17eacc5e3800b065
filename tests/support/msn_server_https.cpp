// SPDX-License-Identifier: MIT
#include "tests/support/msn_server_https.hpp"

#include "core/base/text.hpp"

#include <asio/read_until.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/streambuf.hpp>
#include <asio/write.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <set>
#include <sstream>
#include <stdexcept>

namespace msn::test {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File create(const std::string& path) {
  File file(std::fopen(path.c_str(), "w"), &std::fclose);
  if (!file) throw std::runtime_error("cannot write " + path);
  return file;
}

void add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value), &X509_EXTENSION_free);
  if (!extension) throw std::runtime_error("bad extension");
  X509_add_ext(certificate, extension.get(), -1);
}

}  // namespace

void make_certificate(const std::string& certificate_file, const std::string& key_file) {
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), &X509_free);
  if (!key || !certificate) throw std::runtime_error("no key");
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("msn test server"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) throw std::runtime_error("sign");
  const auto out = create(certificate_file);
  const auto secret = create(key_file);
  if (PEM_write_X509(out.get(), certificate.get()) != 1 ||
      PEM_write_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    throw std::runtime_error("cannot write the certificate");
}

struct HttpsServer::State : std::enable_shared_from_this<HttpsServer::State> {
  using Stream = asio::ssl::stream<asio::ip::tcp::socket>;
  struct Visit {
    explicit Visit(asio::io_context& loop, asio::ssl::context& context) : stream(loop, context) {}
    Stream stream;
    asio::streambuf input;
    std::string output;
  };

  State(asio::io_context& io, Handler h)
      : loop(io),
        context(asio::ssl::context::tls_server),
        acceptor(io, {asio::ip::address_v4::loopback(), 0}),
        handler(std::move(h)) {}

  void accept() {
    auto visit = std::make_shared<Visit>(loop, context);
    acceptor.async_accept(visit->stream.lowest_layer(), [this, self = shared_from_this(),
                                                         visit](const std::error_code& error) {
      if (error) return;
      visits.insert(visit);
      std::error_code ignored;
      visit->stream.lowest_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
      visit->stream.async_handshake(Stream::server,
                                    [this, self, visit](const std::error_code& failed) {
                                      if (failed)
                                        visits.erase(visit);
                                      else
                                        read(visit);
                                    });
      accept();
    });
  }

  void read(const std::shared_ptr<Visit>& visit) {
    asio::async_read_until(
        visit->stream, visit->input, "\r\n\r\n",
        [this, self = shared_from_this(), visit](const std::error_code& error, std::size_t) {
          if (error || !handler) {
            visits.erase(visit);
            return;
          }
          std::istream in(&visit->input);
          HttpsRequest request;
          std::string line;
          std::getline(in, line);
          std::istringstream(line) >> request.method >> request.target;
          while (std::getline(in, line) && line != "\r") {
            const auto colon = line.find(": ");
            if (colon != line.npos)
              request.headers[to_lower_ascii(line.substr(0, colon))] =
                  line.substr(colon + 2, line.size() - colon - 3);
          }
          const auto reply = handler(request);
          if (reply.silent) return;
          visit->output = reply.raw;
          if (reply.raw.empty()) {
            visit->output = "HTTP/1.1 " + std::to_string(reply.status) + " Text\r\n";
            for (const auto& [name, value] : reply.headers)
              visit->output += name + ": " + value + "\r\n";
            visit->output += "Content-Length: " + std::to_string(reply.body.size()) +
                             "\r\nConnection: close\r\n\r\n" + reply.body;
          }
          asio::async_write(
              visit->stream, asio::buffer(visit->output),
              [this, self, visit](const std::error_code&, std::size_t) {
                visit->stream.async_shutdown(
                    [this, self, visit](const std::error_code&) { visits.erase(visit); });
              });
        });
  }

  void stop() {
    handler = {};
    std::error_code ignored;
    acceptor.close(ignored);
    for (const auto& visit : visits) visit->stream.lowest_layer().close(ignored);
    visits.clear();
  }

  asio::io_context& loop;
  asio::ssl::context context;
  asio::ip::tcp::acceptor acceptor;
  Handler handler;
  std::set<std::shared_ptr<Visit>> visits;
};

HttpsServer::HttpsServer(asio::io_context& loop, const std::string& certificate_file,
                         const std::string& key_file, Handler handler)
    : state_(std::make_shared<State>(loop, std::move(handler))) {
  state_->context.use_certificate_file(certificate_file, asio::ssl::context::pem);
  state_->context.use_private_key_file(key_file, asio::ssl::context::pem);
  state_->accept();
}

HttpsServer::~HttpsServer() {
  state_->stop();
}

std::uint16_t HttpsServer::port() const {
  return state_->acceptor.local_endpoint().port();
}

std::string HttpsServer::url(const std::string& path) const {
  return "https://localhost:" + std::to_string(port()) + path;
}

}  // namespace msn::test

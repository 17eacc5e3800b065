// SPDX-License-Identifier: MIT
// TLS for clients: trusted certificates, verification, and error messages for the user.
#pragma once
#include "core/base/result.hpp"
#include "core/network/common/worker.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>

#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace msn::network {

using TlsContext = asio::ssl::context;
using TlsStream = asio::ssl::stream<asio::ip::tcp::socket&>;

// A context for TLS 1.2 or later that trusts the system's certificates and those in `ca_file` (PEM;
// empty: none). Error: network, if `ca_file` cannot be used.
Result<std::shared_ptr<TlsContext>> make_tls_context(const std::string& ca_file);

// The TLS context of a network, created at the first use. Reading the system's certificates takes
// tens of milliseconds, so the worker does it.
class Tls {
 public:
  using Context = std::shared_ptr<TlsContext>;
  // The worker outlives this object.
  Tls(Worker& worker, std::string ca_file) : worker_(worker), ca_file_(std::move(ca_file)) {}
  // Calls `done` on the loop, not from inside this call, possibly after this object is destroyed.
  void context(std::function<void(Result<Context>)> done) const;

 private:
  Worker& worker_;
  const std::string ca_file_;
  const std::shared_ptr<Context> made_ = std::make_shared<Context>();  // worker thread only
};

// A stream whose handshake succeeds only with a trusted certificate for `name`, a host name or a
// numeric address. The context and the socket outlive it.
std::unique_ptr<TlsStream> make_tls_stream(asio::ip::tcp::socket&, TlsContext&,
                                           const std::string& name);
// The message for the user after a failed handshake of such a stream.
std::string explain_tls(TlsStream&, const std::error_code&, const std::string& name);

}  // namespace msn::network

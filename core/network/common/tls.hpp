// SPDX-License-Identifier: MIT
// TLS for clients, certificates verified: whom we trust, and what failed in words for the user.
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

// TLS 1.2 at least. Trusts the system's certificates and those in `ca_file` (PEM; empty: none).
// Fails (network) if that cannot be used.
Result<std::shared_ptr<TlsContext>> make_tls_context(const std::string& ca_file);

// The context for a network, made when it is wanted first: to read the system's certificates takes
// tens of milliseconds, so that is done off the loop.
class Tls {
 public:
  using Context = std::shared_ptr<TlsContext>;
  // The worker outlives it.
  Tls(Worker& worker, std::string ca_file) : worker_(worker), ca_file_(std::move(ca_file)) {}
  // Calls `done` on the loop, not from inside. It may come after the end of this object.
  void context(std::function<void(Result<Context>)> done) const;

 private:
  Worker& worker_;
  const std::string ca_file_;
  const std::shared_ptr<Context> made_ = std::make_shared<Context>();  // the worker's thread only
};

// A stream whose handshake succeeds only with a trusted certificate for `name`, a host or an
// address in numbers. The context and the socket outlive it.
std::unique_ptr<TlsStream> make_tls_stream(asio::ip::tcp::socket&, TlsContext&,
                                           const std::string& name);
// Why a handshake of such a stream failed, with advice where there is some.
std::string explain_tls(TlsStream&, const std::error_code&, const std::string& name);

}  // namespace msn::network

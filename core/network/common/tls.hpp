// SPDX-License-Identifier: MIT
// TLS for clients, certificates verified: whom we trust, and what failed in words for the user.
#pragma once
#include "core/base/result.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>

#include <memory>
#include <string>
#include <system_error>

namespace msn::network {

using TlsContext = asio::ssl::context;
using TlsStream = asio::ssl::stream<asio::ip::tcp::socket&>;

// TLS 1.2 at least. Trusts the system's certificates and those in `ca_file` (PEM; empty: none).
// Fails (network) if that cannot be used.
Result<std::shared_ptr<TlsContext>> make_tls_context(const std::string& ca_file);

// A stream whose handshake succeeds only with a trusted certificate for `name`, a host or an
// address in numbers. The context and the socket outlive it.
std::unique_ptr<TlsStream> make_tls_stream(asio::ip::tcp::socket&, TlsContext&,
                                           const std::string& name);
// Why a handshake of such a stream failed, with advice where there is some.
std::string explain_tls(TlsStream&, const std::error_code&, const std::string& name);

}  // namespace msn::network

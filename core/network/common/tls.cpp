// SPDX-License-Identifier: MIT
#include "core/network/common/tls.hpp"

#include "core/base/host_port.hpp"
#include "core/base/text.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace msn::network {

Result<std::shared_ptr<TlsContext>> make_tls_context(const std::string& ca_file) {
  const auto context = std::make_shared<TlsContext>(TlsContext::tls_client);
  ::SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_verify_mode(asio::ssl::verify_peer);
  std::error_code error;
  context->set_default_verify_paths(error);  // on an error no system certificate is trusted
  if (!ca_file.empty()) {
    context->load_verify_file(ca_file, error);
    if (error)
      return fail(ErrorCode::network,
                  "cannot use the ca_file " + visible(ca_file) + ": " + error.message());
  }
  // A certificate in ca_file is trusted even if its issuer is not.
  ::X509_STORE_set_flags(::SSL_CTX_get_cert_store(context->native_handle()),
                         X509_V_FLAG_PARTIAL_CHAIN);
  ::ERR_clear_error();
  return context;
}

void Tls::context(std::function<void(Result<Context>)> done) const {
  const auto answer = std::make_shared<Result<Context>>();
  worker_.add(
      [answer, made = made_, ca_file = ca_file_] {
        *answer = *made ? Result<Context>(*made) : make_tls_context(ca_file);
        if (*answer) *made = **answer;
      },
      [answer, done = std::move(done)] { done(std::move(*answer)); });
}

std::unique_ptr<TlsStream> make_tls_stream(asio::ip::tcp::socket& socket, TlsContext& context,
                                           const std::string& name) {
  auto stream = std::make_unique<TlsStream>(socket, context);
  SSL* ssl = stream->native_handle();
  auto* wanted = ::SSL_get0_param(ssl);
  ::X509_VERIFY_PARAM_set_hostflags(
      wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (::X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) != 1) {
    ::ERR_clear_error();
    // OpenSSL does not check an empty name.
    ::X509_VERIFY_PARAM_set1_host(wanted, name.empty() ? "." : name.c_str(), 0);
    if (!is_address(name))
      ::SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(name.c_str()));
  }
  return stream;
}

std::string explain_tls(TlsStream& stream, const std::error_code& error, const std::string& name) {
  const long verdict = ::SSL_get_verify_result(stream.native_handle());
  std::string advice;
  switch (verdict) {
    case X509_V_OK:
      return "no secure connection to " + visible(name) + ": " + error.message();
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the server's certificate is not valid for the name " + visible(name);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      advice = "; if you trust this server, pass its certificate with --ca-file FILE";
      break;
    default:
      break;
  }
  return "the certificate of " + visible(name) + " is not trusted (" +
         ::X509_verify_cert_error_string(verdict) + ")" + advice;
}

}  // namespace msn::network

// SPDX-License-Identifier: MIT
// The HTTPS login (Passport 1.4, "tweener"), without HTTP itself: which URL to request with which
// headers, and what the answers mean.
//
//   nexus -> PassportURLs: ..DALogin=host/path..  ->  login with the password -> from-PP='ticket'
#pragma once
#include "core/base/result.hpp"
#include "core/network/common/http.hpp"
#include "core/network/network.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

// The login URL in the nexus's header "PassportURLs"; https:// is added if it has no scheme.
std::optional<std::string> login_url(std::string_view passport_urls);
// "Passport1.4 OrgVerb=GET,OrgURL=..,sign-in=..,pwd=..,<challenge>"
Secret authorization(std::string_view email, const Secret& password, std::string_view challenge);
// The ticket in "Authentication-Info".
std::optional<std::string> ticket(std::string_view authentication_info);
// The text for users in "WWW-Authenticate" (cbtxt), decoded; empty if there is none.
std::string refusal_text(std::string_view www_authenticate);
// Resolves a Location header: "/y", "z", "//host/y" or a URL, against the URL "https://host/x".
std::string resolve_url(std::string_view base, std::string_view location);
// Whether the password may be sent to `other` after a redirect by `host`: the same host, or a
// subdomain of it. If the parent domain of `host` has at least three labels, also that domain and
// its subdomains (a.login.example.org -> b.login.example.org); two labels may be a public suffix
// such as co.uk.
bool are_related(std::string_view host, std::string_view other);

// The dialogue: perform request() and call answer() or failed(), until there is a result().
class TicketDialogue {
 public:
  struct Login {
    std::string nexus;  // the first URL
    std::string email;
    Secret password;
    std::string challenge;  // of the notification server's "USR ... TWN S"
    bool insecure = false;  // allow plain http://
  };
  explicit TicketDialogue(Login);

  // The next GET request; nullopt: see result().
  std::optional<HttpRequest> request();
  void answer(const HttpAnswer&);
  // The request failed without an HTTP answer.
  void failed(Error);
  // The ticket, or an error: login_refused (number 911, with the server's text) or network.
  const std::optional<Result<std::string>>& result() const { return result_; }

 private:
  void go_to(std::string url);
  void redirect(const HttpAnswer&);

  Login login_;
  std::string url_;
  bool at_login_ = false;
  int redirects_ = 0;
  std::optional<Result<std::string>> result_;
};

}  // namespace msn::network::msnp

// SPDX-License-Identifier: MIT
// The HTTPS login (Passport 1.4, "tweener") without its HTTP: which address to ask with which
// header, and what the answers mean.
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

// The login address in the nexus's header "PassportURLs"; https:// is put before a bare one.
std::optional<std::string> login_url(std::string_view passport_urls);
// "Passport1.4 OrgVerb=GET,OrgURL=..,sign-in=..,pwd=..,<challenge>"
Secret authorization(std::string_view email, const Secret& password, std::string_view challenge);
// The ticket in "Authentication-Info".
std::optional<std::string> ticket(std::string_view authentication_info);
// The words for people in "WWW-Authenticate" (cbtxt), decoded; empty if there are none.
std::string refusal_text(std::string_view www_authenticate);
// "https://host/x" + "/y" or "z" or a whole address.
std::string resolve_url(std::string_view base, std::string_view location);
// Whether a redirect from `host` to `other` stays in the family: the same host or one below it, and
// where the host's parent domain has at least three words also that and all below ("a.login.example
// .org" and "b.login.example.org"). Two words may be a public suffix like "co.uk".
bool are_related(std::string_view host, std::string_view other);

// The whole dialogue: take request(), perform it, tell its answer, until there is a result.
class TicketDialogue {
 public:
  struct Login {
    std::string nexus;  // the address to begin with
    std::string email;
    Secret password;
    std::string challenge;  // of the server's USR .. TWN S
    bool insecure = false;  // plain http:// will do, too
  };
  explicit TicketDialogue(Login);

  // The next thing to GET; nothing when result() is there.
  std::optional<HttpRequest> request();
  void answer(const HttpAnswer&);
  // The present request got no answer.
  void failed(Error);
  // The ticket; login_refused (911, the server's text) or network.
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

// SPDX-License-Identifier: MIT
#include "core/network/msnp/passport.hpp"

#include "core/base/text.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/limits.hpp"

#include <algorithm>

namespace msn::network::msnp {
namespace {

constexpr std::string_view https = "https://";
constexpr std::size_t max_ticket = 4096;

// Whether it has a scheme; "://" in a path or query does not count.
bool is_whole(std::string_view url) {
  const auto scheme = url.find("://");
  return scheme != url.npos && url.find_first_of("/?#") == scheme + 1;
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != '\x7f'; });
}

// The value of `key` in "Passport1.4 a=b,key='value',c=d": quoted to the next quote, else to the
// next comma.
std::string_view parameter(std::string_view list, std::string_view key) {
  for (std::size_t at = 0; (at = list.find(key, at)) != list.npos; ++at) {
    const bool begins = at == 0 || list[at - 1] == ',' || list[at - 1] == ' ';
    auto value = list.substr(at + key.size());
    if (!begins || !value.starts_with('=')) continue;
    value.remove_prefix(1);
    if (value.starts_with('\'')) {
      value.remove_prefix(1);
      return value.substr(0, value.find('\''));
    }
    return value.substr(0, value.find(','));
  }
  return {};
}

}  // namespace

std::optional<std::string> login_url(std::string_view passport_urls) {
  auto url = std::string(parameter(passport_urls, "DALogin"));
  if (url.empty()) return std::nullopt;
  if (!is_whole(url)) url.insert(0, https);
  if (!parse_url(url)) return std::nullopt;
  return url;
}

Secret authorization(std::string_view email, const Secret& password, std::string_view challenge) {
  Secret encoded(encode_word(password.text()));
  std::string line;
  // Reserve the memory: a reallocation would leave a copy of the password behind.
  line.reserve(160 + 3 * email.size() + encoded.text().size() + challenge.size());
  line.append("Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,sign-in=");
  line.append(encode_word(email)).append(",pwd=").append(encoded.text());
  line.append(",").append(challenge);
  return Secret(std::move(line));
}

std::optional<std::string> ticket(std::string_view authentication_info) {
  const auto found = parameter(authentication_info, "from-PP");
  // The ticket becomes one word of USR.
  if (found.empty() || found.size() > max_ticket || !is_visible(found)) return std::nullopt;
  return std::string(found);
}

std::string refusal_text(std::string_view www_authenticate) {
  auto text = decode_name(parameter(www_authenticate, "cbtxt"));
  if (text.size() > 300) text.resize(300);
  return without_controls(text);
}

std::string resolve_url(std::string_view base, std::string_view location) {
  if (is_whole(location)) return std::string(location);
  const auto authority = base.find("://") == base.npos ? 0 : base.find("://") + 3;
  if (location.starts_with("//")) {
    return std::string(base.substr(0, authority == 0 ? 0 : authority - 2)).append(location);
  }
  const auto query = base.find_first_of("?#", authority);
  const auto path = base.find('/', authority);
  const auto host = std::string(base.substr(0, std::min(path, query)));
  if (location.starts_with('/')) return host + std::string(location);
  if (path == base.npos || path > query) return host + "/" + std::string(location);
  const auto folder = base.substr(0, query).rfind('/');
  return std::string(base.substr(0, folder + 1)).append(location);
}

bool are_related(std::string_view host, std::string_view other) {
  if (equal_ignoring_ascii_case(host, other)) return true;
  if (is_address(std::string(host)) || is_address(std::string(other))) return false;
  // The parent domain counts only if it has three labels or more: "co.uk" has many owners.
  const auto dot = host.find('.');
  const auto parent = dot == host.npos ? host : host.substr(dot + 1);
  const auto family = std::count(parent.begin(), parent.end(), '.') >= 2 ? parent : host;
  if (equal_ignoring_ascii_case(other, family)) return true;
  return other.size() > family.size() &&
         equal_ignoring_ascii_case(other.substr(other.size() - family.size()), family) &&
         other[other.size() - family.size() - 1] == '.';
}

TicketDialogue::TicketDialogue(Login login) : login_(std::move(login)) {
  go_to(login_.nexus);
}

std::optional<HttpRequest> TicketDialogue::request() {
  if (result_) return std::nullopt;
  HttpRequest request;
  request.url = url_;
  if (at_login_)
    request.authorization = authorization(login_.email, login_.password, login_.challenge);
  return request;
}

// The login server gets the password, and the nexus names the login server: both need https unless
// `insecure` is set.
void TicketDialogue::go_to(std::string url) {
  const auto shown = visible(url.substr(0, 200));
  const auto parsed = parse_url(url);
  if (!parsed) {
    result_ = fail(ErrorCode::network,
                   at_login_ ? "invalid login URL: " + shown
                             : "invalid nexus URL: " + shown + "; check the setting nexus");
    return;
  }
  if (!parsed->secure && !login_.insecure) {
    result_ = fail(ErrorCode::network,
                   (at_login_ ? "the login server (" : "the nexus (") + shown +
                       ") uses plain http, so others could read the password; to allow that, set"
                       " insecure_login = yes");
    return;
  }
  url_ = std::move(url);
}

void TicketDialogue::redirect(const HttpAnswer& answer) {
  const auto location = answer.header("Location");
  if (location.empty()) {
    result_ =
        fail(ErrorCode::network, visible(url_) + " sent a redirect without a Location header");
    return;
  }
  if (++redirects_ > limits::redirects) {
    result_ = fail(ErrorCode::network, "too many redirects, the last one by " + visible(url_));
    return;
  }
  const auto to = resolve_url(url_, location);
  const auto at = parse_url(to);
  if (at_login_ && at && !are_related(parse_url(url_)->at.host, at->at.host) &&
      !are_related(parse_url(login_.nexus)->at.host, at->at.host)) {
    result_ = fail(ErrorCode::network, "the login server " + parse_url(url_)->at.host +
                                           " redirects the password to the unrelated host " +
                                           at->at.host);
    return;
  }
  go_to(to);
}

void TicketDialogue::failed(Error error) {
  result_ = fail(ErrorCode::network, (at_login_ ? "login: " : "nexus: ") + error.message);
}

void TicketDialogue::answer(const HttpAnswer& answer) {
  if (result_) return;
  if (answer.status >= 301 && answer.status <= 308 && answer.status != 304 &&
      answer.status != 305 && answer.status != 306) {
    redirect(answer);
    return;
  }
  if (!at_login_) {
    // Some servers send the header with a status other than 200, but never with an error status.
    const auto url = answer.status < 400 ? login_url(answer.header("PassportURLs")) : std::nullopt;
    if (url) {
      at_login_ = true;
      go_to(*url);
    } else {
      result_ = fail(ErrorCode::network,
                     "the nexus " + visible(url_) + " sent no login address (HTTP status " +
                         std::to_string(answer.status) + "); check the setting nexus");
    }
    return;
  }
  if (answer.status == 401) {
    const auto text = refusal_text(answer.header("WWW-Authenticate"));
    result_ = fail(ErrorCode::login_refused,
                   text.empty() ? "Authentication failed" : "Authentication failed: " + text, 911);
    return;
  }
  if (answer.status == 200) {
    if (auto found = ticket(answer.header("Authentication-Info"))) {
      result_ = std::move(*found);
      return;
    }
  }
  result_ = fail(ErrorCode::network, "the login server " + visible(url_) +
                                         " sent no ticket (HTTP status " +
                                         std::to_string(answer.status) + "); try again later");
}

}  // namespace msn::network::msnp

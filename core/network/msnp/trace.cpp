// SPDX-License-Identifier: MIT
#include "core/network/msnp/trace.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace msn::network::msnp {
namespace {

constexpr std::string_view domain = "network.msnp";
constexpr std::string_view mask = "***";

// The secret words of a command: `count` words from word `first`.
struct Secrets {
  std::size_t first = 0, count = 0;
};
constexpr std::size_t all = 100;

Secrets secrets_of(const Command& command) {
  const auto verb = command.verb();
  // "USR 4 TWN S ticket" to the notification server, "USR 1 address ticket" to a switchboard.
  if (verb == "USR" && command.word(2) == "TWN" && command.word(3) == "S") return {4, all};
  if (verb == "USR" && command.word(2) != "TWN" && command.word(2) != "OK") return {3, all};
  if (verb == "ANS" && command.size() > 3) return {3, 1};         // "ANS 1 address ticket session"
  if (verb == "XFR" && command.word(2) == "SB") return {5, all};  // "XFR 8 SB host CKI ticket"
  if (verb == "RNG") return {4, 1};  // "RNG session host CKI ticket caller name"
  return {};
}

// The profile message of the server has the ticket in the header "MSPAuth: ticket".
std::string masked_payload(std::string_view payload) {
  std::string out;
  while (!payload.empty()) {
    const auto end = std::min(payload.find('\n'), payload.size());
    const auto line = payload.substr(0, end);
    const auto colon = line.find(':');
    const bool secret = colon != line.npos && line.starts_with("MSP");
    out += secret ? std::string(line.substr(0, colon + 1)).append(" ").append(mask)
                  : std::string(line);
    if (end < payload.size()) out += '\n';
    payload.remove_prefix(std::min(end + 1, payload.size()));
  }
  return out;
}

// The URL without its query and without user name and password.
std::string address_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const auto scheme = url.find("://");
  const auto host = scheme == url.npos ? 0 : scheme + 3;
  const auto at = url.substr(0, url.find('/', host)).rfind('@');
  if (at == url.npos || at < host) return visible(url);
  return visible(std::string(url.substr(0, host)).append(url.substr(at + 1)));
}

}  // namespace

std::string trace_of(const Command& command) {
  const Secrets secrets = secrets_of(command);
  std::string out;
  std::string_view rest = command.line();
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const auto end = std::min(rest.find(' '), rest.size());
    const bool secret = i >= secrets.first && i - secrets.first < secrets.count;
    if (i > 0) out += ' ';
    out += secret ? mask : rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!command.payload().empty()) (out += "\r\n") += masked_payload(command.payload());
  return visible(out);
}

std::string trace_of(const HttpRequest& request) {
  return "> GET " + address_of(request.url) +
         (request.authorization.text().empty() ? "" : " Authorization: ***");
}

std::string trace_of(const HttpAnswer& answer, std::string_view url) {
  std::string out = "< " + std::to_string(answer.status) + " from " + address_of(url);
  for (const auto& [name, value] : answer.headers) {
    const std::string word = to_lower_ascii(name);
    out += " " + visible(name) + ": ";
    if (word == "location")
      out += address_of(value);
    else if (word == "passporturls" || word == "content-type" || word == "content-length")
      out += visible(value);
    else
      out += mask;
  }
  return out;
}

void Trace::show(CommandReader& reader, char direction, std::string_view bytes) {
  reader.feed(bytes);
  for (;;) {
    const auto command = reader.next();
    if (!command || !*command) return;
    log_.write(LogLevel::trace, domain, server_ + ' ' + direction + ' ' + trace_of(**command));
  }
}

}  // namespace msn::network::msnp

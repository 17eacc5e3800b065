// SPDX-License-Identifier: MIT
#include "core/client/legacy.hpp"

#include "core/base/text.hpp"

namespace msn::client::legacy {

Error refusal(std::string_view keyword) {
  return {ErrorCode::unsupported, "an original msncd dies of " + std::string(keyword) +
                                      ": nothing was sent; use the msncd of this package"};
}

Result<std::string> address(std::string_view who) {
  if (who.find('@') == who.npos)
    return fail(ErrorCode::unknown_contact, "an original msncd knows no nicks: '" + visible(who) +
                                                "' needs the e-mail address");
  return to_lower_ascii(who);
}

Result<void> check_login(const protocol::Login& login) {
  if (login.password.find(' ') != std::string::npos)
    return fail(ErrorCode::unsupported,
                "an original msncd cannot take a password with a space: nothing was sent");
  return {};
}

Result<std::vector<std::string>> units(const protocol::SendMsg& message) {
  auto who = address(message.who);
  if (!who) return fail(std::move(who.error()));
  std::vector<std::string> units;
  for (const auto& line : message.lines) {
    // What Python's strip() leaves nothing of would end it.
    if (line.find_first_not_of(" \t\n\r\x0b\x0c") == std::string::npos) continue;
    units.push_back(protocol::SendMsg{*who, {encode_latin1_if_possible(line)}, {}, {}}.encode());
  }
  if (units.empty())
    return fail(ErrorCode::usage, "an original msncd dies of a blank text: nothing was sent");
  return units;
}

}  // namespace msn::client::legacy

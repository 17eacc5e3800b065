// SPDX-License-Identifier: MIT
#include "core/client/legacy.hpp"

#include "core/base/text.hpp"

namespace msn::client::legacy {

Error refusal(std::string_view keyword) {
  return {ErrorCode::unsupported,
          std::string(keyword) +
              " would kill an original msncd: nothing was sent; use the msncd of this package"};
}

Result<std::string> address(std::string_view who) {
  if (who.find('@') == who.npos)
    return fail(
        ErrorCode::unknown_contact,
        "an original msncd does not know nicks: give the e-mail address of '" + visible(who) + "'");
  return to_lower_ascii(who);
}

Result<void> check_login(const protocol::Login& login) {
  if (login.password.find(' ') != std::string::npos)
    return fail(ErrorCode::unsupported,
                "an original msncd does not accept a password with a space: nothing was sent");
  return {};
}

Result<std::vector<std::string>> units(const protocol::SendMsg& message) {
  auto who = address(message.who);
  if (!who) return fail(std::move(who.error()));
  std::vector<std::string> units;
  for (const auto& line : message.lines) {
    // A line that Python's strip() empties would kill the daemon.
    if (line.find_first_not_of(" \t\n\r\x0b\x0c") == std::string::npos) continue;
    units.push_back(protocol::SendMsg{*who, {encode_latin1_if_possible(line)}, {}, {}}.encode());
  }
  if (units.empty())
    return fail(ErrorCode::usage, "a blank text would kill an original msncd: nothing was sent");
  return units;
}

}  // namespace msn::client::legacy

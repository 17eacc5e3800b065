// SPDX-License-Identifier: MIT
// The rules of Annex C for clients of a legacy daemon, without I/O. Used by calls.cpp.
#pragma once
#include "core/base/result.hpp"
#include "core/protocol/request.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace msn::client::legacy {

// The error for a request that would kill the daemon (DEL, NICK, INFO): unsupported, with the
// reason.
Error refusal(std::string_view keyword);

// Returns the address in lower case, because the daemon compares bytes; unknown_contact if `who`
// has no @, because the daemon does not know nicks.
Result<std::string> address(std::string_view who);

// unsupported if the password contains a space, at which the daemon would split it (10, row 21).
Result<void> check_login(const protocol::Login&);

// The units for a text: one SENDMSG 1 for each line that is not blank, in Latin-1 if possible.
// Errors: unknown_contact; usage (all lines are blank).
Result<std::vector<std::string>> units(const protocol::SendMsg&);

}  // namespace msn::client::legacy

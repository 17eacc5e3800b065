// SPDX-License-Identifier: MIT
// What Annex C asks of a client of the original daemon. Pure; calls.cpp applies it.
#pragma once
#include "core/base/result.hpp"
#include "core/protocol/request.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace msn::client::legacy {

// The refusal of a request that would end it (DEL, NICK, INFO): unsupported, with the reason.
Error refusal(std::string_view keyword);

// It knows people by address alone, and compares bytes: lower case. A word without @:
// unknown_contact.
Result<std::string> address(std::string_view who);

// It splits at every space, so a password with one cannot reach it (protocol 10, row 21).
Result<void> check_login(const protocol::Login&);

// A text as it can take it: one SENDMSG 1 for each line that is not blank, in Latin-1 if that
// fits. unknown_contact; usage if there is nothing but blank lines.
Result<std::vector<std::string>> units(const protocol::SendMsg&);

}  // namespace msn::client::legacy

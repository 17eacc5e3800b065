// SPDX-License-Identifier: MIT
// Shared by the commands that send one request about one contact (allow, block, del, deny, type,
// unblock) and by those that show an attribute of this account (nick, priv).
#pragma once
#include "cmd/msnc/context.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace msn::msnc {

// Sends the keyword with WHO, the command's only argument, and shows the result.
Result<void> run_contact_request(Context&, std::string_view keyword);

// Asks the daemon for STATE and shows these attributes of it; with --json, all of them.
Result<void> show_state(Context&, std::initializer_list<std::string_view> names);

// Returns `who`, or nullopt if it is the address.
std::optional<std::string> name_of(std::string_view who, std::string_view email);

}  // namespace msn::msnc

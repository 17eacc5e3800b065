// SPDX-License-Identifier: MIT
// What several commands do: one request about one person (allow, block, del, deny, type, unblock),
// and showing what STATE says of ourselves (nick, priv).
#pragma once
#include "cmd/msnc/context.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace msn::msnc {

// Sends the keyword with WHO, the command's only argument, and shows what is done.
Result<void> run_contact_request(Context&, std::string_view keyword);

// Shows these attributes of STATE; for programs, all that `status` shows.
Result<void> show_state(Context&, std::initializer_list<std::string_view> names);

// WHO as it was given, if that is not the address.
std::optional<std::string> name_of(std::string_view who, std::string_view email);

}  // namespace msn::msnc

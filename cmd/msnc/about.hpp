// SPDX-License-Identifier: MIT
// The commands that are one request about one person: allow, block, del, deny, type, unblock.
#pragma once
#include "cmd/msnc/context.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace msn::msnc {

// Sends the keyword with WHO, the command's only argument, and shows what is done.
Result<void> order_about(Context&, std::string_view keyword);

// WHO as it was given, if that is not the address.
std::optional<std::string> name_of(std::string_view who, std::string_view email);

}  // namespace msn::msnc

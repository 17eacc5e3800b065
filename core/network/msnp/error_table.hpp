// SPDX-License-Identifier: MIT
// The three-digit errors of MSN servers: msncd-protocol(7) Annex A, and those that servers have
// added.
#pragma once
#include <optional>
#include <string_view>

namespace msn::network::msnp {

// The text for users; "Unknown" for other numbers.
std::string_view error_text(int number);
// The number, if the command is an error ("911 4").
std::optional<int> error_number(std::string_view verb);
// The server is busy or out of order: a later attempt may succeed.
bool is_temporary(int number);
// The server refuses the account: msncd does not try again by itself.
bool is_refusal(int number);

}  // namespace msn::network::msnp

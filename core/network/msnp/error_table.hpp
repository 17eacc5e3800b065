// SPDX-License-Identifier: MIT
// The three-digit errors of MSN servers: msncd-protocol(7) Annex A, and those that servers have
// added.
#pragma once
#include <optional>
#include <string_view>

namespace msn::network::msnp {

// The text for users; "Unknown" for other numbers.
std::string_view error_text(int number);
// The number if this is the verb of an error command ("911"); nullopt for other verbs.
std::optional<int> error_number(std::string_view verb);
// Whether the server is busy or out of order, so that a later attempt may succeed.
bool is_temporary(int number);
// Whether the server refuses the account, so that msncd does not try again by itself.
bool is_refusal(int number);

}  // namespace msn::network::msnp

// SPDX-License-Identifier: MIT
// The three-digit errors of MSN servers (protocol Annex A and what servers of today add).
#pragma once
#include <optional>
#include <string_view>

namespace msn::network::msnp {

// The text for people; "Unknown" for a number that is not in the table.
std::string_view error_text(int number);
// The number of a line that is an error ("911 4"); nothing for any other verb.
std::optional<int> error_number(std::string_view verb);
// The server's trouble, not ours: worth another try later.
bool is_temporary(int number);
// It will not let this account in, so trying again by ourselves would only annoy.
bool is_refusal(int number);

}  // namespace msn::network::msnp

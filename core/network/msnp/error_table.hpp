// SPDX-License-Identifier: MIT
// The three-digit errors of MSN servers (protocol Annex A and what servers of today add).
#pragma once
#include "core/model/refusal.hpp"

#include <optional>
#include <string_view>

namespace msn::network::msnp {

// The text for people; "Unknown" for a number that is not in the table.
std::string_view error_text(int number);
// The number of a line that is an error ("911 4"); nothing for any other verb.
std::optional<int> error_number(std::string_view verb);
using model::is_refusal;
using model::is_temporary;

}  // namespace msn::network::msnp

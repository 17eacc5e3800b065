// SPDX-License-Identifier: MIT
// "Did you mean": the known word nearest to a mistyped one.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace msn {

// The known word with the fewest slips (a letter wrong, missing, surplus, or two swapped), if they
// are few for its length; nothing otherwise. The first one wins a tie.
std::optional<std::string_view> most_similar(std::string_view word,
                                             std::span<const std::string_view> known);

}  // namespace msn

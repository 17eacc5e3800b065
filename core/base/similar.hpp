// SPDX-License-Identifier: MIT
// "Did you mean": the known word most similar to a mistyped one.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace msn {

// The known word with the smallest edit distance to `word` (a letter wrong, missing or surplus, or
// two neighbours swapped); of several, the first in `known`. nullopt if even this distance is large
// for the length of `word`.
std::optional<std::string_view> most_similar(std::string_view word,
                                             std::span<const std::string_view> known);

}  // namespace msn

// SPDX-License-Identifier: MIT
// "Did you mean": the known word most similar to a mistyped one.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace msn {

// The known word with the smallest edit distance to `word` (a letter wrong, missing or surplus, or
// two neighbours swapped); the first of several. nullopt if the distance is large for its length.
std::optional<std::string_view> most_similar(std::string_view word,
                                             std::span<const std::string_view> known);

}  // namespace msn

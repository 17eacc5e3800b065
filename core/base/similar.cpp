// SPDX-License-Identifier: MIT
#include "core/base/similar.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace msn {
namespace {

// Optimal string alignment distance: Levenshtein's, with swaps of neighbours.
std::size_t edit_distance(std::u32string_view a, std::u32string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::optional<std::string_view> most_similar(std::string_view word,
                                             std::span<const std::string_view> known) {
  constexpr std::size_t longest = 32;  // bounds the size of the table
  const auto letters = characters(word.substr(0, 4 * longest + 1));
  if (letters.empty() || letters.size() > longest) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t fewest = 0;
  for (const auto candidate : known) {
    if (candidate.size() > 8 * longest) continue;
    const auto other = characters(candidate);
    const auto [least, most] = std::minmax({letters.size(), other.size()});
    if (least == 0) continue;
    // At least one letter must match: one-letter words are never similar.
    const std::size_t tolerated = std::min(least - 1, std::max<std::size_t>(1, least / 3));
    if (most - least > tolerated) continue;
    const std::size_t count = edit_distance(letters, other);
    if (count <= tolerated && (!best || count < fewest)) {
      best = candidate;
      fewest = count;
    }
  }
  return best;
}

}  // namespace msn

// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/client/calls.hpp"
#include "core/protocol/limits.hpp"

namespace msn::client {
namespace {

constexpr std::size_t line_break = 2;  // CR LF on the network, whatever it is on the pipe

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// Where to cut a line that is too long: after the last blank that has a word before it, else
// between two grapheme clusters.
std::size_t cut(std::string_view line, std::size_t limit) {
  std::size_t first_word = 0;
  while (first_word < limit && is_blank(line[first_word])) ++first_word;
  for (std::size_t end = limit; end > first_word; --end)
    if (is_blank(line[end - 1]) && !continues_cluster(line.substr(end))) return end;
  return cut_clusters(line, limit).size();
}

}  // namespace

std::vector<std::vector<std::string>> split_text(const std::vector<std::string>& lines,
                                                 std::size_t limit) {
  std::vector<std::vector<std::string>> pieces;
  std::vector<std::string> piece;
  std::size_t size = 0;  // of `piece`, joined
  const auto close = [&] {
    // Empty lines alone would be an empty message; the cut itself parts what they parted.
    for (const auto& line : piece) {
      if (line.empty()) continue;
      pieces.push_back(std::move(piece));
      break;
    }
    piece.clear();
    size = 0;
  };
  for (std::string_view rest : lines) {
    if (!piece.empty() &&
        (size + line_break + rest.size() > limit || piece.size() == protocol::limits::text_lines))
      close();
    while (rest.size() > limit) {
      const auto end = cut(rest, limit);
      piece.emplace_back(rest.substr(0, end));
      close();
      rest.remove_prefix(end);
    }
    if (!piece.empty()) size += line_break;
    size += rest.size();
    piece.emplace_back(rest);
  }
  if (pieces.empty()) return {std::move(piece)};  // also a text of empty lines: not ours to judge
  close();
  return pieces;
}

}  // namespace msn::client

// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/client/calls.hpp"
#include "core/protocol/limits.hpp"

namespace msn::client {
namespace {

constexpr std::size_t line_break = 2;  // counted as CR LF (protocol 6.8)

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// Where to cut a line over the limit: after the last blank that follows a word, otherwise between
// two grapheme clusters.
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
    // A piece of empty lines would be an empty message, so it is dropped.
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
  if (pieces.empty()) return {std::move(piece)};  // a text of empty lines is not checked here
  close();
  return pieces;
}

}  // namespace msn::client

// SPDX-License-Identifier: MIT
// Every piece of a text is within the limit, no character is cut, and only line breaks are lost.
#include "core/base/text.hpp"
#include "core/client/calls.hpp"
#include "core/protocol/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> lines;
  std::string all;
  for (const auto line : msn::split(text, '\n')) {
    // Repeats the input, because long lines are needed and the fuzzer prefers short inputs.
    std::string longer;
    for (int i = 0; i < 40; ++i) longer += line;
    all += longer;
    lines.push_back(std::move(longer));
  }
  const bool whole = msn::is_utf8(text);
  std::string pieces;
  for (const auto& piece : msn::client::split_text(lines, msn::protocol::limits::legacy_text)) {
    std::size_t bytes = 2 * (piece.size() - 1);
    for (const auto& line : piece) {
      bytes += line.size();
      pieces += line;
      if (whole && !msn::is_utf8(line)) std::abort();
    }
    if (piece.empty() || bytes > msn::protocol::limits::legacy_text) std::abort();
  }
  if (pieces != all) std::abort();
  return 0;
}

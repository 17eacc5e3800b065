// SPDX-License-Identifier: MIT
// Every item of a configuration equals its line, and every error names its line.
#include "core/base/ini.hpp"

#include "core/base/text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace msn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto items = parse_ini(bytes, "f");
  if (!items) {
    const auto& error = items.error();
    if (error.code != ErrorCode::usage || !error.message.starts_with("f:") ||
        !is_utf8(error.message) || visible(error.message) != error.message)
      std::abort();
    return 0;
  }
  const auto lines = split(bytes, '\n');
  std::size_t last = 0;
  for (const auto& item : *items) {
    if (item.line <= last || item.line > lines.size()) std::abort();
    last = item.line;
    const auto line = lines[item.line - 1];
    const auto& first = item.key.empty() ? item.section : item.key;
    if (first.empty() || line.find(first) == line.npos || line.find(item.value) == line.npos)
      std::abort();
  }
  return 0;
}

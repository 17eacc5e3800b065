// SPDX-License-Identifier: MIT
// The rows of a wire script (tests/msnp/README.md), included files in their places.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace msn::test {

struct WireRow {
  std::string where;  // "file:12"
  std::string text;
  std::string payload;  // of the "|" rows that follow, unescaped
  bool has_payload = false;
};

std::string unescape(std::string_view text);
std::vector<WireRow> wire_rows(const std::string& file);

}  // namespace msn::test

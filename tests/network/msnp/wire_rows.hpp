// SPDX-License-Identifier: MIT
// The rows of a wire script (tests/msnp/README.md), with the rows of included files.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace msn::test {

struct WireRow {
  std::string where;  // "file:12"
  std::string text;
  std::string payload;  // of the "|" rows that follow, unescaped; on the pipe each is a line
  bool has_payload = false;

  bool of_pipe() const { return text[0] == '>' || text[0] == '=' || text[0] == '<'; }
  // The text after the first word and a space.
  std::string rest() const { return text.size() > 2 ? text.substr(2) : std::string(); }
};

std::string unescape(std::string_view text);
std::vector<WireRow> wire_rows(const std::string& file);

}  // namespace msn::test

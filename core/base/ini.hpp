// SPDX-License-Identifier: MIT
// The syntax of the configuration files of both programs (msnc(5)). Sections and keys are checked
// by the program.
#pragma once
#include "core/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace msn {

struct IniItem {
  std::size_t line = 0;  // counted from 1
  std::string section;   // "account.work"; empty before the first section
  std::string key;       // empty: this line is the section's header
  std::string value;
};

// Splits a file into its lines. A value is everything after the = up to the end of the line,
// without surrounding blanks and without one pair of quotes around the whole value; a shell command
// therefore needs no escapes. A comment needs its own line. A byte order mark is skipped. `file`
// is used in messages only. Error: usage, "FILE:LINE: what is wrong".
Result<std::vector<IniItem>> parse_ini(std::string_view text, std::string_view file);

// True for yes, true, on and 1; false for no, false, off and 0; case is ignored. Error: usage, a
// message without the key: "'x' is neither yes nor no".
Result<bool> parse_yes_no(std::string_view value);

// "FILE:LINE: ", escaped for display.
std::string ini_place(std::string_view file, std::size_t line);

}  // namespace msn

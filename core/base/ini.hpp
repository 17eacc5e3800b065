// SPDX-License-Identifier: MIT
// The configuration files of both programs, line by line (msnc(5)): what they may say is each one's
// own business, how it is said is the same.
#pragma once
#include "core/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace msn {

struct IniItem {
  std::size_t line = 0;  // counted from 1
  std::string section;   // "account.work"; empty before the first one
  std::string key;       // empty: the section begins here
  std::string value;
};

// A value is the whole of its line behind the =, without the blanks around it, and without the
// quotes if one pair of them holds all of it; nothing ends it but the line, so that a shell command
// needs no escapes. Comments are lines of their own. A byte order mark at the beginning is passed
// over. Wrong lines are usage, "FILE:LINE: what is wrong".
Result<std::vector<IniItem>> parse_ini(std::string_view text, std::string_view file);

// yes, true, on or 1; no, false, off or 0, in any case. usage, without the key: "'x' is neither
// ...".
Result<bool> parse_yes_no(std::string_view value);

// "FILE:LINE: ", safe to show.
std::string ini_place(std::string_view file, std::size_t line);

}  // namespace msn

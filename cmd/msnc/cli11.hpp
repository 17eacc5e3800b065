// SPDX-License-Identifier: MIT
// The one place that meets CLI11: words to options, and INI files to keys.
#pragma once
#include "cmd/msnc/arguments.hpp"
#include "cmd/msnc/command.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

// Parses words in reverse order (as CLI11 takes them) by these options alone. What is neither an
// option nor its value comes out as Arguments::words, without the "--"; so does an option that is
// not among them, which the caller has to know. The error is a message, or nothing.
std::optional<std::string> parse_options(std::vector<std::string> reversed,
                                         const std::vector<const Option*>& options, Arguments&);

struct IniItem {
  std::vector<std::string> section;  // "account.work" as two
  std::string key;                   // empty: the section begins here
  std::string value;                 // the whole of the line behind the =, without quotes around it
};
// The items in order, or what is wrong.
Result<std::vector<IniItem>> parse_ini(std::string_view text);

}  // namespace msn::msnc

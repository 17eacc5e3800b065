// SPDX-License-Identifier: MIT
// The one place that meets CLI11: words to options.
#pragma once
#include "cmd/msnc/arguments.hpp"
#include "cmd/msnc/command.hpp"

#include <optional>
#include <string>
#include <vector>

namespace msn::msnc {

// Parses words in reverse order (as CLI11 takes them) by these options alone. What is neither an
// option nor its value comes out as Arguments::words, without the "--"; so does an option that is
// not among them, which the caller has to know. The error is a message, or nothing.
std::optional<std::string> parse_options(std::vector<std::string> reversed,
                                         const std::vector<const Option*>& options, Arguments&);

}  // namespace msn::msnc

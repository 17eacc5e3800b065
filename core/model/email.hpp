// SPDX-License-Identifier: MIT
// E-mail addresses name people (protocol 3). Everywhere behind the pipe they are lower case.
#pragma once
#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace msn::model {

// An address as we keep it: something@something, valid UTF-8, no spaces or controls, at most 129
// bytes, ASCII letters in lower case. Anything else: ErrorCode::invalid, the message saying why.
Result<std::string> parse_email(std::string_view);

}  // namespace msn::model

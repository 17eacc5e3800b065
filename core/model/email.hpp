// SPDX-License-Identifier: MIT
// E-mail addresses, which identify users (msncd-protocol(7) 3). The daemon keeps them in lower
// case.
#pragma once
#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace msn::model {

// Checks an address and returns it with ASCII letters in lower case. An address has the form
// local@domain, is valid UTF-8 of at most 129 bytes, and has no spaces or controls. Error:
// invalid, with the reason.
Result<std::string> parse_email(std::string_view);

}  // namespace msn::model

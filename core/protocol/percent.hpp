// SPDX-License-Identifier: MIT
// Percent-encoding of nicks and option values (protocol 3).
#pragma once
#include "core/base/percent.hpp"

#include <string>
#include <string_view>

namespace msn::protocol {

// For option values (protocol 13.1 point 3): leaves : and , unencoded.
inline std::string percent_encode_value(std::string_view bytes) {
  return percent_encode(bytes, ":,");
}
// Is there a SP, or a % not followed by two hex digits? (protocol 6.10, reading a nick)
bool is_literal_nick(std::string_view nick);

}  // namespace msn::protocol

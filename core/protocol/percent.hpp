// SPDX-License-Identifier: MIT
// Percent-encoding of nicks and option values (protocol 3).
#pragma once
#include "core/base/percent.hpp"

#include <string>
#include <string_view>

namespace msn::protocol {

// For option values (protocol 13.1 (3)): does not encode ':' and ','.
inline std::string percent_encode_value(std::string_view bytes) {
  return percent_encode(bytes, ":,");
}
// Does it contain SP, or a % that two hex digits do not follow (protocol 6.10, "Reading a nick")?
bool is_literal_nick(std::string_view nick);

}  // namespace msn::protocol

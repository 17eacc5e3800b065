// SPDX-License-Identifier: MIT
// Percent-encoding of nicks and option values (protocol 3), and its inverse.
#pragma once
#include <string>
#include <string_view>

namespace msn::protocol {

// Encodes every octet outside A-Z a-z 0-9 - . _ ~ , upper-case digits.
std::string percent_encode(std::string_view octets);
// Accepts anything: unencoded octets, lower-case digits; a % without two digits stays.
std::string percent_decode(std::string_view text);
// For option values (protocol 13.1 point 3): also leaves : and , unencoded.
std::string percent_encode_value(std::string_view octets);
// Is there a SP, or a % not followed by two hex digits? (protocol 6.10, reading a nick)
bool is_literal_nick(std::string_view nick);

}  // namespace msn::protocol

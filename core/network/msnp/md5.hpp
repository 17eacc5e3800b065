// SPDX-License-Identifier: MIT
// MD5 (RFC 1321), for the challenge of MSN servers and for file names only: it is not secure.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace msn::network::msnp {

std::array<std::uint8_t, 16> md5(std::string_view bytes);
std::string md5_hex(std::string_view bytes);  // 32 lower-case digits

}  // namespace msn::network::msnp

// SPDX-License-Identifier: MIT
// Answers (QRY) to the server's challenge (CHL), which proves that this is a known client: an MD5
// up to MSNP10, an MD5 with a second checksum from MSNP11 on.
#pragma once
#include <string>
#include <string_view>

namespace msn::network::msnp {

// A client product: the ID is sent, the key is not.
struct Product {
  std::string_view id, key;
};
inline constexpr Product product_md5{"PROD0038W!61ZTF9", "VT6PX?UQTM4WM%YR"};
inline constexpr Product product_long{"PROD0090YUAUV{2B", "YMM8C_H7KCQ2S_KL"};

// 32 lower-case hex digits. Any bytes are accepted as challenge.
std::string answer_md5(std::string_view challenge, const Product&);
std::string answer_long(std::string_view challenge, const Product&);

}  // namespace msn::network::msnp

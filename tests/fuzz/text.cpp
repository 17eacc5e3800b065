// SPDX-License-Identifier: MIT
// Text for display is safe, decoded text is UTF-8, and percent-encoding has an inverse.
#include "core/base/text.hpp"

#include "core/model/email.hpp"
#include "core/protocol/percent.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace msn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string decoded = decode_charset(bytes);
  if (!is_utf8(decoded) || (is_utf8(bytes) && decoded != bytes)) std::abort();
  for (const std::string& safe : {visible(bytes), without_controls(bytes)}) {
    if (!is_utf8(safe)) std::abort();
    for (std::size_t i = 0; i < safe.size(); ++i) {
      const auto byte = static_cast<unsigned char>(safe[i]);
      if (byte < 0x20 || byte == 0x7F) std::abort();
      if (byte == 0xC2 && static_cast<unsigned char>(safe[i + 1]) < 0xA0) std::abort();  // C1
    }
  }
  if (is_utf8(bytes)) {
    const std::string json = visible_in_json(std::string(bytes));
    if (!is_utf8(json) || visible_in_json(json) != json) std::abort();
    for (std::size_t i = 0; i < json.size(); ++i)
      if (json[i] == 0x7F || (static_cast<unsigned char>(json[i]) == 0xC2 &&
                              static_cast<unsigned char>(json[i + 1]) < 0xA0))
        std::abort();
  }
  if (without_controls(without_controls(bytes)) != without_controls(bytes)) std::abort();
  const std::string encoded = percent_encode(bytes);
  if (percent_decode(encoded) != bytes || protocol::is_literal_nick(encoded)) std::abort();
  for (const char c : encoded)
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F)
      std::abort();
  (void)percent_decode(bytes);
  if (const auto email = model::parse_email(bytes)) {
    if (model::parse_email(*email) != *email || email->size() > 129 ||
        email->find_first_of(" \n\r\t") != email->npos || !is_utf8(*email))
      std::abort();
  }
  return 0;
}

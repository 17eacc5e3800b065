// SPDX-License-Identifier: MIT
// Splits the fuzzer's input into values. A text ends at the byte 0xFF, which UTF-8 never contains,
// so a corpus can be written by hand.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace msn::fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }
  // A number below `count` from one byte; the digit '0' means 0. 0 at the end of the input.
  unsigned choice(unsigned count) {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return (byte + 256u - '0') % 256u % count;
  }
  std::string text() {
    const std::string piece(rest_.substr(0, rest_.find('\xFF')));
    rest_.remove_prefix(std::min(rest_.size(), piece.size() + 1));
    return piece;
  }

 private:
  std::string_view rest_;
};

}  // namespace msn::fuzz

// SPDX-License-Identifier: MIT
// Check sums against damage that SQLite itself cannot see: altered content of intact pages.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace msn::store {

// Fields in, in a fixed order; the same fields give the same value. Not against an adversary.
class Sum {
 public:
  void add(std::uint64_t number) {
    value_ = (value_ ^ number) * 0x9e3779b97f4a7c15u;
    value_ ^= value_ >> 29;
  }
  void add(std::string_view octets) {
    add(octets.size());
    for (std::size_t at = 0; at < octets.size(); at += 8) add(word(octets.substr(at, 8)));
  }
  std::uint64_t value() const { return value_ ^ (value_ >> 32); }

  // Of one number alone; these are summed up over a set, in any order.
  static std::uint64_t of(std::uint64_t number) {
    Sum sum;
    sum.add(number);
    sum.add(~number);
    return sum.value();
  }

 private:
  // Little endian whatever the machine, so that a file can move.
  static std::uint64_t word(std::string_view octets) {
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
      result |= std::uint64_t{static_cast<unsigned char>(octets[i])} << (8 * i);
    }
    return result;
  }

  std::uint64_t value_ = 0x6d736e632d6c6f67u;
};

}  // namespace msn::store

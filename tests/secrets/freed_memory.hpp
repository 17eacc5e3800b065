// SPDX-License-Identifier: MIT
// What this program gives back to the heap, searched for what must not be in it.
#pragma once
#include <string_view>

namespace msn::test {

// While it lives every freed block is searched for these texts, which must outlive it.
class FreedMemory {
 public:
  explicit FreedMemory(std::string_view text, std::string_view other = {});
  ~FreedMemory();
  FreedMemory(const FreedMemory&) = delete;
  FreedMemory& operator=(const FreedMemory&) = delete;
  // How many blocks held one of them when they were freed.
  int found() const;
};

}  // namespace msn::test

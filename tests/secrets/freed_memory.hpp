// SPDX-License-Identifier: MIT
// Searches the memory that this program frees for texts that must not be in it.
#pragma once
#include <string_view>

namespace msn::test {

// During its lifetime, every freed block is searched for these texts. They must outlive the object.
class FreedMemory {
 public:
  explicit FreedMemory(std::string_view text, std::string_view other = {});
  ~FreedMemory();
  FreedMemory(const FreedMemory&) = delete;
  FreedMemory& operator=(const FreedMemory&) = delete;
  // How many freed blocks contained one of them.
  int found() const;
};

}  // namespace msn::test

// SPDX-License-Identifier: MIT
#include "tests/network/msnp/robustness.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  msn::test::try_notification({reinterpret_cast<const char*>(data), size});
  return 0;
}

// SPDX-License-Identifier: MIT
#include "core/model/refusal.hpp"

#include <algorithm>
#include <array>

namespace msn::model {

bool is_temporary(int number) {
  if (is_refusal(number)) return false;
  return (number >= 500 && number <= 699 && number != 540 && number != 511) ||
         (number >= 710 && number <= 719) || (number >= 800 && number <= 809) ||
         (number >= 910 && number <= 922 && number != 913);
}

bool is_refusal(int number) {
  static constexpr std::array<int, 8> refusals{511, 911, 917, 923, 924, 927, 928, 931};
  return std::find(refusals.begin(), refusals.end(), number) != refusals.end();
}

}  // namespace msn::model

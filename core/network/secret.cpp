// SPDX-License-Identifier: MIT
#include "core/network/network.hpp"

#include <sodium.h>

namespace msn::network {

void Secret::wipe() {
  if (!text_.empty()) sodium_memzero(text_.data(), text_.size());
  text_.clear();
}

}  // namespace msn::network

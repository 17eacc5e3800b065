// SPDX-License-Identifier: MIT
#include "core/network/network.hpp"

#include <sodium.h>

namespace msn::network {

namespace {

// All that the string has ever held.
void wipe_text(std::string& text) {
  sodium_memzero(text.data(), text.capacity());
  text.clear();
}

}  // namespace

Secret::Secret(std::string&& text) : text_(std::move(text)) {
  wipe_text(text);
}

void Secret::wipe() {
  wipe_text(text_);
}

}  // namespace msn::network

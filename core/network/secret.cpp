// SPDX-License-Identifier: MIT
#include "core/network/network.hpp"

#include <sodium.h>

namespace msn::network {

namespace {

// Wipes the whole capacity: it may contain more than the present text.
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

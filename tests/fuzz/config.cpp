// SPDX-License-Identifier: MIT
// A configuration of msncd is refused in one line that can be printed, or every value of every
// account's layer is one that the daemon can use.
#include "cmd/msncd/config.hpp"

#include "core/base/text.hpp"
#include "core/network/registry.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace msn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = msncd::parse_config(text, "f", network::drivers());
  if (!config) {
    const auto& error = config.error();
    if (error.code != ErrorCode::usage || !error.message.starts_with("f:") ||
        !is_utf8(error.message) || visible(error.message) != error.message)
      std::abort();
    return 0;
  }
  for (const char* account : {"default", "a", "b.c"}) {
    const auto layer = config->layer_for(account);
    (void)layer.retention();
    for (const auto* driver : network::drivers())
      (void)layer.settings_of(std::string(driver->name));
    for (const auto& value : {layer.email, layer.password_command})
      if (value && value->find('\n') != value->npos) std::abort();
  }
  return 0;
}

// SPDX-License-Identifier: MIT
// A configuration is refused with one printable line, or every value of every account's layer is
// usable.
#include "cmd/msnc/config.hpp"

#include "cmd/msncd/config.hpp"
#include "core/base/text.hpp"
#include "core/network/registry.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace msn;

namespace {

void check(const Error& error) {
  if (error.code != ErrorCode::usage || !error.message.starts_with("f:") ||
      !is_utf8(error.message) || visible(error.message) != error.message)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Environment environment = [](std::string_view) { return std::optional<std::string>("/h"); };
  const auto file = parse_config(text, "f", environment);
  if (!file) {
    check(file.error());
    return 0;
  }
  for (const char* account : {"default", "a", "b.c"}) {
    if (const auto config = msnc::config_for({*file}, account); !config) check(config.error());
    const auto layer = msncd::config_for({*file}, account, network::drivers(), environment);
    if (!layer) {
      check(layer.error());
      return 0;
    }
    (void)layer->retention();
    for (const auto* driver : network::drivers())
      (void)layer->settings_of(std::string(driver->name));
    for (const auto& value : {layer->email, layer->password_command})
      if (value && value->find('\n') != value->npos) std::abort();
  }
  return 0;
}

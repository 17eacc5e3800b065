// SPDX-License-Identifier: MIT
// A parsed address is formatted and parsed again to the same address.
#include "core/pipe/address.hpp"

#include "core/base/text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using msn::pipe::Address;
  const auto address =
      msn::pipe::parse_address(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!address) {
    if (address.error().code != msn::ErrorCode::usage || !msn::is_utf8(address.error().message))
      std::abort();
    return 0;
  }
  if (msn::pipe::parse_address(address->text()) != *address) std::abort();
  if (address->kind == Address::Kind::unix_socket && address->path.size() > 107) std::abort();
  if (address->kind == Address::Kind::udp &&
      (address->port == 0 || (address->host != "::1" && address->host.rfind("127.", 0) != 0)))
    std::abort();
  return 0;
}

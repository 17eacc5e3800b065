// SPDX-License-Identifier: MIT
// A DNS answer with SRV records: every host name is usable, and each host is tried once.
#include "core/network/common/lookup.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace msn;
using namespace msn::network;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto found = read_services({data, size});
  if (!found) return 0;
  for (const auto& service : *found)
    if (!service.at.host.empty() && !parse_host_port(service.at.host, 1)) std::abort();
  for (const double chance : {0.0, 0.5, 1.0})
    if (in_order(*found, [chance] { return chance; }).size() != found->size()) std::abort();
  return 0;
}

// SPDX-License-Identifier: MIT
// The original's binding: UDP on a loopback address, one unit per datagram (protocol 2.1).
#pragma once
#include "core/pipe/pipe.hpp"

namespace msn::pipe {

Result<std::unique_ptr<Pipe>> open_udp(const Address&);

}  // namespace msn::pipe

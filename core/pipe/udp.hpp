// SPDX-License-Identifier: MIT
// The datagram binding of the legacy daemon: UDP on loopback, one unit per datagram (protocol 2.1).
#pragma once
#include "core/pipe/pipe.hpp"

namespace msn::pipe {

// Sends nothing, so a missing daemon is reported by send() or receive(). Errors as open().
Result<std::unique_ptr<Pipe>> open_udp(const Address&);

}  // namespace msn::pipe

// SPDX-License-Identifier: MIT
// The default binding: a Unix-domain stream socket (protocol 2.2).
#pragma once
#include "core/pipe/pipe.hpp"

namespace msn::pipe {

// Connects; waits up to `Patience` while the daemon's backlog is full. Errors as open().
Result<std::unique_ptr<Pipe>> open_unix_socket(const Address&, Patience);

}  // namespace msn::pipe

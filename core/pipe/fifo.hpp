// SPDX-License-Identifier: MIT
// The named-pipe binding (protocol 2.2a): the FIFOs `in` and `out` in a directory, one client at a
// time.
#pragma once
#include "core/pipe/pipe.hpp"

namespace msn::pipe {

// Locks `in` (daemon_timeout if another client keeps it locked for longer than `Patience`), then
// synchronises: discards what a previous client left unread, up to the answer to HELLO SYNC=token,
// which becomes the pipe's greeting(). Errors as open().
Result<std::unique_ptr<Pipe>> open_fifo(const Address&, Patience);

}  // namespace msn::pipe

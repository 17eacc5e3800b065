// SPDX-License-Identifier: MIT
// Two named pipes in a directory, `in` and `out`, one client at a time (protocol 2.2a).
#pragma once
#include "core/pipe/pipe.hpp"

namespace msn::pipe {

// Takes the lock (waiting for it within the patience: daemon_timeout), then synchronises: whatever
// a client that died left behind is thrown away up to the answer to `HELLO SYNC=token`, which is
// the pipe's greeting().
Result<std::unique_ptr<Pipe>> open_fifo(const Address&, Patience);

}  // namespace msn::pipe

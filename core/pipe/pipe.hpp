// SPDX-License-Identifier: MIT
// The client's side of every binding (protocol 2) behind one interface: bytes out, bytes in,
// until a deadline. Blocking; no event loop, for a one-shot command lives for a millisecond.
#pragma once
#include "core/base/result.hpp"
#include "core/pipe/address.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace msn::pipe {

// The longest silence tolerated (msnc(1), -t); nothing: wait for ever.
using Patience = std::optional<std::chrono::milliseconds>;

class Pipe {
 public:
  virtual ~Pipe() = default;
  // Sends one unit whole. daemon_timeout, no_daemon (it went away), too_long (datagrams), protocol.
  // A stream whose other end has closed takes the unit all the same: what the daemon said before
  // it closed ("ERR EPERM") is still to be received, and receive() then tells the end: no_daemon if
  // nothing at all of the unit went out, so that it may be sent again.
  virtual Result<void> send(std::string_view unit, Patience) = 0;
  // What has arrived, at least one byte (datagram: exactly one datagram); empty: end of stream.
  // The view lives until the next call. daemon_timeout after `Patience` of silence.
  virtual Result<std::string_view> receive(Patience) = 0;
  virtual bool datagrams() const = 0;
  // Readable (poll(2)) when there is something to receive; -1: none can be told.
  virtual int descriptor() const { return -1; }
  // After a timeout or a broken answer (protocol 9.6): what still comes must not be mistaken for a
  // later answer. A stream connects anew, a datagram pipe takes a new port, a FIFO synchronises.
  virtual Result<void> renew(Patience) { return {}; }
  // The answer to HELLO if opening the pipe needed one (FIFO, protocol 2.2a), else empty.
  virtual std::string_view greeting() const { return {}; }
  // The user who serves the other end, where the system knows it.
  virtual std::optional<uid_t> server() const { return std::nullopt; }
};

// Connects; errors are no_daemon (names the address; what to do the caller knows), no_access,
// daemon_timeout (a FIFO held by somebody else for too long), usage (stdio is a binding for parents
// only).
Result<std::unique_ptr<Pipe>> open(const Address&, Patience);

}  // namespace msn::pipe

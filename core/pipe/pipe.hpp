// SPDX-License-Identifier: MIT
// The client's side of the bindings (protocol 2): sends and receives bytes up to a deadline.
// Blocking, without an event loop, because a command needs one exchange only.
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

// How long to wait while nothing arrives (msnc(1), --timeout). nullopt: forever.
using Patience = std::optional<std::chrono::milliseconds>;

class Pipe {
 public:
  virtual ~Pipe() = default;
  // Sends one complete unit. Errors: daemon_timeout, no_daemon, too_long (datagrams), protocol.
  // Succeeds also if the daemon has closed a stream, because its last answer ("ERR EPERM") may
  // still have to be received. receive() then reports the end, as no_daemon if no byte of the unit
  // was sent, so that the caller may send it again.
  virtual Result<void> send(std::string_view unit, Patience) = 0;
  // The bytes that have arrived, at least one, or exactly one datagram. Empty: end of stream. The
  // view is valid until the next call. Errors: daemon_timeout (nothing arrived within `Patience`),
  // no_daemon, protocol.
  virtual Result<std::string_view> receive(Patience) = 0;
  virtual bool datagrams() const = 0;
  // A descriptor that is readable (poll(2)) when receive() would not block; -1: there is none.
  virtual int descriptor() const { return -1; }
  // Call after a timeout or a broken answer (protocol 9.6), so that a late answer cannot be
  // mistaken for a later one. A stream reconnects, a datagram pipe takes a new port, a FIFO
  // synchronises (2.2a).
  virtual Result<void> renew(Patience) { return {}; }
  // The answer to the HELLO that opening the pipe sent (FIFO, protocol 2.2a), otherwise empty.
  virtual std::string_view greeting() const { return {}; }
  // The user ID of the daemon, if the system knows it.
  virtual std::optional<uid_t> server() const { return std::nullopt; }
};

// Connects. Errors: no_daemon (the message has the address but no advice), no_access,
// daemon_timeout (another client has locked the FIFO, or the socket's backlog is full), protocol,
// internal (no socket can be created), usage (stdio).
Result<std::unique_ptr<Pipe>> open(const Address&, Patience);

}  // namespace msn::pipe

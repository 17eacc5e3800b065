// SPDX-License-Identifier: MIT
// The client's side of every binding (protocol 2) behind one interface: octets out, octets in,
// until a deadline. Blocking; no event loop, for a one-shot command lives for a millisecond.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/pipe/address.hpp"

namespace msn::pipe {

// The longest silence tolerated (cli.md 2, -t); nothing: wait for ever.
using Patience = std::optional<std::chrono::milliseconds>;

class Pipe {
 public:
  virtual ~Pipe() = default;
  // Sends one unit whole. daemon_timeout, no_daemon (it went away), protocol.
  virtual Result<void> send(std::string_view unit, Patience) = 0;
  // What has arrived, at least one octet (datagram: exactly one datagram); empty: end of stream.
  // The view lives until the next call. daemon_timeout after `Patience` of silence.
  virtual Result<std::string_view> receive(Patience) = 0;
  virtual bool datagrams() const = 0;
};

// Connects; errors are no_daemon (names the address and what to do), no_access, daemon_timeout (a
// FIFO held by somebody else for too long).
Result<std::unique_ptr<Pipe>> open(const Address&, Patience);

}  // namespace msn::pipe

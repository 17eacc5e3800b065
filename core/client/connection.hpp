// SPDX-License-Identifier: MIT
// One conversation with msncd: a pipe and the reading of its answers, one deadline per silence.
// Knows what kind of daemon is at the other end as far as it was asked to find out (protocol 6.12).
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/pipe/address.hpp"
#include "core/pipe/pipe.hpp"
#include "core/protocol/answer_reader.hpp"

namespace msn::client {

// What HELLO told. Without HELLO (Unix socket) the daemon is taken for one of ours.
struct Peer {
  bool asked = false;
  bool legacy = false;       // any ERR to HELLO (Annex C)
  std::string version;       // "1"
  std::vector<std::string> features;
  bool has(std::string_view feature) const;
};

class Connection {
 public:
  // Each wire line as it goes (">") and comes ("<"), the password masked; for --trace.
  using Trace = std::function<void(char direction, std::string_view line)>;

  // Opens the pipe. On UDP HELLO is sent at once (cli.md 9), elsewhere only by hello().
  static Result<Connection> open(const pipe::Address&, pipe::Patience, Trace = {});
  // For tests and for pipes made elsewhere.
  Connection(std::unique_ptr<pipe::Pipe>, pipe::Address, pipe::Patience, Trace = {});

  // Sends HELLO unless it was sent; fills peer(). An ERR is a legacy daemon, not a failure.
  Result<void> hello();
  const Peer& peer() const { return peer_; }
  const pipe::Address& address() const { return address_; }

  // One exchange: sends the unit and reads its answer. `extra` is added to the patience (--wait).
  // The Result fails only if there was no (whole) answer; an ERR is Answer::error. An ERR to a
  // request that was sent to a daemon that does not know it is ErrorCode::unsupported.
  Result<protocol::Answer> exchange(std::string_view unit, protocol::AnswerShape,
                                    std::chrono::milliseconds extra = {},
                                    protocol::AnswerReader::OnEvent = {});
  // Sends and reads nothing: ACK, whose answer nobody waits for (protocol 13.3).
  Result<void> send(std::string_view unit);
  // The answer's octets verbatim, read to its end by the request's keyword (`raw`).
  Result<std::string> exchange_raw(std::string_view unit, protocol::AnswerShape);

 private:
  std::unique_ptr<pipe::Pipe> pipe_;
  pipe::Address address_;
  pipe::Patience patience_;
  Trace trace_;
  Peer peer_;
};

}  // namespace msn::client

// SPDX-License-Identifier: MIT
// A connection to a daemon: sends requests on a pipe and reads the answers. Each wait for bytes has
// its own timeout. Remembers what HELLO reported about the daemon (protocol 6.12).
#pragma once
#include "core/base/result.hpp"
#include "core/pipe/address.hpp"
#include "core/pipe/pipe.hpp"
#include "core/protocol/answer_reader.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::client {

// The answer to HELLO. Without HELLO (Unix socket) the daemon is assumed to be msncd.
struct Peer {
  bool asked = false;   // HELLO was answered
  bool legacy = false;  // any ERR to HELLO (Annex C)
  std::string version;  // "1"
  std::vector<std::string> features;
  std::optional<std::size_t> text_limit;  // of STATE; nullopt: not requested yet
  bool has(std::string_view feature) const;
};

class Connection {
 public:
  // Called for each line that is sent ('>') or received ('<'), with passwords masked; for --trace.
  using Trace = std::function<void(char direction, std::string_view line)>;

  // Opens the pipe. Sends HELLO on UDP; on a FIFO the synchronisation has done so. On a Unix socket
  // only hello() sends it.
  static Result<Connection> open(const pipe::Address&, pipe::Patience, Trace = {});
  // For --dry-run: without a daemon. Appends to `units` what open() and the calls would send to
  // msncd at this address, except for a FIFO's synchronisation. `units` must outlive the
  // connection.
  static Connection recording(const pipe::Address&, std::vector<std::string>& units);
  // Uses an open pipe; sends nothing.
  Connection(std::unique_ptr<pipe::Pipe>, pipe::Address, pipe::Patience, Trace = {});

  // Sends HELLO unless it was answered before, and fills peer(). An ERR means a legacy daemon and
  // is not a failure, except for EPERM and EBUSY, which a legacy daemon never sends.
  Result<void> hello();
  const Peer& peer() const { return peer_; }
  void set_text_limit(std::size_t bytes) { peer_.text_limit = bytes; }
  const pipe::Address& address() const { return address_; }
  // True on UDP, where units can be lost (protocol 2.1).
  bool datagrams() const { return address_.kind == pipe::Address::Kind::udp; }
  pipe::Patience patience() const { return patience_; }
  void set_patience(pipe::Patience patience) { patience_ = patience; }

  // One exchange: sends the unit and reads its answer. `extra` is added to the timeout of each wait
  // for bytes (--wait). Fails if there is no complete answer (daemon_timeout, no_daemon, protocol)
  // or if the unit cannot be sent (too_long; no_access: a password, and the daemon belongs to
  // another user). An ERR answer is no failure but Answer::error, with ErrorCode::unsupported if
  // the daemon does not know the request. After a failure the next exchange renews the pipe
  // (protocol 9.6).
  Result<protocol::Answer> exchange(std::string_view unit, protocol::AnswerShape,
                                    std::chrono::milliseconds extra = {},
                                    protocol::AnswerReader::OnEvent = {});
  // The last request was sent and not answered: the daemon may have carried it out.
  bool unanswered() const { return unanswered_; }
  // Sends a request whose answer is one line (ACK, protocol 13.3) without waiting for the answer,
  // which the next exchange skips. On a FIFO it waits, because the next client would read it.
  Result<void> send(std::string_view unit);
  // Like exchange(), but returns the bytes of the answer (`msnc raw`). Adds the LF that a datagram
  // may lack.
  Result<std::string> exchange_raw(std::string_view unit, protocol::AnswerShape,
                                   std::chrono::milliseconds extra = {});

 private:
  void learn(std::string_view greeting);
  Result<void> check_server() const;
  Result<void> prepare(std::string_view unit);
  Result<void> transmit(std::string_view unit);
  Result<std::string_view> receive(std::chrono::milliseconds extra);
  std::string_view skip_unread_answers(std::string_view bytes);
  Result<void> read_answer(protocol::AnswerReader&, std::chrono::milliseconds extra,
                           std::string* copy);
  Result<void> converse(std::string_view unit, protocol::AnswerReader&,
                        std::chrono::milliseconds extra, std::string* copy);
  protocol::AnswerReader reader(protocol::AnswerShape, protocol::AnswerReader::OnEvent) const;
  void trace_sent(std::string_view unit) const;
  void trace_received(std::string_view bytes);
  void trace_rest();

  std::unique_ptr<pipe::Pipe> pipe_;
  pipe::Address address_;
  pipe::Patience patience_;
  Trace trace_;
  Peer peer_;
  bool unanswered_ = false;
  bool broken_ = false;          // renew the pipe before the next exchange
  unsigned unread_answers_ = 0;  // answers to send(), one line each
  std::string received_line_;    // for the trace: an incomplete line
};

}  // namespace msn::client

// SPDX-License-Identifier: MIT
// One conversation with msncd: a pipe and the reading of its answers, one deadline per silence.
// Knows what kind of daemon is at the other end as far as it was asked to find out (protocol 6.12).
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

// What HELLO told. Without HELLO (Unix socket) the daemon is taken for one of ours.
struct Peer {
  bool asked = false;
  bool legacy = false;  // any ERR to HELLO (Annex C)
  std::string version;  // "1"
  std::vector<std::string> features;
  std::optional<std::size_t> text_limit;  // as STATE told it; nothing: not asked
  bool has(std::string_view feature) const;
};

class Connection {
 public:
  // Each wire line as it goes ('>') and comes ('<'), the password masked; for --trace.
  using Trace = std::function<void(char direction, std::string_view line)>;

  // Opens the pipe. On UDP HELLO is sent at once (msnc(1)), on a FIFO the synchronisation was one,
  // elsewhere it is sent only by hello().
  static Result<Connection> open(const pipe::Address&, pipe::Patience, Trace = {});
  // For --dry-run: to nobody. `units` gets what open() and the calls would send to one of our
  // daemons at this address (but for a FIFO's synchronisation); it must outlive the connection.
  static Connection recording(const pipe::Address&, std::vector<std::string>& units);
  // For tests and for pipes made elsewhere; sends nothing.
  Connection(std::unique_ptr<pipe::Pipe>, pipe::Address, pipe::Patience, Trace = {});

  // Sends HELLO unless it was sent; fills peer(). An ERR is a legacy daemon, not a failure, but
  // for the words a legacy daemon never says: EPERM and EBUSY.
  Result<void> hello();
  const Peer& peer() const { return peer_; }
  void know_text_limit(std::size_t bytes) { peer_.text_limit = bytes; }
  const pipe::Address& address() const { return address_; }
  // What the system may lose on the way without a word (protocol 2.1).
  bool datagrams() const { return address_.kind == pipe::Address::Kind::udp; }
  pipe::Patience patience() const { return patience_; }
  void set_patience(pipe::Patience patience) { patience_ = patience; }

  // One exchange: sends the unit and reads its answer. `extra` is added to the patience (--wait).
  // The Result fails only if there was no (whole) answer; an ERR is Answer::error. An ERR to a
  // request that was sent to a daemon that does not know it is ErrorCode::unsupported.
  // After a failure the next exchange begins on a renewed pipe (protocol 9.6).
  Result<protocol::Answer> exchange(std::string_view unit, protocol::AnswerShape,
                                    std::chrono::milliseconds extra = {},
                                    protocol::AnswerReader::OnEvent = {});
  // The last request went out whole, and no answer to it has come: it may have been carried out.
  bool unanswered() const { return unanswered_; }
  // Sends and reads nothing: ACK, whose answer nobody waits for (protocol 13.3). It is one line,
  // and is passed over when the next answer is read.
  Result<void> send(std::string_view unit);
  // The answer's bytes verbatim, read to its end by the request's keyword (`raw`). A datagram's
  // missing last LF is put back.
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
  bool broken_ = false;        // an answer was given up: the pipe is to be renewed
  unsigned unread_answers_ = 0;          // answers of one line that send() left to come
  std::string received_line_;  // for the trace: a line not yet ended
};

}  // namespace msn::client

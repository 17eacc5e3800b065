// SPDX-License-Identifier: MIT
// One client of the daemon, without its socket: bytes in, answers out, in the order of the requests
// (protocol 1, 2). Owns the client's holds and waits; destroying it ends them.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace msn::daemon {

class Daemon;

// What a conversation needs of the connection it belongs to, which outlives it.
class Connection {
 public:
  virtual ~Connection() = default;
  // An answer has come outside of feed(), or input can be consumed again: call feed() soon, but not
  // from here.
  virtual void on_answer() = 0;
  // False once the client is known to have gone: no events are taken out of a queue for it.
  virtual bool is_connected() { return true; }
  // How the log calls this client.
  virtual std::string name() const { return "client"; }
};

// The binding keeps the input and the output. It calls feed() with what was read and not consumed,
// whenever something has come to be read, the client has taken output, or after on_answer(); and
// delivered() whenever its socket has taken all output.
class Conversation {
 public:
  // Holds of bindings without an end of connection (datagram, fifo, stdio) end after 60 s
  // (protocol 13.3).
  enum class Binding { stream, fifo, stdio, datagram };
  Conversation(Daemon&, Connection&, Binding);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // Appends to `out` the answers, or pieces of an answer, whose turn it is, and begins the requests
  // in `input`, until `room` bytes or more were appended or the conversation is blocked. Returns
  // how many bytes of `input` were consumed: the rest is to be passed again. The input may hold a
  // password: wipe it after use.
  std::size_t feed(std::string_view input, std::string& out, std::size_t room);
  // Datagram binding, not while blocked: begins one request. feed() with no input and room for one
  // byte gives one answer, or one piece of it, at a time.
  void datagram(std::string_view request);
  // No request can begin until an earlier one is answered, or its answer is delivered.
  bool blocked() const;
  // An answer is being produced in pieces, and its last piece has not been appended yet.
  bool producing() const;
  // The socket has taken everything that was appended. True: that was the end of an answer in
  // pieces, so the next request may begin.
  bool delivered();
  // Nothing is pending: no half request, no answer, no hold, no wait.
  bool idle() const;
  // Events of an expired hold can still be acknowledged, through this conversation only.
  bool has_unacked() const;
  // A request that was read whole has not been answered yet (a wait, a LOGIN in progress). A client
  // that has sent its last byte is kept until this turns false.
  bool answering() const;
  // The client has gone: its waits for events end, no more events are handed out to it, and what
  // was being produced for it is given up. All else that it asked for, or that is fed from now on,
  // is carried out. Its holds stay until the end, because an ACK may be among that.
  void depart();

 private:
  struct State;
  State& state();

  Daemon& daemon_;
  Connection& connection_;
  Binding binding_;
  std::shared_ptr<State> state_;  // made on demand: an idle client costs next to nothing
};

}  // namespace msn::daemon

// SPDX-License-Identifier: MIT
// One client of the daemon, without its socket: consumes the bytes of requests and produces the
// answers in the order of the requests (protocol 1, 2). Owns the client's holds and waits;
// destroying it ends them.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace msn::daemon {

class Daemon;

// The binding's side of a conversation. The binding implements it; it outlives the conversation.
class Connection {
 public:
  virtual ~Connection() = default;
  // Called when an answer becomes ready outside of feed(), or when input can be consumed again. It
  // must post the call of feed(), not make it.
  virtual void on_answer() = 0;
  // False once the client is known to have disconnected: no events are handed out to it then.
  virtual bool is_connected() { return true; }
  // The client's name in the log.
  virtual std::string name() const { return "client"; }
};

// The binding buffers input and output. It calls feed() with all unconsumed input when new input
// has arrived, when output has been sent, and after on_answer(). It calls delivered() when all
// output has been sent.
class Conversation {
 public:
  // On datagram, fifo and stdio a disconnect is not detected, so holds end after 60 s
  // (protocol 13.3).
  enum class Binding { stream, fifo, stdio, datagram };
  Conversation(Daemon&, Connection&, Binding);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // Appends the next answers (or pieces of an answer) to `out` and begins the requests in `input`,
  // until at least `room` bytes are appended, all input is consumed, or the conversation is
  // blocked. Returns the number of consumed bytes of `input`; pass the rest again later. The input
  // may contain a password: wipe it after use.
  std::size_t feed(std::string_view input, std::string& out, std::size_t room);
  // For the datagram binding, instead of feed() with input: begins one request. Do not call it
  // while blocked. To get one answer (or one piece of it), call feed() with no input and room 1.
  void datagram(std::string_view request);
  // True if no request can begin until an earlier one is answered, or its long answer is delivered.
  bool blocked() const;
  // True from the first piece of a long answer until its last piece is appended.
  bool producing() const;
  // Call when all output has been written to the socket. Returns true if this completes a long
  // answer, so the next request may begin.
  bool delivered();
  // True if there is no incomplete request, outstanding answer, hold or wait.
  bool idle() const;
  // True if events of an expired hold can still be acknowledged; no other conversation can do it.
  bool has_unacked() const;
  // True if a complete request is unanswered (a wait, a LOGIN in progress). A client that has
  // closed its sending side is kept until this is false.
  bool answering() const;
  // Call when the client has disconnected (protocol 2.2). Ends its waits and its long answer; no
  // more events are handed out to it. Other requests are still carried out, also those fed later.
  // Its holds stay until destruction, because such a request may be an ACK.
  void disconnect();

 private:
  struct State;
  State& state();

  Daemon& daemon_;
  Connection& connection_;
  Binding binding_;
  std::shared_ptr<State> state_;  // null while idle, to save memory
};

}  // namespace msn::daemon

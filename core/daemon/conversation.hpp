// SPDX-License-Identifier: MIT
// One client of the daemon, without its socket: octets in, answers out, in the order of the
// requests (protocol 1, 2). Owns the client's holds and waits; destroying it ends them.
#pragma once
#include <memory>
#include <string_view>

namespace msn::daemon {

class Daemon;

// Where a conversation's answers go; the binding's side implements it and outlives the
// conversation.
class Sink {
 public:
  virtual ~Sink() = default;
  // Whole answers, in order. The view dies with the call.
  virtual void write(std::string_view octets) = 0;
  // May somebody still be reading? Asked before events are taken out of a queue for this client.
  virtual bool listens() { return true; }
};

class Conversation {
 public:
  // Holds of bindings without an end of connection (datagram, fifo, stdio) end after 60 s
  // (protocol 13.3).
  enum class Binding { stream, fifo, stdio, datagram };
  Conversation(Daemon&, Sink&, Binding);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // Stream bindings: octets as they come. All answers that can be given at once are written in one
  // write() before this returns. They may hold a password: wipe their buffer after use.
  void feed(std::string_view octets);
  // Datagram binding: one request; its answer is written alone and whole (the binding cuts it into
  // units).
  void datagram(std::string_view octets);
  // So many answers are pending that no more should be read for now; `on_ready` of the sink's owner
  // is not needed: it turns false when an answer is written.
  bool full() const;
  // What is fed now is only held back, until something before it is answered. A binding that waits
  // until then keeps what one client asks for from being answered in one go, however much it is.
  bool blocked() const;
  // Nothing is pending: no half request, no answer, no hold, no wait.
  bool idle() const;
  // What an ACK of this client would mean, which another conversation with it would not know.
  bool remembers() const;
  // A request that was read whole has not been answered yet (a wait, a LOGIN under way). A client
  // that has sent its last octet is kept until this turns false.
  bool answering() const;
  // The client has gone: its waits for events are over and no more of them are handed out to it,
  // but all else that it asked for, or is fed from now on, is carried out. Its holds stay until the
  // end, for an ACK may be among that.
  void depart();

 private:
  struct State;
  State& state();

  Daemon& daemon_;
  Sink& sink_;
  Binding binding_;
  std::shared_ptr<State> state_;  // made on demand: an idle client costs next to nothing
};

}  // namespace msn::daemon

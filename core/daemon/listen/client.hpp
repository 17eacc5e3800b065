// SPDX-License-Identifier: MIT
// One client on a stream of octets (protocol 2.2), whatever carries it: gathers the answers of one
// read into one send, keeps what the kernel does not take, stops reading from a client that does
// not read, and knows when an ended one has been told everything.
//
// The hub owns it until drop(); handlers still under way keep it alive behind that.
#pragma once
#include "core/daemon/conversation.hpp"
#include "core/daemon/listen/hub.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace msn::daemon::listen {

// What was read may hold a password: not to be left in a buffer.
void wipe(char* octets, std::size_t count);

class Client : public Sink, public std::enable_shared_from_this<Client> {
 public:
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // After hub.add(): begins to read.
  void start() { settle(); }
  // Ends it now, its holds and waits with it; whatever was still to be said is lost.
  void drop();
  // Sweep: is it still over its bound? Gives up on one that took nothing for too long.
  bool still_owes(std::chrono::steady_clock::time_point now);
  void write(std::string_view octets) final;
  bool listens() override { return !gone_; }

 protected:
  Client(Hub&, Conversation::Binding);
  Hub& hub() { return hub_; }
  bool dropped() const { return dropped_; }

  // The binding tells what happened; each answers one await_… call.
  void received(std::string_view octets);
  void ended();     // the client will send no more, but may still read
  void room();      // there may be room for more octets
  void vanished();  // it will neither send nor read any more
  // Its end is seen from outside, not by a read: what it said before is still there to be read.
  void hung_up();
  // A new client begins on the same stream (fifo) with these octets: nothing of the old one's is
  // left.
  void begin_anew(std::string_view octets = {});

  // What the binding does.
  static constexpr std::ptrdiff_t nobody = -1;
  virtual std::ptrdiff_t put(std::string_view octets) = 0;  // how many were taken, or nobody
  virtual void await_input() = 0;
  virtual void await_room() = 0;
  virtual void await_end() = 0;  // while nothing is read: hung_up() if the client goes
  virtual void close() = 0;
  virtual void give_up() { drop(); }  // it has not read for too long

 private:
  friend class Hub;
  // Only what is behind with its reading has one.
  struct Backlog {
    std::string out;                                 // answers not yet taken
    std::size_t taken = 0;                           // of `out`
    std::string input;                               // read, but held back
    std::chrono::steady_clock::time_point progress;  // when octets were last taken
    bool waiting = false;                            // await_room() is under way
    std::size_t owed() const { return out.size() - taken; }
  };

  void feed(std::string_view octets);
  void hand_over(std::string_view octets);
  void hold_back(std::string_view octets);
  void flush();
  void push(std::string_view octets);
  bool overfull() const;
  bool behind() const;
  void settle();
  void settle_later();
  void depart();
  Backlog& backlog();

  Hub& hub_;
  std::optional<Conversation> conversation_;
  std::unique_ptr<Backlog> backlog_;
  std::size_t place_ = 0;  // in the hub's list
  Conversation::Binding binding_;
  bool feeding_ = false;   // answers are gathered
  bool reading_ = false;   // await_input() is under way
  bool watching_ = false;  // await_end() is under way
  bool ended_ = false;
  bool gone_ = false;      // nobody reads any more; what was asked is carried out all the same
  bool broken_ = false;    // by a defect of ours: not to be fed again
  bool settling_ = false;  // settle() is posted
  bool dropped_ = false;
};

}  // namespace msn::daemon::listen

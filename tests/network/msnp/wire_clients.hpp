// SPDX-License-Identifier: MIT
// The daemon's clients in a wire script: one asks and hears the answers, one polls for events.
#pragma once
#include "tests/support/stream_peer.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace msn::test {

class WireClients {
 public:
  // waiting: POLL EV MAX=1 WAIT, whose every event is looked at with its cursor and time; plain:
  // POLL, which leaves out SENT, FAILED and SOPEN (protocol 13.8).
  enum class Poll { waiting, plain };

  WireClients(const std::string& socket, const StreamPeer::Until&, Poll);

  bool plain() const { return poll_ == Poll::plain; }
  void ask(const std::string& octets) { asking_.say(octets); }
  // The next line of the answers, without its LF.
  std::string answer_line();
  // The next event as the pipe spells it, with the lines of its message.
  std::string event();
  // Bytes that were not asked for, or what is still in the queue.
  std::optional<std::string> left_over();

 private:
  // What follows the first line of an event.
  std::string rest_of_event(std::string first);
  void poll_plain();  // until something has come

  StreamPeer::Until until_;
  StreamPeer asking_, polling_;
  Poll poll_;
  std::uint64_t cursor_ = 0;       // of the last event
  std::deque<std::string> taken_;  // by a plain POLL, not told yet
};

}  // namespace msn::test

// SPDX-License-Identifier: MIT
// The daemon's clients in a wire script: one sends requests, the other one polls for events.
#pragma once
#include "tests/support/stream_peer.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace msn::test {

class WireClients {
 public:
  // waiting: POLL EV MAX=1 WAIT; cursor and time of each event are checked. plain: POLL, which
  // leaves out SENT, FAILED and SOPEN (msncd-protocol(7) 13.8).
  enum class Poll { waiting, plain };

  WireClients(const std::string& socket, const StreamPeer::Until&, Poll);

  bool plain() const { return poll_ == Poll::plain; }
  void ask(const std::string& bytes) { asking_.say(bytes); }
  // The next line of the answers, without its LF.
  std::string answer_line();
  // The next event in the format of the pipe, with the lines of its message.
  std::string event();
  // Bytes that no request has caused, or an event that is still queued.
  std::optional<std::string> left_over();

 private:
  // The lines after the first one of an event.
  std::string rest_of_event(std::string first);
  void poll_plain();  // until there is an event

  StreamPeer::Until until_;
  StreamPeer asking_, polling_;
  Poll poll_;
  std::uint64_t cursor_ = 0;       // of the last event
  std::deque<std::string> taken_;  // of a plain POLL, not returned yet
};

}  // namespace msn::test

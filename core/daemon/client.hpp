// SPDX-License-Identifier: MIT
// A client as the queues know it. Its address is its identity; Queues::forget() before it goes.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace msn::daemon {

struct Client {
  // What it was handed by a HOLD that is over, and has not acknowledged: until it polls that queue
  // again, an ACK of this client means these events and no others.
  struct Handed {
    std::vector<std::uint64_t> cursors;  // ascending
    bool gap = false;
    std::uint64_t lost = 0;  // what it said
    std::uint64_t gap_cursor = 0;
    std::uint64_t generation = 0;  // of the queues it was handed from
  };
  std::map<std::string, Handed, std::less<>> handed;  // by queue
  bool lasting = true;  // its end is noticed: a hold need not end by time (protocol 13.3)
  int holds = 0;
  std::set<std::uint64_t> waits;  // their numbers, in the order they came
  // False when it is known to have gone: then nothing is taken out of a queue for it.
  std::function<bool()> listens = [] { return true; };
};

}  // namespace msn::daemon

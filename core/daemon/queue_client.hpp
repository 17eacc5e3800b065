// SPDX-License-Identifier: MIT
// A client as the queues see it. They keep pointers to it: do not move it, and call
// Queues::forget() before destroying it.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace msn::daemon {

struct QueueClient {
  // The unacknowledged events of this client's last, expired HOLD on a queue. Until it polls that
  // queue again, its ACK applies to exactly these (protocol 13.3).
  struct ExpiredHold {
    std::vector<std::uint64_t> cursors;  // ascending
    bool gap = false;
    std::uint64_t lost = 0;  // the count that the gap reported
    std::uint64_t gap_cursor = 0;
    std::uint64_t generation = 0;  // Reservations::queue_generation when it expired
  };
  std::map<std::string, ExpiredHold, std::less<>> expired_holds;  // by queue
  bool detects_disconnect = true;  // false: its holds end after 60 s (protocol 13.3)
  int hold_count = 0;              // the number of queues on which it has a HOLD
  std::set<std::uint64_t> waits;   // numbers in Waits, in order of arrival
  // False once the client is known to have disconnected: no events are handed out to it then.
  std::function<bool()> is_connected = [] { return true; };
};

}  // namespace msn::daemon

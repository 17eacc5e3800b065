// SPDX-License-Identifier: MIT
// Limits that keep one client from harming others (msncd(8), protocol 11).
#pragma once
#include <chrono>
#include <cstddef>

namespace msn::daemon::listen {

struct Limits {
  // Connections on all streams together. One more is answered ERR EBUSY and closed.
  std::size_t clients = 10'000;
  // Bytes of answers buffered for one client, beyond what its socket holds. At this limit no
  // further request is begun and no further piece of an answer is produced; one answer that is not
  // in pieces may exceed it. A client at the limit that reads nothing for `stall_timeout` is
  // dropped.
  std::size_t unsent = 256 * 1024;
  std::chrono::seconds stall_timeout{30};
  // The same for all clients together. At this limit only clients without unsent answers are
  // served, and others are dropped if they read nothing for `stall_timeout`.
  std::size_t total_unsent = 64u << 20;
  // Datagrams: the number of remembered source addresses (one more replaces the one that has been
  // silent longest, if possible an idle one), and how long a silent, idle one is remembered.
  std::size_t sources = 1'000;
  std::chrono::seconds source_timeout{120};
  // As source_timeout, for a source that may still acknowledge events.
  std::chrono::seconds unacked_source_timeout{3600};
};

}  // namespace msn::daemon::listen

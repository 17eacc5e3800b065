// SPDX-License-Identifier: MIT
// The bounds of serving (msncd(8), protocol 11), so that no client harms another one.
#pragma once
#include <chrono>
#include <cstddef>

namespace msn::daemon::listen {

struct Limits {
  // Connections over all streams at once; one more is told ERR EBUSY and closed.
  std::size_t clients = 10'000;
  // Octets of answers that wait for a client to read them. From there on nothing more is read from
  // it, and when it takes nothing for `patience` it is dropped.
  std::size_t unread = 1 << 20;
  std::chrono::seconds patience{30};
  // Datagrams: source addresses known at once (one more takes the place of the oldest), and how
  // long a silent one is remembered.
  std::size_t sources = 1'000;
  std::chrono::seconds source_memory{120};
  // The same for one that may still acknowledge what it was handed.
  std::chrono::seconds handed_memory{3600};
};

}  // namespace msn::daemon::listen

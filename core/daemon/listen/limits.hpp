// SPDX-License-Identifier: MIT
// The bounds of serving (msncd(8), protocol 11), so that no client harms another one.
#pragma once
#include <chrono>
#include <cstddef>

namespace msn::daemon::listen {

struct Limits {
  // Connections over all streams at once; one more is answered ERR EBUSY and closed.
  std::size_t clients = 10'000;
  // Bytes of answers that one client has not read, beyond what its socket holds. From there on no
  // request of it is begun and no further piece of an answer is produced; a single answer that
  // comes whole may exceed it. When such a client takes nothing for `patience` it is dropped.
  std::size_t owed = 256 * 1024;
  std::chrono::seconds patience{30};
  // The same for all clients together: while it is reached, only clients that have read all their
  // answers are served, and the others are dropped when they take nothing for `patience`.
  std::size_t owed_to_all = 64u << 20;
  // Datagrams: source addresses known at once (one more is answered ERR EBUSY), and how long a
  // silent one is remembered.
  std::size_t sources = 1'000;
  std::chrono::seconds source_memory{120};
  // The same for one that may still acknowledge what it was handed.
  std::chrono::seconds handed_memory{3600};
};

}  // namespace msn::daemon::listen

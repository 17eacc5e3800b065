// SPDX-License-Identifier: MIT
// Joins texts that a client sends as several MSGs (headers "Message-ID" with "Chunks" or "Chunk").
// Number of parts, bytes and time are limited (limits.hpp).
#pragma once
#include "core/network/msnp/mime.hpp"

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::network::msnp {

using Headers = std::vector<std::pair<std::string, std::string>>;

class ChunkJoiner {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Whole {
    Headers headers;  // of the first part
    std::string body;
  };

  // Whether this payload is a part of a chunked text.
  static bool is_part(const Mime&);
  // Adds a part; returns the text once it is complete. The first part must be received first; the
  // others may be in any order, and repeated parts are ignored. Drops parts of unknown or too long
  // texts, and the oldest incomplete text if there are too many. `keep`: how long an incomplete
  // text is kept.
  std::optional<Whole> add(std::string_view from, const Mime&, Time now,
                           std::chrono::milliseconds keep);
  std::size_t size() const { return open_.size(); }  // incomplete texts
  std::size_t bytes() const { return bytes_; }       // of their parts

 private:
  struct Open {
    std::string key;
    Headers headers;
    std::vector<std::optional<std::string>> parts;
    std::size_t missing = 0, bytes = 0;
    Time until;
  };
  using Place = std::list<Open>::iterator;
  void drop(Place);

  std::list<Open> open_;  // the oldest first
  std::size_t bytes_ = 0;
};

}  // namespace msn::network::msnp

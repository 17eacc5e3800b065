// SPDX-License-Identifier: MIT
// Texts that come in several packets, put together again. Bounded in parts, bytes and time.
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

  // Is this a part of something?
  static bool is_part(const Mime&);
  // Takes a part; the whole when it was the last that was missing. Parts may come again or late;
  // those of an unknown or overgrown text are dropped. New texts push out old ones.
  std::optional<Whole> add(std::string_view from, const Mime&, Time now,
                           std::chrono::milliseconds keep);
  std::size_t size() const { return open_.size(); }
  std::size_t octets() const { return octets_; }

 private:
  struct Open {
    std::string key;
    Headers headers;
    std::vector<std::optional<std::string>> parts;
    std::size_t missing = 0, octets = 0;
    Time until;
  };
  using Place = std::list<Open>::iterator;
  void drop(Place);

  std::list<Open> open_;  // the oldest first
  std::size_t octets_ = 0;
};

}  // namespace msn::network::msnp

// SPDX-License-Identifier: MIT
// Octets of a stream, split anywhere, to lines (protocol 3): LF ends a line, one CR before it is
// removed, a line over the limit is told once and skipped to its LF.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/protocol/limits.hpp"

namespace msn::protocol {

struct Line {
  std::string_view text;  // without LF and the CR before it; cut at the limit if too_long
  bool too_long = false;
};

// Holds at most limit + 2 octets between calls, and no allocation while nothing is pending.
class LineReader {
 public:
  explicit LineReader(std::size_t limit = limits::line) : limit_(limit) {}

  // `octets` must stay valid until next() has returned nothing.
  void feed(std::string_view octets);
  // The next whole line, valid until the next call of next() or feed(); nothing: feed more.
  std::optional<Line> next();
  // The unfinished line at the end of a datagram or stream (protocol 2.3 point 1), if any.
  std::optional<Line> rest();
  bool pending() const { return !kept_.empty() || skipping_; }

 private:
  std::size_t limit_;
  std::string_view octets_;
  std::string kept_;
  std::string line_;
  bool skipping_ = false;
};

}  // namespace msn::protocol

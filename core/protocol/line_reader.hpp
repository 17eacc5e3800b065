// SPDX-License-Identifier: MIT
// Splits a byte stream into lines (protocol 3). LF ends a line; one CR before it is removed. A line
// over the limit is returned once, truncated, and skipped to its LF.
#pragma once
#include "core/protocol/limits.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace msn::protocol {

struct Line {
  std::string_view text;  // without LF and the CR before it
  bool too_long = false;  // `text` was truncated to the limit, between UTF-8 characters
};

// A complete line is a view into the bytes that were fed. Only an unfinished line is copied, at
// most limit + 2 bytes of it; the copy is wiped because it may contain a password. Owns no memory
// while no line is pending.
class LineReader {
 public:
  explicit LineReader(std::size_t limit = limits::line) : limit_(limit) {}
  // Applies to the lines that next() has not returned yet.
  void set_limit(std::size_t limit) { limit_ = limit; }
  LineReader(LineReader&&) = default;
  LineReader& operator=(LineReader&&) = default;
  ~LineReader() { wipe_kept(); }

  // `bytes` must stay valid until next() has returned nullopt. Do not call feed() again before
  // that.
  void feed(std::string_view bytes);
  // The next complete line, valid until the next call of next() or feed(). nullopt: feed more.
  std::optional<Line> next();
  // The unfinished line at the end of a datagram or stream (protocol 2.3 (1)), if there is one.
  // Call it after next() has returned nullopt. The reader is empty afterwards.
  std::optional<Line> rest();
  // A part of a line has arrived, without its LF.
  bool pending() const { return !returned_ && !kept_.empty(); }

 private:
  void keep(std::string_view part);
  Line line(std::string_view raw) const;
  void release_returned();
  void wipe_kept();

  std::size_t limit_;
  std::string_view bytes_;  // fed, not yet returned
  std::string kept_;        // the beginning of an unfinished line
  bool skipping_ = false;   // kept_ is over the limit: drop the rest of its line
  bool returned_ = false;   // next() has returned kept_; the next call releases it
};

}  // namespace msn::protocol

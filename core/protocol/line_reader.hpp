// SPDX-License-Identifier: MIT
// Bytes of a stream, split anywhere, to lines (protocol 3): LF ends a line, one CR before it is
// removed, a line over the limit is told once and skipped to its LF.
#pragma once
#include "core/protocol/limits.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace msn::protocol {

struct Line {
  std::string_view text;  // without LF and the CR before it
  bool too_long = false;  // `text` is what fits into the limit, whole UTF-8 characters
};

// Lines that came whole are views into what was fed; only an unfinished one is copied, and at most
// limit + 2 bytes of it; that copy is wiped, for it may hold a password. Owns no memory while
// nothing is pending.
class LineReader {
 public:
  explicit LineReader(std::size_t limit = limits::line) : limit_(limit) {}
  // Of the lines after those that were given out.
  void set_limit(std::size_t limit) { limit_ = limit; }
  LineReader(LineReader&&) = default;
  LineReader& operator=(LineReader&&) = default;
  ~LineReader() { wipe_kept(); }

  // `octets` must stay valid until next() has returned nothing; not before that feed more.
  void feed(std::string_view octets);
  // The next whole line, valid until the next call of next() or feed(); nothing: feed more.
  std::optional<Line> next();
  // The unfinished line at the end of a datagram or stream (protocol 2.3 point 1), if any.
  // Call it when next() has returned nothing; the reader is empty afterwards.
  std::optional<Line> rest();
  bool pending() const { return !told_ && !kept_.empty(); }

 private:
  void keep(std::string_view part);
  Line line(std::string_view raw) const;
  void forget_told();
  void wipe_kept();

  std::size_t limit_;
  std::string_view octets_;  // fed and not yet read
  std::string kept_;         // the beginning of an unfinished line
  bool skipping_ = false;    // kept_ is over the limit: the rest of its line is dropped
  bool told_ = false;        // kept_ was given out and only waits to be released
};

}  // namespace msn::protocol

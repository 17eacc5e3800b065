// SPDX-License-Identifier: MIT
// The daemon's side of the framing (protocol 2, 3, 6.8): bytes to requests, SENDMSG with its
// lines. Pure; nothing on the wire can make it hold more than a line of limits::line bytes, and a
// text and a line of limits::text. An idle one owns no memory, and a request that came whole is not
// copied.
#pragma once
#include "core/base/result.hpp"
#include "core/protocol/line_reader.hpp"
#include "core/protocol/request.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::protocol {

class RequestReader {
 public:
  enum class Binding { stream, fifo };  // fifo: HELLO SYNC= always starts anew (protocol 2.2a)
  explicit RequestReader(Binding binding = Binding::stream) : binding_(binding) {}

  // `octets` must stay valid until next() has returned nothing; not before that feed more.
  void feed(std::string_view octets) { lines_.feed(octets); }
  // The next request or, for one that cannot be read (NUL, CR, over-long line, bad count, text that
  // is not UTF-8), the error to answer it with; nothing: feed more. Valid until the next call of
  // next() or feed().
  std::optional<Result<Request>> next();
  // Bytes of an unfinished request are waiting.
  bool pending() const { return lines_.pending() || (text_ && !text_->told); }
  // Did the last request begin a new client? (fifo only)
  bool restarted() const { return restarted_; }

 private:
  // A SENDMSG whose lines are being read.
  struct Text {
    std::string head;
    std::uint64_t missing = 0;
    std::vector<std::string> lines;
    std::size_t octets = 0;
    bool first = true;
    bool bad = false;
    bool told = false;  // given out, waits to be released

    void add(Line);
  };
  std::optional<Result<Request>> take(Line);
  std::optional<Result<Request>> take_head(Line);
  std::optional<Result<Request>> take_text(Line);

  LineReader lines_;
  std::unique_ptr<Text> text_;
  Binding binding_;
  bool restarted_ = false;
  friend Result<Request> read_datagram(std::string_view);
};

// One datagram is one unit (protocol 2.1): SP, CR, LF around it are ignored, a missing last LF is
// forgiven, text lines beyond the count or missing are an error. The views are into `datagram`.
Result<Request> read_datagram(std::string_view datagram);

}  // namespace msn::protocol

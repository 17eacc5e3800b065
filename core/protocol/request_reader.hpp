// SPDX-License-Identifier: MIT
// The daemon's side of the framing (protocol 2, 3, 6.8): parses bytes into requests, a SENDMSG with
// its lines. Buffers at most a line of limits::line bytes or, of a SENDMSG, limits::text bytes of
// text and an unfinished line. Owns no memory while idle. A request that arrives in one piece is
// not copied, except a SENDMSG.
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
  enum class Binding { stream, fifo };  // fifo: HELLO SYNC= starts a new client (protocol 2.2a)
  explicit RequestReader(Binding binding = Binding::stream) : binding_(binding) {}

  // `bytes` must stay valid until next() has returned nullopt. Do not call feed() again before
  // that.
  void feed(std::string_view bytes) { lines_.feed(bytes); }
  // The next request, or the error with which to answer an unreadable one (NUL, CR, line too long,
  // bad count, text that is not UTF-8). nullopt: feed more. Valid until the next call of next() or
  // feed().
  std::optional<Result<Request>> next();
  // Has a part of a request arrived?
  bool pending() const { return lines_.pending() || (text_ && !text_->returned); }
  // fifo only: the last request was HELLO SYNC=, so a new client has started.
  bool saw_sync() const { return saw_sync_; }

 private:
  // A SENDMSG whose lines are still arriving.
  struct Text {
    std::string head;
    std::uint64_t missing = 0;
    std::vector<std::string> lines;
    std::size_t bytes = 0;
    bool first = true;
    bool bad = false;
    bool returned = false;  // next() has returned it; the next call releases it

    void add(Line);
  };
  std::optional<Result<Request>> take(Line);
  std::optional<Result<Request>> take_head(Line);
  std::optional<Result<Request>> take_text(Line);

  LineReader lines_;
  std::unique_ptr<Text> text_;
  Binding binding_;
  bool saw_sync_ = false;
  friend Result<Request> read_datagram(std::string_view);
};

// Parses a datagram, which is one unit (protocol 2.1): ignores SP, CR, LF at both ends and a
// missing final LF. Too many or too few lines of text are an error. The views are into `datagram`.
Result<Request> read_datagram(std::string_view datagram);

}  // namespace msn::protocol

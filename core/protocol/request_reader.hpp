// SPDX-License-Identifier: MIT
// The daemon's side of the framing (protocol 2, 3, 6.8): octets to requests, SENDMSG with its lines.
// Pure; nothing on the wire can make it hold more than limits::line + limits::text + a few octets
// for a client.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.hpp"
#include "core/protocol/line_reader.hpp"
#include "core/protocol/request.hpp"

namespace msn::protocol {

class RequestReader {
 public:
  enum class Binding { stream, fifo };  // fifo: HELLO SYNC= always starts anew (protocol 2.2a)
  explicit RequestReader(Binding binding = Binding::stream);

  // `octets` must stay valid until next() has returned nothing.
  void feed(std::string_view octets);
  // The next request or, for one that cannot be read (NUL, over-long line, bad count, text that is
  // not UTF-8), the error to answer it with; nothing: feed more. Valid until the next call.
  std::optional<Result<Request>> next();
  // Octets of an unfinished request are waiting.
  bool pending() const;
  // Did the last request begin a new client? (fifo only)
  bool restarted() const { return restarted_; }

 private:
  std::optional<Result<Request>> take(Line);
  Binding binding_;
  LineReader lines_;
  bool restarted_ = false;
  std::string head_;               // SENDMSG's line while its text is read
  std::uint64_t missing_ = 0;      // text lines still to come
  std::vector<std::string> text_;
  std::size_t text_octets_ = 0;
  bool bad_text_ = false;
};

// One datagram is one unit (protocol 2.1): SP, CR, LF around it are ignored, a missing last LF is
// forgiven, text lines beyond the count or missing are an error. The views are into `datagram`.
Result<Request> read_datagram(std::string_view datagram);

}  // namespace msn::protocol

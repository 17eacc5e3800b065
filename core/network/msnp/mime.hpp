// SPDX-License-Identifier: MIT
// The payload of a MSG: header lines, an empty line, a body.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msn::network::msnp {

struct Mime {
  std::vector<std::pair<std::string, std::string>> headers;  // in order, names as sent
  std::string_view body;                                     // a view into the payload

  // The value of the first header of that name, ASCII case ignored; empty if there is none.
  std::string_view header(std::string_view name) const;
  // Content-Type without its parameters, lower case; empty if there is none.
  std::string content_type() const;
};

// Accepts any bytes. Lines end in CRLF or LF; without an empty line there are only headers. Drops
// header lines without a colon, headers over the limits, and control characters in values.
Mime parse_mime(std::string_view payload);

// A received body as the text of an event: valid UTF-8 (msncd-protocol(7) 3), lines joined by LF,
// without CR and NUL.
std::string text_of(std::string_view body);

// Payloads to send. Lines of `text` are joined by CRLF.
std::string text_payload(std::string_view text);
struct Chunk {
  std::string_view message_id;  // "{...}"
  std::size_t number = 0;       // 0: the first, which has the headers
  std::size_t of = 0;           // number of parts
};
std::string chunk_payload(std::string_view text, const Chunk&);
std::string typing_payload(std::string_view own_email);
// Declines an invitation (file transfer, voice, ...).
std::string decline_payload(std::string_view cookie);

// Splits a text (lines joined by CRLF) into parts of at most `limit` bytes: at line ends if
// possible, else at spaces, else between grapheme clusters. `keep_breaks`, for chunks: the
// concatenated parts are the text, and all parts but the last have at least three quarters of the
// limit. Without it, for separate messages: the line break or space at a cut is dropped.
std::vector<std::string> split_text(std::string_view text, std::size_t limit, bool keep_breaks);

}  // namespace msn::network::msnp

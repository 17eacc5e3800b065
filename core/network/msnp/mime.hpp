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
  std::string_view body;                                     // into the payload

  // The value of the first header of that name, ASCII case ignored; empty if there is none.
  std::string_view header(std::string_view name) const;
  // Content-Type without its parameters, lower case; empty if there is none.
  std::string content_type() const;
};

// Reads any bytes: lines end in CRLF or LF; without an empty line all of it is header. Header
// lines without a colon are skipped, headers over the limits dropped, values made free of controls.
Mime parse_mime(std::string_view payload);

// A received body as the text of an event: always valid UTF-8 (protocol 3), lines joined by LF, no
// CR, no NUL.
std::string text_of(std::string_view body);

// Our own payloads. Lines are joined by CRLF.
std::string text_payload(std::string_view text);
struct Chunk {
  std::string_view message_id;  // "{...}"
  std::size_t number = 0;       // 0 is the first, with the headers
  std::size_t of = 0;
};
std::string chunk_payload(std::string_view text, const Chunk&);
std::string typing_payload(std::string_view own_email);
// The polite no to a file transfer or the like.
std::string decline_payload(std::string_view cookie);

// Cuts a text (lines joined by CRLF) into parts of at most `limit` bytes, at line ends if it can,
// else at spaces, else between grapheme clusters. With `keep_breaks` the parts together are the
// text, and all but the last have at least three quarters of the limit; else the line break or
// space at a cut is left out, as between messages of their own.
std::vector<std::string> split_text(std::string_view text, std::size_t limit, bool keep_breaks);

}  // namespace msn::network::msnp

// SPDX-License-Identifier: MIT
// What users give, checked before anything is sent (msnc(1), msnc-send(1)): every fault is usage.
#pragma once
#include "core/base/result.hpp"
#include "core/model/status.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

// A one-line field: valid UTF-8, not blank, no control characters. `what` names it in the message.
Result<std::string> one_line(std::string text, std::string_view what);
// A name for ourselves or for a contact: one line, and not longer than goes over the pipe.
Result<std::string> nick(std::string text, std::string_view what);
// An address, in lower case.
Result<std::string> address(std::string_view text);
// WHO: an address in lower case, or a nick as it is.
Result<std::string> who(std::string_view text);
// MODE: one of protocol 4.
Result<model::Status> status_mode(std::string_view text);
// The name of a queue (protocol 13.5); "-" is the default one.
Result<std::string> queue_name(std::string_view text);

// A message's lines: CR LF and lone CR become LF, then it is split at every LF. Refused: a blank
// text, a NUL, what is not UTF-8.
Result<std::vector<std::string>> message_lines(std::string text);

// Removes a UTF-8 byte order mark from its beginning.
void drop_byte_order_mark(std::string& text);
// All of a descriptor, or its first `most` + 1 bytes if there are more.
Result<std::string> read_all(int fd, std::string_view what, std::size_t most);
struct InputLine {
  std::size_t number = 1;
  std::string text;  // without its LF
  bool cut = false;  // it is longer, and these are its first bytes
};
// Line by line as they come, at most `most` bytes of each; a last one without LF too. A byte order
// mark at the beginning of the first is dropped. `take` says whether to go on.
Result<void> read_lines(int fd, std::size_t most, const std::function<bool(InputLine)>& take);

}  // namespace msn::msnc

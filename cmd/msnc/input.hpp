// SPDX-License-Identifier: MIT
// Checks of the user's input before anything is sent (msnc(1), msnc-send(1)). All errors are usage.
#pragma once
#include "core/base/result.hpp"
#include "core/model/status.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace msn::msnc {

// Checks a one-line text: valid UTF-8, not blank, no control characters. `what`: its name in error
// messages.
Result<std::string> one_line(std::string text, std::string_view what);
// Checks a display name or the nick of a contact: one line that the protocol can carry.
Result<std::string> nick(std::string text, std::string_view what);
// Checks an address; the result is in lower case.
Result<std::string> address(std::string_view text);
// Checks WHO: an address, returned in lower case, or a nick, returned as it is.
Result<std::string> who(std::string_view text);
// Parses MODE, a status of protocol 4.
Result<model::Status> status_mode(std::string_view text);
// Checks the name of a queue (protocol 13.5). "-" is the default queue.
Result<std::string> queue_name(std::string_view text);

// Splits the text of a message into lines, at LF, CR LF and CR. Errors: a blank text, a NUL, and
// invalid UTF-8.
Result<std::vector<std::string>> message_lines(std::string text);

// Removes a UTF-8 byte order mark at the beginning.
void drop_byte_order_mark(std::string& text);
// Reads a descriptor to its end, but at most `most` + 1 bytes, so that the caller can detect a
// longer input. `what`: its name in error messages.
Result<std::string> read_all(int fd, std::string_view what, std::size_t most);
struct InputLine {
  std::size_t number = 1;
  std::string text;  // without its LF
  bool cut = false;  // the line is longer; `text` has its first bytes
};
// Reads lines as they arrive and passes each to `on_line`, which returns false to stop. At most
// `most` bytes of a line are kept. The last line need not end with LF. A byte order mark at the
// beginning of the first line is dropped.
Result<void> read_lines(int fd, std::size_t most, const std::function<bool(InputLine)>& on_line);

}  // namespace msn::msnc

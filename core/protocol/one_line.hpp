// SPDX-License-Identifier: MIT
// Appends fields to a line of an answer so that no input can end the field or the line
// (protocol 12.4). Internal to core/protocol.
#pragma once
#include <string>
#include <string_view>

namespace msn::protocol {

// One word, without control characters and SP; "?" if nothing is left.
void append_word(std::string& out, std::string_view text);
// Free text up to the end of the line, without control characters, truncated to the line's limit.
void append_text(std::string& out, std::string_view text);

}  // namespace msn::protocol

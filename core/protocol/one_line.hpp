// SPDX-License-Identifier: MIT
// Fields of an answer made safe: whatever a stranger put into them, they stay one field of one line
// (protocol 12.4). For this folder only.
#pragma once
#include <string>
#include <string_view>

namespace msn::protocol {

// One word: no controls, no SP; "?" if nothing is left.
void append_word(std::string& out, std::string_view text);
// Free text to the end of the line: no controls, and no longer than a line may be.
void append_text(std::string& out, std::string_view text);

}  // namespace msn::protocol

// SPDX-License-Identifier: MIT
// Files of the source tree that the program holds.
#pragma once
#include <string_view>

namespace msn::msnc {

// Of completions/, for bash, zsh or fish; anything else: empty.
std::string_view completion_script(std::string_view shell);

// schema.json, the JSON Schema (2020-12) of everything that --json prints. $defs has one entry for
// each result (by command), for each event ("event.message") and for "error", "warning", "note" and
// "trace"; a line of output is any of them. "error_body" and "event_body" are parts of others.
std::string_view json_schema();

}  // namespace msn::msnc

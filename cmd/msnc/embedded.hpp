// SPDX-License-Identifier: MIT
// Files of the source tree that are compiled into the program.
#pragma once
#include <string_view>

namespace msn::msnc {

// The script in completions/ for bash, zsh or fish; empty for any other shell.
std::string_view completion_script(std::string_view shell);

// schema.json, the JSON Schema (2020-12) of everything that --json prints. $defs has an entry for
// each result (by command), for each event ("event.message") and for "error", "warning", "note" and
// "trace"; each line of output matches one of them. "error_body" and "event_body" are parts of
// other entries.
std::string_view json_schema();

}  // namespace msn::msnc

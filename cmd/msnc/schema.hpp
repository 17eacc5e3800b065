// SPDX-License-Identifier: MIT
// The JSON Schema (2020-12) of everything that --json prints: results, events, errors.
#pragma once
#include <string>

namespace msn::msnc {

// $defs has one entry for each result (by command), for each event ("event.message") and for
// "error", "warning", "note" and "trace"; a line of output is any of them.
std::string json_schema();

}  // namespace msn::msnc

// SPDX-License-Identifier: MIT
// A pipe without a daemon, for --dry-run: it records the requests and answers each one with an
// empty success.
#pragma once
#include "core/pipe/pipe.hpp"

#include <vector>

namespace msn::pipe {

// Appends each unit to `units`, with passwords in clear text: use protocol::masked() to show them.
// `units` must outlive the pipe.
std::unique_ptr<Pipe> make_recording(std::vector<std::string>& units);

// The recording pipe's answer to a unit: "OK …", an empty list, no attributes or no events.
std::string empty_answer(std::string_view unit);

}  // namespace msn::pipe

// SPDX-License-Identifier: MIT
// A pipe to nobody, for --dry-run: it notes what would be sent and answers every request with
// success and nothing in it, so that the same calls run.
#pragma once
#include "core/pipe/pipe.hpp"

#include <vector>

namespace msn::pipe {

// `units` gets each unit as it would go out, the password of a LOGIN in clear: mask before showing.
// It must outlive the pipe.
std::unique_ptr<Pipe> make_recording(std::vector<std::string>& units);

// The answer: "OK …", an empty list, no attributes, no events.
std::string empty_answer(std::string_view unit);

}  // namespace msn::pipe

// SPDX-License-Identifier: MIT
// One request to its answer: the table, the precedence of errors (protocol 5.1), the handler; the
// only place where an error becomes an answer, and the net for what nobody foresaw.
#pragma once
#include "core/base/log.hpp"
#include "core/daemon/commands.hpp"
#include "core/daemon/context.hpp"

#include <optional>
#include <string>

namespace msn::daemon {

// The answer is appended to `out`, or comes later: run what is returned. `row` may be nullptr
// (unknown keyword).
std::optional<Later> dispatch(Context&, const Row* row, const protocol::Request&, Log&,
                              std::string& out);

// Runs a Later; what it throws is its answer, like a handler's.
void start(const Later&, const Row& row, Log&, const Done&);

// The answer of a Later.
void append_answer(const Result<Answer>&, std::string& out);

}  // namespace msn::daemon

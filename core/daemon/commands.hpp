// SPDX-License-Identifier: MIT
// The table of requests: the index of the protocol, and the only spelling of each keyword in the
// daemon.
#pragma once
#include "core/daemon/command.hpp"

#include <span>
#include <string_view>

namespace msn::daemon {

struct Row {
  std::string_view keyword;
  const Command* command;
};

std::span<const Row> commands();                    // ascending by keyword
const Row* find_command(std::string_view keyword);  // nullptr: unknown

}  // namespace msn::daemon

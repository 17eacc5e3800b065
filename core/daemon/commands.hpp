// SPDX-License-Identifier: MIT
// The table of requests (protocol 6, 13). No other table has the keywords.
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
const Row* find_command(std::string_view keyword);  // null: unknown

}  // namespace msn::daemon
